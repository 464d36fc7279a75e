#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Reconcile the modules of stock Debian kernels with libbpf and with ours, and
# compare; one in 16 with what the tests' oracle says, too.
#
# In:  --all or --subset  every module, or a few hundred that stand for them
#      [KERNEL...]        of these kernels, onto each of them (7.3 7.2)
# Out: KTAP, with tables of what differs and by which rule in its comments
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"
# shellcheck source=tools/testing/corpus/corpus.sh
. "$(dirname "$0")/corpus.sh"

case ${1-} in
--all) how=(--oracle) ;;
--subset) how=(--subset --oracle) ;;
*) die "usage: $0 --all|--subset [KERNEL...]" ;;
esac
shift
(($#)) || set -- 7.3 7.2

build corpus "$1"
corpus "$@"
exec "$tree/scripts/enter.sh" /out/cargo/release/btf-corpus compare "${how[@]}" "${kernels[@]}"
