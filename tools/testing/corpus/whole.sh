#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Give real modules BTF that stands on its own, made of the DWARF that Debian has
# of them; reconcile that onto their kernel and onto another one, and compare
# with the BTF that they came with.
#
# In:  --all     every module of both kernels, some gigabytes to fetch
#      --subset  every 20th module of the first kernel's cloud flavour, which has
#                fewer modules and a third of the DWARF
#      [KERNEL OTHER]  (7.3 7.2)
# Out: KTAP, with tables of what is left in its comments
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"
# shellcheck source=tools/testing/corpus/corpus.sh
. "$(dirname "$0")/corpus.sh"

# dwarf RELEASE: the modules of RELEASE with their DWARF, as a tar.
dwarf() {
	local dir=$cache/kernels/$1/dwarf
	if [[ $how == --all ]]; then
		dpkg-deb --fsys-tarfile "$dir-all"/*.deb
	else
		tar -C "$dir" -c .
	fi
}

# compare OWN OTHER: the modules of one kernel, on that and on another one.
compare() {
	local vmlinux=()
	for release; do
		"$tree/scripts/kernel.sh" prepare "$release" headers
		vmlinux+=("$release=/usr/src/linux-headers-$release/vmlinux")
	done
	"$tree/scripts/kernel.sh" prepare "$1" modules "$piece"
	dwarf "$1" | "$tree/scripts/enter.sh" /out/cargo/release/btf-corpus whole \
		/out/cargo/release/btf-reconcile "/cache/kernels/$1/modules" "${vmlinux[@]}"
}

how=${1-}
case $how in
--all) piece=dwarf-all ;;
--subset) piece=dwarf ;;
*) die "usage: $0 --all|--subset [KERNEL OTHER]" ;;
esac
shift
(($#)) || set -- 7.3 7.2

build corpus "$1"
program
own=$("$tree/scripts/kernel.sh" resolve "$1")
other=$("$tree/scripts/kernel.sh" resolve "$2")
if [[ $how == --all ]]; then
	compare "$own" "$other"
	compare "$other" "$own"
else
	own=$("$tree/scripts/kernel.sh" resolve \
		"${own%%[+-]*}-cloud-$("$tree/scripts/kernel.sh" arch "$own")")
	compare "$own" "$other"
fi
