#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make what the benchmark loads. Runs inside the Debian 13 root file system.
#
# In:  SELFTESTS  their overlay, for the test modules
#      PROGRAM    btf-reconcile
#      KDIR       the kernel's build folder
#      MODULES    the kernel's own modules, with modules.dep
#      SOURCE     the kernel's source
#      OUT        where to put it
# Out: OUT/bench/*.ko, and OUT/bench/list: lines "LABEL KO NEEDED..."; in
#      OUT/bench/all those of the kernel's own that the selftests load, and list,
#      their paths, each after what it depends on
set -euo pipefail

selftests=$1 program=$2 kdir=$3 modules=$4 source=$5 out=$6/bench
work=$6.mod
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

# whole NAME DIR: one of the kernel's modules, built for its DWARF, with BTF that
# stands on its own. It is loaded as that of the same name is.
whole() {
	local ko=$work/$1/$1.ko

	mkdir -p "$work/$1" "$out/whole"
	make -s -C "$kdir" M="$source/$2" MO="$work/$1" modules >&2
	"$src/../bench/encode.sh" "$work/$1" "$ko"
	objcopy --strip-debug --remove-section .BTF --remove-section .BTF.base "$ko" "$ko.bare"
	objcopy --add-section .BTF="$work/$1/$1.btf" "$ko.bare" "$out/whole/$1.ko"
	sed -n "s,^$1 [^ ]*,whole/$1 /bench/whole/$1.ko,p" "$out/list"
}

rm -rf "$out"
mkdir -p "$out" "$work"
work=$(cd "$work" && pwd -P)
make -s -C "$kdir" M="$src/mod" MO="$work" modules
cp "$work/bench_clock.ko" "$out/"
for form in native whole old copies lost many; do
	name=brt_kfunc
	[[ $form != lost ]] || name=brt_lost
	echo "$form/$name /selftests/mods/$form/$name.ko"
done >"$out/list"
[[ -d $selftests/selftests/mods/many ]]
for module in dummy 8021q overlay vmxnet3 nf_conntrack libceph cfg80211 kvm; do
	distilled "$module"
done >>"$out/list"
{
	whole 8021q net/8021q
	whole overlay fs/overlayfs
	whole vmxnet3 drivers/net/vmxnet3
	whole libceph net/ceph
} >"$out/list.whole"
cat "$out/list.whole" >>"$out/list"

# As if all of them had been built apart. One without BTF is what it was.
mkdir "$out/all"
export program kdir out
# shellcheck disable=SC2016 # for the inner shell
sed 's,.*/,,' "$selftests/selftests/debian/list" | tee "$out/all/names" | xargs -P "$(nproc)" -I{} sh -c '
	"$program" distill --base "$kdir/vmlinux" -o "$out/all/{}" "$1/{}" 2>/dev/null ||
		cp "$1/{}" "$out/all/"' sh "$selftests/selftests/debian"
sed 's,^,/bench/all/,' "$out/all/names" >"$out/all/list"
