#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The packages for another architecture than this machine's, and what they have
# in use there. For this machine's own it is tools/testing/machine that does.
#
# In:  KERNEL  of another architecture; its test modules have been built
# Out: KTAP
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$tree/tools/testing/scripts/lib/ktap.sh"

release=$("$tree/scripts/kernel.sh" resolve "$1")
version=$("$tree/scripts/kernel.sh" version "$1")
arch=$("$tree/scripts/kernel.sh" arch "$release")
top=$out/$release/packages
"$tree/scripts/deb.sh" "$1" >&2
debs=("$out"/deb/*.deb)

# field NAME: of each package.
field() {
	local deb
	for deb in "${debs[@]}"; do
		dpkg-deb --field "$deb" "$1"
	done
}

rm -rf "$top"
mkdir -p "$top"
for deb in "$out"/deb/btf-reconcile_*.deb "$out"/deb/btf-reconcile-modules-"${release}"_*.deb; do
	dpkg-deb --fsys-tarfile "$deb" | tar -C "$top" -x ./usr
done
cp "$tree/tools/testing/packages/commands.sh" "$out/$release/vm/selftests/mods/stale/brt_kfunc.ko" "$top/"
used=$("$tree/scripts/vm.sh" -k "$release" -d "/out/$release/packages" -t 300 \
	-l packages sh /commands.sh /brt_kfunc.ko)

plan 6
expect "all that can be made for it here" \
	"$(printf '%s\n' btf-reconcile{,-dkms,-modules-{"$release","${release#*-}"}} | sort)" \
	"$(field Package | sort)"
expect "they are for it, or for all" "$(printf '%s\n' all "$arch")" "$(field Architecture | sort -u)"
expect "the module is for this very kernel" "linux-image-$release (= $version)" \
	"$(dpkg-deb --field "$out"/deb/btf-reconcile-modules-"$release"_*.deb Depends |
		tr ',' '\n' | sed -n 's/^ *\(linux-image\)/\1/p')"
expect "the kernel refuses a module, and with btf_reconcile it does not" \
	"$(printf '%s\n' "check: 1" "without: 22" "btf_reconcile: 0" "with: 0" "check: 1")" \
	"$(grep -v '^btf-reconcile: ' <<<"$used")"
matches "the program says so before" "$(head -n 1 <<<"$used")" "brt_kfunc won't load \(-22\)"
matches "and knows btf_reconcile when it is there" "$(tail -n 2 <<<"$used")" "brt_kfunc loses its BTF"
