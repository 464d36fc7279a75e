#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Try the patch series: write it, check it as its reviewers do, build the kernel
# after each patch, boot it with btf_reconcile built in and as a module, and run
# the tests there in the kernel's own ways and in ours.
#
# In:  OTHER [PART...]  the kernel that the test modules are compiled for; parts
#                       (default all): checks patches builtin vng module kunit
#                       clang
#      SECONDS_LEFT     how long all may take (default as long as it takes): what
#                       does not fit is not run, which is said and counted as
#                       skipped
# Out: as checks.sh says
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/checks.sh
. "$(dirname "$0")/checks.sh"

other=$1
shift
(($#)) || set -- checks patches builtin vng module kunit clang
kernel=$tree/scripts/series-kernel.sh

# in_source CMD...: in the patched source.
in_source() { "$tree/scripts/enter.sh" env -C "$source" "$@"; }

# patch N: its file.
patch() {
	local patches=("$out"/series/0*-*.patch)
	echo "${patches[$1]}"
}

# title N: its subject.
title() { sed -n 's/^Subject: \[[^]]*\] //p' "$(patch "$1")"; }

# options N: what there is to configure with that many patches.
options() {
	(($1 < 2)) || echo BTF_RECONCILE_KUNIT_TEST=y
	(($1 < 4)) || echo BTF_RECONCILE=y
}

# Who adds files is asked whether MAINTAINERS needs an update: it has one, in
# the last patch.
checkpatch() {
	local status=0
	in_source perl scripts/checkpatch.pl --strict --terse --showfile --no-summary \
		--ignore FILE_PATH_CHANGES "/out${1#"$out"}" >"$log.found" || status=$?
	((status <= 1)) || return "$status"
	! grep -vEf <(grep -v '^#' "$tree/series/checkpatch.accepted") "$log.found"
}

# In a folder of its own, whose objects are clippy's.
clippy() {
	"$kernel" clippy BTF_RECONCILE=y BTF_RECONCILE_KUNIT_TEST=y
	! grep -E '^(warning|error)' "$log"
}

# The kernel's own crates alone are `make rustdoc`'s. As there, files that are linked
# to have to be there.
rustdoc() {
	local links
	"$kernel" rustdoc
	if grep -E '^(warning|error)' "$log"; then
		return 1
	fi
	links=$(in_source grep -Ehro 'srctree/[^)]*' kernel/bpf/btf_reconcile)
	echo "$links" | sed 's,srctree/,,' | sort -u | in_source xargs ls -d
}

# As `make rustfmtcheck` does for all of the tree.
rustfmt() {
	in_source find kernel/bpf/btf_reconcile -name '*.rs' \
		-exec rustfmt --edition 2021 --check {} +
}

checks() {
	local n
	for ((n = 1; n <= count; n++)); do
		check "checkpatch $n" 10 checkpatch "$(patch "$n")"
	done
	check "rustfmt" 5 rustfmt
	check "clippy" 300 clippy
	check "rustdoc" 30 rustdoc
}

build_patch() {
	local options
	mapfile -t options < <(options "$1")
	"$kernel" apply "$1"
	"$kernel" build "${options[@]}"
}

# The last is all of it, which the other parts want.
patches() {
	local n
	for ((n = 1; n <= count; n++)); do
		check "build patch $n" 300 build_patch "$n"
	done
}

# needs OPTION=V...: have the kernel of all patches so.
needs() {
	[[ $have != "$*" ]] || return 0
	check "build ${*//BTF_RECONCILE/}" 300 "$kernel" build "$@"
	have=$*
}

# selftests NAME: run all on the kernel as it is.
selftests() {
	check "build selftests" 120 "$tree/scripts/build.sh" selftests series "$other"
	VM_APPEND="kunit.enable=0" results "selftests, $1" "$tree/scripts/vm.sh" -k series \
		-d "/out/$release/vm" -t 3600 -l "series-${1// /-}" sh /run_tests.sh
}

# at_boot WANT: is that what becomes of a stale module that an initramfs loads?
at_boot() {
	local boot=$out/$release/boot got
	rm -rf "$boot"
	mkdir -p "$boot/etc/vm"
	cp "$out/$release/vm/selftests/mods/stale/brt_kfunc.ko" "$boot/"
	echo /brt_kfunc.ko >"$boot/etc/vm/modules"
	got=$(VM_APPEND="kunit.enable=0" "$tree/scripts/vm.sh" -k series -d "/out/$release/boot" \
		-t 120 -l series-boot sh -c '[ -d /sys/module/brt_kfunc ] && echo loaded || echo refused')
	echo "$got"
	[[ $got == "$1" ]]
}

# What KUnit says on the console as the machine comes up. The suites' names are
# those of the tests; all others are left out.
kunit_results() {
	VM_APPEND="kunit.enable=1 kunit.autorun=1 kunit.filter_glob=btf_reconcile*" \
		"$tree/scripts/vm.sh" -k series -t 300 -l series-kunit true >/dev/null
	grep -E '^ *((not )?ok|1\.\.)' "$out/series-kunit.log"
}

builtin() {
	needs BTF_RECONCILE=y BTF_RECONCILE_KUNIT_TEST=y
	results "KUnit at boot" kunit_results
	rm -f "$out/$release/vm/btf_reconcile.ko"
	selftests "built in"
	check "a stale module in an initramfs loads" 30 at_boot loaded
}

module() {
	needs BTF_RECONCILE=y BTF_RECONCILE_KUNIT_TEST=n
	needs BTF_RECONCILE=m BTF_RECONCILE_KUNIT_TEST=m
	selftests "as a module"
	check "without btf_reconcile it is refused" 30 at_boot refused
}

# kselftest GOAL [VAR=VALUE...]: the tests in the patched source, by the kernel's own make.
kselftest() { in_source "${kselftest[@]}" "$@"; }

# Installed, all of it is there, and in the archive.
kselftest_installed() {
	local dir=$out/$release/kselftest
	rm -rf "$dir"
	kselftest gen_tar KSFT_INSTALL_PATH="/out/$release/kselftest"
	grep -x btf_reconcile:btf_reconcile.sh "$dir/kselftest-list.txt"
	[[ -x $dir/btf_reconcile/btf_reconcile.sh && -e $dir/btf_reconcile/settings ]]
	tar -tf "$dir/kselftest-packages/kselftest.tar.gz" |
		grep -x ./btf_reconcile/btf_reconcile_tests/run-in-vm.sh
}

# The runner's indentation is a comment's, and it says only for several targets how many there are.
# Without an initramfs the kernel would need block devices to mount a root that is none.
vng_run() {
	echo 1..1
	timeout -k 5 3600 "$tree/scripts/vng.sh" vng --run "/cache/kernels/$release/vmlinuz/vmlinuz" \
		--disable-kvm --force-9p --force-initramfs --user root --cpus 2 --memory 1G \
		--append kunit.enable=0 \
		-- "${kselftest[@]}" run_tests | sed -u 's/^# /  /'
}

vng() {
	needs BTF_RECONCILE=y BTF_RECONCILE_KUNIT_TEST=y
	"$tree/scripts/enter.sh" cargo build --quiet --release \
		--manifest-path /src/tools/btf-reconcile/Cargo.toml
	check "kselftest" 120 kselftest all
	check "kselftest archive" 20 kselftest_installed
	results "kselftest in virtme-ng" vng_run
}

# UML, of which kunit.py knows how to build and run it.
kunit_run() {
	in_source python3 tools/testing/kunit/kunit.py run \
		--kunitconfig=kernel/bpf/btf_reconcile --build_dir="${source%/*}/kunit" \
		--jobs="$(nproc)"
}

kunit() { check "kunit.py" 600 kunit_run; }

clang() {
	check "build with clang" 1200 "$kernel" clang BTF_RECONCILE=y BTF_RECONCILE_KUNIT_TEST=y
}

# part NAME: if there is time for it. How much that is tells a run of it that was whole.
part() {
	local begin=$SECONDS before=$failed
	fits "$1" "$(took "series-$1" 1200)" || return 0
	"$1"
	((failed > before)) || echo $((SECONDS - begin)) >"$cache/times/series-$1"
}

have=
"$tree/scripts/rootfs.sh"
"$tree/scripts/kernel.sh" prepare "$other" headers
check "write the series" 10 "$tree/scripts/series.sh"
release=$("$tree/scripts/kernel.sh" resolve series)
source=/cache/kernels/$release/source
kselftest=(make -C "$source/tools/testing/selftests" TARGETS=btf_reconcile
	KDIR="/cache/kernels/$release/build" PROGRAM=/out/cargo/release/btf-reconcile
	OTHER_KDIR="/usr/src/linux-headers-$("$tree/scripts/kernel.sh" resolve "$other")")
patches=("$out"/series/0*-*.patch)
count=$((${#patches[@]} - 1))
if [[ -e $cache/kernels/$release/vmlinuz ]]; then
	echo "$release: in the cache"
else
	echo "$release: not in the cache"
fi
"$kernel" start
check "apply the series" 5 "$kernel" apply "$count"
for part; do
	part "$part"
done
total
