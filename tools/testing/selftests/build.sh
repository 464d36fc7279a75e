#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the selftests. Runs inside the Debian 13 root file system.
#
# In:  OUT    where everything goes (made if missing)
#      KDIR   build folder or headers package of the kernel that will run
#      OTHER  headers package of another kernel release, for the form "old"
#      PROGRAM, MODULES, FLAVOUR  in the environment: btf-reconcile, the folder
#             of the kernel's own modules, the headers package of its release in
#             another flavour; without them some tests are skipped
# Out: OUT/overlay  a tree to lay over the virtual machine's root:
#        /selftests           this folder's scripts, brt, *.bpf.o, bpftool, PROGRAM
#        /selftests/mods/FORM test modules. The forms:
#          native   built for KDIR's kernel
#          copies   BTF and ids from a build for OTHER, just as Kbuild made them
#          old      the same without copies of OTHER's types, see kbuild()
#          lost, resized   native with one base type renamed, resized
#          badname         native with one base type of a name that the kernel refuses
#          bad      old with .BTF or .BTF.base cut short or spoilt
#          the others       see forms/forms.sh and forms/whole.sh
#        /run_tests.sh        all tests, KTAP on stdout; wants /btf_reconcile.ko
#        /demo.sh             a short table
#        /lib*, /usr/lib*     libraries of brt and bpftool
set -euo pipefail

