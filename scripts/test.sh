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

kernel=$1 other=$2 passed=0 failed=0 skipped=0
enter=$tree/scripts/enter.sh

# check NAME SECONDS CMD...: one result.
check() {
	attempt "test-${1// /-}" "$2" "$1" "${@:3}"
	if ((status == 0)); then
		echo "ok - $1"
		passed=$((passed + 1))
	else
		tail -n 40 "$log"
		echo "not ok - $1 (the whole log: $log)"
		failed=$((failed + 1))
	fi
}

# results NAME CMD...: as many results as CMD prints, shown as they come.
results() {
	local log=$out/log/test-${1// /-}.log status=0 begin=$SECONDS p f s
	say "$1"
	"${@:2}" </dev/null 2>&1 | tee "$log" || status=$?
	((status == 0)) || echo "# exit $status" >>"$log"
	read -r p f s < <(awk -f "$tree/scripts/results.awk" "$log")
	echo "$1: $p passed, $f failed, $s skipped in $(duration $((SECONDS - begin)))"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

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
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))
