#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Load modules that show what mainline does wrong with BTF, on stock kernels and
# without btf_reconcile, and compare with what the documentation says of each.
#
# In:  KERNEL...     as for kernel.sh; "mainline" is one with the patches of
#                    series/mainline/
#      SECONDS_LEFT  how long it may take (optional)
# Out: a result a finding and kernel, which is what happened where that is not as
#      the documentation's table says; whether the patches apply and please
#      checkpatch; a table of all; and as checks.sh says
set -euo pipefail
tree=$(cd "$(dirname "$0")/../../.." && pwd -P)
# shellcheck source=scripts/lib.sh
. "$tree/scripts/lib.sh"
# shellcheck source=scripts/checks.sh
. "$tree/scripts/checks.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"
src=/src/tools/testing/mainline
export VM_MEM=512M

# report COMMAND ARGUMENT...
report() {
	"$tree/scripts/enter.sh" env PYTHONDONTWRITEBYTECODE=1 \
		PYTHONPATH=$src/lib:/src/tools/testing/selftests/forms \
		python3 $src/report.py "$@"
}

# machine SECONDS NAME...: what came of these, in a machine of its own.
machine() {
	"$tree/scripts/vm.sh" -k "$release" -d "/out/$release/mainline/overlay" \
		-t "$1" -l "mainline-$release${2+-$2}" sh /mainline/vm.sh "${@:2}"
}

# machines: of all. Those that it does not outlive have one each.
machines() {
	local made=$out/$release/mainline/overlay/mainline name
	machine 300
	while read -r name; do
		machine 120 "$name" || true
	done <"$made/alone"
}

# try KERNEL COLUMN: the results on a kernel.
try() {
	local make said=$out/$release/mainline/said

	rm -f "$said.table"
	mapfile -t make < <("$tree/scripts/kernel.sh" environment "$release")
	[[ -z $cross ]] || make+=("CROSS_COMPILE=$cross")
	check "build the findings' modules for $release" 30 "$tree/scripts/enter.sh" -a "$arch" \
		bash $src/build.sh "$kdir" "/out/$release/mainline" "${make[@]}"
	check "load them on $release" 120 in_file "$said" machines
	results "findings on $release" report results "$release" "$2" \
		"/out/$release/mainline/overlay/mainline" "/out/$release/mainline/said"
	[[ ! -e $said.table ]] || tables+=("/out/$release/mainline/said.table")
}

# in_file FILE CMD...
in_file() { "${@:2}" >"$1"; }

# prepare: the kernel, and what modules for it are built with, $kdir.
prepare() {
	if [[ $release == *-mainline ]]; then
		kdir=/cache/kernels/$release/build
		"$tree/scripts/kernel.sh" prepare "$release" build vmlinuz
	else
		kdir=/usr/src/linux-headers-$release
		"$tree/scripts/kernel.sh" prepare "$release" headers vmlinuz
	fi
}

# A package of the source has no commits to look up.
checkpatch() {
	local source
	source=/cache/source/$("$tree/scripts/kernel.sh" version "$release")
	"$tree/scripts/enter.sh" env -C "$source" perl scripts/checkpatch.pl --strict \
		--terse --showfile --ignore UNKNOWN_COMMIT_ID "/src${1#"$tree"}"
}

# check_patches: those that the kernel is to be built with.
check_patches() {
	local patch
	check "apply the patches" 10 "$tree/scripts/series-mainline.sh"
	for patch in "$tree"/series/mainline/*.patch; do
		patch=${patch##*/}
		check "checkpatch ${patch%%-*}" 5 checkpatch "$tree/series/mainline/$patch"
	done
}

"$tree/scripts/rootfs.sh"
lock "mainline-$(basename "$out")"
tables=()
for kernel; do
	release=$("$tree/scripts/kernel.sh" resolve "$kernel")
	use_arch "$release"
	column=$(cut -d. -f1,2 <<<"$release")
	[[ $release != *-mainline ]] || column=patched
	if ! fits "findings on $release" "$(took "mainline-$release" 240)"; then
		continue
	fi
	begin=$SECONDS
	[[ $column != patched ]] || check_patches
	prepare
	try "$release" "$column"
	echo $((SECONDS - begin)) >"$cache/times/mainline-$release"
done
((${#tables[@]} == 0)) || report table "${tables[@]}"
total
