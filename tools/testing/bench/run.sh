#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Measure time and memory of ours and of libbpf on the modules of stock Debian
# kernels. Worth something on a machine that does nothing else meanwhile.
#
# In:  [--plot]     draw Documentation/bench.svg anew, too
#      [KERNEL...]  whose modules, on the vmlinux of each (7.3 7.2)
# Out: tables
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"
# shellcheck source=tools/testing/corpus/corpus.sh
. "$(dirname "$0")/../corpus/corpus.sh"

plot=()
if [[ ${1-} == --plot ]]; then
	plot=(--plot /src/Documentation/bench.svg)
	shift
fi
(($#)) || set -- 7.3 7.2

build corpus "$1"
corpus "$@"
build bench "$1"
exec "$tree/scripts/enter.sh" /out/cargo/release/btf-bench "${plot[@]}" "${kernels[@]}"
