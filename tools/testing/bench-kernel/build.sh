#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make what the benchmark loads. Runs inside the Debian 13 root file system.
#
# In:  SELFTESTS  their overlay, for the test modules
#      PROGRAM    btf-reconcile
#      KDIR       the kernel's build folder
#      MODULES    the kernel's own modules, with modules.dep
#      OUT        where to put it
# Out: OUT/bench/*.ko, and OUT/bench/list: lines "LABEL KO NEEDED..."; in
#      OUT/bench/all those of the kernel's own that the selftests load, and list,
#      their paths, each after what it depends on
set -euo pipefail

selftests=$1 program=$2 kdir=$3 modules=$4 out=$5/bench
src=$(cd "$(dirname "$0")" && pwd -P)

# unpack FILE: one of the kernel's modules, as modules.dep names it.
unpack() {
	local name
	name=$(basename "$1" .xz)
	[[ -e $out/$name ]] || xz -dc "$modules/$1" >"$out/$name"
	echo "/bench/$name"
}

# distilled NAME: one of the kernel's modules, as if it had been built apart.
distilled() {
	local line file needed='' need
	line=$(grep -E "(^|/)$1\.ko\.xz:" "$modules/modules.dep")
	# What must be there first is named last.
	for need in $(tr ' ' '\n' <<<"${line#*:}" | tac); do
		needed+=" $(unpack "$need")"
	done
	file=$(unpack "${line%%:*}")
	"$program" distill --base "$kdir/vmlinux" -o "$out/$1.ko" "$out/$1.ko" >&2
	echo "$1 $file$needed"
}

rm -rf "$out"
mkdir -p "$out" "$5.mod"
make -s -C "$kdir" M="$src/mod" MO="$(cd "$5.mod" && pwd -P)" modules
cp "$5.mod/bench_clock.ko" "$out/"
for form in native old copies lost many; do
	name=brt_kfunc
	[[ $form != lost ]] || name=brt_lost
	echo "$form/$name /selftests/mods/$form/$name.ko"
done >"$out/list"
[[ -d $selftests/selftests/mods/many ]]
for module in dummy 8021q overlay vmxnet3 nf_conntrack libceph cfg80211 kvm; do
	distilled "$module"
done >>"$out/list"

# As if all of them had been built apart. One without BTF is what it was.
mkdir "$out/all"
export program kdir out
# shellcheck disable=SC2016 # for the inner shell
sed 's,.*/,,' "$selftests/selftests/debian/list" | tee "$out/all/names" | xargs -P "$(nproc)" -I{} sh -c '
	"$program" distill --base "$kdir/vmlinux" -o "$out/all/{}" "$1/{}" 2>/dev/null ||
		cp "$1/{}" "$out/all/"' sh "$selftests/selftests/debian"
sed 's,^,/bench/all/,' "$out/all/names" >"$out/all/list"
