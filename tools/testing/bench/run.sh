#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Measure time and memory of ours and of libbpf on the modules of stock Debian
# kernels. Worth something on a machine that does nothing else meanwhile.
#
# Besides, of modules of the first kernel's cloud flavour that have DWARF: what BTF
# costs that stands on its own, where libbpf has the same module distilled.
#
# In:  [--plot]     draw Documentation/bench.svg anew, too
#      [KERNEL...]  whose modules, on the vmlinux of each (7.3 7.2)
# Out: tables
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"
# shellcheck source=tools/testing/corpus/corpus.sh
. "$(dirname "$0")/../corpus/corpus.sh"

# encode RELEASE DIR: what stands on its own, of the modules of RELEASE with DWARF.
encode() {
	local modules
	mapfile -t modules < <(cd "$cache/kernels/$1/dwarf" && find . -name '*.ko' |
		sed "s,^\.,/cache/kernels/$1/dwarf,")
	"$tree/scripts/enter.sh" /src/tools/testing/bench/encode.sh "/cache${2#"$cache"}" \
		"${modules[@]}"
}

# on_their_own KERNEL: have them for the cloud flavour; sets $whole to what btf-bench
# takes for them.
on_their_own() {
	local release key vmlinux
	release=$("$tree/scripts/kernel.sh" resolve "$1")
	release=$("$tree/scripts/kernel.sh" resolve "${release%%[+-]*}-cloud")
	"$tree/scripts/kernel.sh" prepare "$release" headers modules dwarf
	key=$("$tree/scripts/kernel.sh" version "$release" |
		hash_of "$tree/tools/testing/bench/encode.sh" \
			"$tree/tools/testing/selftests/forms/pahole.sh")
	piece "$cache/corpus/$release-whole" "$key" "whole-$release" 10 \
		"encoding modules of $release" encode "$release"
	vmlinux=/usr/src/linux-headers-$release/vmlinux
	whole=$vmlinux=/cache/kernels/$release/dwarf=/cache/corpus/$release-whole
}

plot=()
if [[ ${1-} == --plot ]]; then
	plot=(--plot /src/Documentation/bench.svg)
	shift
fi
(($#)) || set -- 7.3 7.2

build corpus "$1"
corpus "$@"
on_their_own "$1"
build bench "$1"
exec "$tree/scripts/enter.sh" /out/cargo/release/btf-bench "${plot[@]}" --whole "$whole" \
	"${kernels[@]}"