if (($# != 3)); then
	sed -n '3,/^set /s/^# \{0,1\}//p' "$0"
	exit 2
fi
src=$(cd "$(dirname "$0")" && pwd -P)
mkdir -p "$1"
out=$(cd "$1" && pwd -P)
kdir=$2
other=$3
top=$out/overlay/selftests
jobs=-j$(nproc)
# What the make that called us was told is not for the kernel's.
unset MAKEFLAGS MAKEOVERRIDES O
export PYTHONDONTWRITEBYTECODE=1
modules=(kfunc filter dtor ids trace lost grown fail copy words ops)
# It is compiled for both.
if grep -qx CONFIG_LIVEPATCH=y "$kdir/.config" && grep -qx CONFIG_LIVEPATCH=y "$other/.config"; then
	modules+=(klp)
fi
# Those that are made in forms without a distilled base, too.
plain=(kfunc filter dtor ids trace copy words)
# Those that are made with BTF that stands on its own.
whole=("${plain[@]}" ops)
# What this shares with the rest of the tree; in the kernel's it has its own.
scripts=$src/scripts
[[ -d $scripts ]] || scripts=$src/../../../scripts
# shellcheck source=scripts/arch.sh
. "$scripts/arch.sh"
use_arch "$(<"$kdir/include/config/kernel.release")"
# The host's know the host's files only.
objcopy() { command "${cross}objcopy" "$@"; }
nm() { command "${cross}nm" "$@"; }
# shellcheck source=tools/testing/selftests/forms/pahole.sh
. "$src/forms/pahole.sh"
# shellcheck source=tools/testing/selftests/forms/forms.sh
. "$src/forms/forms.sh"
# shellcheck source=tools/testing/selftests/forms/whole.sh
. "$src/forms/whole.sh"

# kbuild DIR KDIR [VAR=VALUE]: the test modules for one kernel, in DIR.
#
# pahole 1.30 with libbpf 1.5 does not see that OTHER's struct module, and all
# that hangs on it, is the one in OTHER's vmlinux: the modules get copies of
# some 70 kernel types, task_struct among them, that are nobody's in particular.
# The resolve_btfids of newer kernels, $finder, looks once more and finds them;
# that of older ones, $copier, does not.
kbuild() {
	local dir=$1 kernel=$2 log=$out/$1.log

	shift 2
	mkdir -p "$out/$dir"
	if grep -qx CONFIG_CC_IS_CLANG=y "$kernel/.config"; then
		set -- "$@" LLVM=1
	fi
	if [[ -n $cross ]]; then
		set -- "$@" ARCH="$srcarch" CROSS_COMPILE="$cross"
	fi
	if ! make -C "$kernel" M="$src/mods" MO="$out/$dir" "$jobs" "$@" modules \
		>"$log" 2>&1; then
		cat "$log" >&2
		exit 1
	fi
	# An id of 0 would be a test of nothing.
	if grep -i 'unresolved symbol' "$log" >&2; then
		exit 1
	fi
}

# bpf: the BPF programs.
bpf() {
	local file object

	for file in "$src"/bpf/*.bpf.c; do
		object=$top/$(basename "$file" .c).o
		clang -g -O2 -Wall -Wno-missing-declarations -target bpf \
			"-D__TARGET_ARCH_$srcarch" -idirafter "/usr/include/$triplet" \
			-c "$file" -o "$object"
		llvm-strip -g "$object"
	done
}

# user: brt. Not static: Debian's libelf.a lacks what it calls.
user() {
	"${cross}gcc" -O2 -g -Wall -Wextra -Wno-sign-compare -Wno-unused-parameter \
		-s -o "$top/brt" "$src"/user/*.c -l:libbpf.a -lelf -lz
}

# libraries PROGRAM: what it needs, by the same paths in the overlay.
libraries() { bash "$scripts/libraries.sh" "$1" "$out/overlay"; }

# copying: some of the kernel's own modules that have copies of its types. Of
# some flavours that is one in a hundred.
copying() {
	[[ -n ${PROGRAM-} ]] || return 0
	{ "$PROGRAM" check --unify all --json --base "$kdir/vmlinux" "$MODULES" || (($? == 1)); } |
		jq -r --arg dir "$MODULES/" \
			'[.reports[] | select(.counts.unified > 0)][:5][].module | ltrimstr($dir)'
}

# by_age: the two kernels' trees, the older first.
by_age() {
	local dir

	for dir in "$kdir" "$other"; do
		echo "$(<"$dir/include/config/kernel.release") $dir"
	done | sort -V | cut -d' ' -f2
}

mapfile -t trees < <(by_age)
copier=${trees[0]}/tools/bpf/resolve_btfids/resolve_btfids
finder=${trees[1]}/tools/bpf/resolve_btfids/resolve_btfids
rm -rf "$out/overlay"
mkdir -p "$top"/mods/{native,old,copies,lost,resized,badname,bad}
kbuild native "$kdir" RESOLVE_BTFIDS="$finder"
kbuild copies "$other" RESOLVE_BTFIDS="$copier"
kbuild old "$other" RESOLVE_BTFIDS="$finder"
for module in "${modules[@]}"; do
	ko=brt_$module.ko
	for form in native copies old; do
		objcopy --strip-debug "$out/$form/$ko" "$out/$form/stripped.$ko"
	done
	cp "$out/native/stripped.$ko" "$top/mods/native/$ko"
	for form in copies old; do
		python3 "$src/forms/old.py" "$out/$form/stripped.$ko" \
			"$top/mods/native/$ko" "$top/mods/$form/$ko"
	done
done
python3 "$src/forms/spoil.py" rename cgroup cgrouq \
	"$top/mods/native/brt_lost.ko" "$top/mods/lost/brt_lost.ko"
python3 "$src/forms/spoil.py" rename cgroup cgro~p \
	"$top/mods/native/brt_lost.ko" "$top/mods/badname/brt_lost.ko"
python3 "$src/forms/spoil.py" resize completion -8 \
	"$top/mods/native/brt_lost.ko" "$top/mods/resized/brt_lost.ko"
python3 "$src/forms/corrupt.py" "$top/mods/old/brt_kfunc.ko" "$top/mods/bad"
objcopy --strip-debug "$out/native/brt_refuse.ko" "$top/mods/native/brt_refuse.ko"
plain_forms
python3 "$src/forms/nonsense.py" "$kdir/vmlinux" "$top/mods/plain" \
	"$top/mods/nonsense"
odd_forms
withheld_forms
noted_forms
whole_forms
if [[ -n ${PROGRAM-} ]]; then
	reference_forms "$PROGRAM"
	foretell "$PROGRAM"
	# What this machine's program is no good for is another architecture.
	if [[ -z $foreign ]]; then
		cp "$PROGRAM" "$top/btf-reconcile"
		libraries "$PROGRAM"
	fi
fi
if [[ -n ${MODULES-} ]]; then
	copying >"$out/copying"
	"$src/forms/debian.sh" "$MODULES" 9 "$out/copying" "$top/debian" /selftests/debian
fi
bpf
user
libraries "$top/brt"
for program in sbin/bpftool bin/jq; do
	program=${foreign:+$foreign/target}/usr/$program
	cp "$program" "$top/"
	libraries "$program"
done
# The release whose build the old modules come from, for demo.sh to name.
cp "$other/include/config/kernel.release" "$top/other-release"
cp -r "$src"/{lib,tests} "$top/"
for name in run_tests:run-in-vm demo:demo; do
	[[ -e $src/${name#*:}.sh ]] || continue # The kernel's own tree has no demo.
	cp "$src/${name#*:}.sh" "$top/"
	printf '#!/bin/sh\nexec sh /selftests/%s.sh /btf_reconcile.ko "$@"\n' \
		"${name#*:}" >"$out/overlay/${name%:*}.sh"
done
