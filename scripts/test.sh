#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run every test, in the order of what fails quickest.
#
# In:  KERNEL OTHER
# Out: one line for each check, the tests' own output where something failed,
#      and last "N passed, N failed, N skipped"; status 1 if any failed
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/checks.sh
. "$(dirname "$0")/checks.sh"

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
	local rustfmt scripts
	rustfmt=/cache/source/$("$tree/scripts/kernel.sh" version "$kernel")/.rustfmt.toml
	cd "$tree"
	mapfile -t scripts < <(shell_files)
	check shellcheck 20 "$enter" shellcheck -x -P . -P SCRIPTDIR "${scripts[@]}"
	check rustfmt 2 "$enter" find rust -name '*.rs' -exec \
		rustfmt --edition 2021 --config-path "$rustfmt" --check {} +
	check "no unsafe in the core" 1 no_unsafe
	check "kernel clippy" 20 "$tree/scripts/kbuild.sh" "$kernel" clippy CLIPPY=1 W=e modules
	cd "$tree/tools/btf-reconcile"
	check "cargo fmt" 2 "$enter" cargo fmt --check
	check "cargo clippy" 60 "$enter" cargo clippy --quiet --all-targets -- -D warnings
	cd "$tree"
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
	cd "$tree/tools/btf-reconcile"
	results "cargo test" "$enter" cargo test --quiet --no-fail-fast -- --format=pretty
	cd "$tree"
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
	results "selftests on $release" "$tree/scripts/vm.sh" -k "$release" \
		-d "/out/$release/vm" -t 1800 -l test-console sh /run_tests.sh
}

"$tree/scripts/environment.sh" "$kernel" "$other"
release=$("$tree/scripts/kernel.sh" resolve "$kernel")
lock "$(basename "$out")"
lint
host
machine
total
