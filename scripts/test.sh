#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run every test, in the order of what fails quickest. For a kernel of another
# architecture than this machine's, only those that may come out otherwise there.
#
# In:  KERNEL OTHER
#      SECONDS_LEFT  how long it may take (optional): on another architecture it is
#                    not begun with less than it needs
# Out: one line for each check, the tests' own output where something failed,
#      and last "N passed, N failed, N skipped"; status 1 if any failed
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/checks.sh
. "$(dirname "$0")/checks.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

kernel=$1 other=$2
enter=$tree/scripts/enter.sh

# Every shell script of the tree, whatever its name.
shell_files() {
	{
		grep -rlE --exclude-dir={target,.git} '^#!.*/(busybox )?(ba)?sh' .
		find scripts tools -name '*.sh'
	} | sort -u
}

lint() {
	local rustfmt scripts crate
	rustfmt=/cache/source/$("$tree/scripts/kernel.sh" version "$kernel")/.rustfmt.toml
	cd "$tree"
	mapfile -t scripts < <(shell_files)
	check shellcheck 20 "$enter" shellcheck -x -P . -P SCRIPTDIR "${scripts[@]}"
	check rustfmt 2 "$enter" find rust -name '*.rs' -exec \
		rustfmt --edition 2021 --config-path "$rustfmt" --check {} +
	check "no unsafe in the core" 1 no_unsafe
	check documentation 10 "$tree/scripts/docs.sh"
	kernel_lint
	for crate in btf-reconcile testing/corpus testing/bench testing/fuzz; do
		cd "$tree/tools/$crate"
		check "cargo fmt ${crate#*/}" 2 "$enter" cargo fmt --check
		check "cargo clippy ${crate#*/}" 60 "$enter" env CXX=clang++ \
			LIBBPF_DIR="/cache/kernels/$release/build/tools/bpf/resolve_btfids/libbpf" \
			cargo clippy --quiet --locked --release --all-targets -- -D warnings
	done
	cd "$tree"
}

kernel_lint() {
	check "kernel clippy" 20 "$tree/scripts/kbuild.sh" "$kernel" clippy CLIPPY=1 W=e modules
}

# All that may name it is the attribute that forbids it.
no_unsafe() {
	grep -rqF '#![forbid(unsafe_code)]' rust/btf
	! grep -rnw unsafe rust/btf
}

# The scripts' own tests, and those of core and program.
host() {
	local file
	export KERNEL=$kernel
	for file in "$tree"/tools/testing/scripts/*.sh; do
		results "$(basename "$file")" bash "$file"
	done
	cargo_test
	results "pages in a browser" "$tree/tools/testing/browser/run.sh" "$kernel" "$other"
	compare
	results "whole BTF of real modules" \
		"$tree/tools/testing/corpus/whole.sh" --subset "$kernel" "$other"
}

# enough_time: is there, for a kernel that is emulated? Says what it depends on.
enough_time() {
	local needed
	needed=$(took "test-$release" 1200)
	if [[ -e $cache/kernels/$release/build/.key ]]; then
		echo "$release: in the cache"
	else
		echo "$release: not in the cache"
		needed=$((needed + $(took "build-$release" 180)))
	fi
	fits "tests on $release" "$needed"
}

# What of all that may come out otherwise there.
emulated() {
	kernel_lint
	results vm_test.sh env KERNEL="$kernel" bash "$tree/tools/testing/scripts/vm_test.sh"
	cargo_test --test real
	compare
}

# cargo_test [WHICH]
cargo_test() {
	real_modules
	cd "$tree/tools/btf-reconcile"
	results "cargo test" "$enter" env CI=true BTF_RECONCILE_TESTDATA=/out/testdata \
		cargo test --quiet --release --no-fail-fast "$@" -- --format=pretty
	cd "$tree"
}

compare() {
	results "comparison with libbpf" \
		"$tree/tools/testing/corpus/run.sh" --subset "$kernel" "$other"
}

# The modules of both kernels, and what they were built against, where the
# program's tests look for them.
real_modules() {
	local which name
	for which in "running $kernel" "other $other"; do
		name=$("$tree/scripts/kernel.sh" resolve "${which#* }")
		"$tree/scripts/kernel.sh" prepare "$name" headers modules
		mkdir -p "$out/testdata/${which% *}"
		ln -sfn "/usr/src/linux-headers-$name/vmlinux" "$out/testdata/${which% *}/vmlinux"
		ln -sfn "/cache/kernels/$name/modules" "$out/testdata/${which% *}/modules"
	done
}

machine() {
	local before=$failed
	check "build btf_reconcile" 20 "$tree/scripts/build.sh" module "$kernel"
	check "build selftests" 60 "$tree/scripts/build.sh" selftests "$kernel" "$other"
	if ((failed > before)); then
		echo "not ok - selftests on $release (not built)"
		failed=$((failed + 1))
		return
	fi
	results "object code" "$tree/tools/testing/object/run.sh" "$kernel"
	results "selftests on $release" "$tree/scripts/vm.sh" -k "$release" \
		-d "/out/$release/vm" -t 1800 -l test-console sh /run_tests.sh
	VM_APPEND=debugfs=off results "without debugfs" "$tree/scripts/vm.sh" -k "$release" \
		-d "/out/$release/vm" -t 300 -l test-nodebugfs sh /run_tests.sh params
	if [[ -n $cross ]]; then
		results "program on $arch" "$tree/tools/testing/program/run.sh" "$kernel" "$other"
		results "packages for $arch" "$tree/tools/testing/packages/run.sh" "$kernel"
		skip "boot on $release" "the tools that make an initramfs run on its architecture only"
		return
	fi
	results "boot on $release" "$tree/tools/testing/boot/run.sh" "$kernel"
}

release=$("$tree/scripts/kernel.sh" resolve "$kernel")
use_arch "$release"
if [[ -n $cross ]] && ! enough_time; then
	total
	exit
fi
"$tree/scripts/environment.sh" "$kernel" "$other"
lock "$(basename "$out")"
if [[ -n $cross ]]; then
	begin=$SECONDS
	emulated
	machine
	total
	echo $((SECONDS - begin)) >"$cache/times/test-$release"
	exit
fi
lint
host
machine
# Now that there are modules for it to start from.
FUZZ_SEED=1 results fuzzing tools/testing/fuzz/run.sh 60
total
