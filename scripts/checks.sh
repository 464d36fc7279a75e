# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Running checks and tests, and counting what comes of them. To be sourced
# after lib.sh.
#
# In:  check, results and skip, as often as wanted; last total
#      SECONDS_LEFT  how long all of it may take (optional)
# Out: one line for each check, the tests' own output where something failed,
#      and last "N passed, N failed, N skipped"; total's status is 1 if any
#      failed
#
# shellcheck disable=SC2154 # $tree, $cache and $out are lib.sh's.

passed=0 failed=0 skipped=0

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
	local log=$out/log/test-${1// /-}.log status=0 begin=$SECONDS
	say "$1"
	"${@:2}" </dev/null 2>&1 | tee "$log" || status=$?
	tally "$1" "$log" "$status" $((SECONDS - begin))
}

# tally NAME LOG STATUS SECONDS: counts the results in a command's output.
tally() {
	local p f s
	(($3 == 0)) || echo "# exit $3" >>"$2"
	read -r p f s < <(awk -f "$tree/scripts/results.awk" "$2")
	echo "$1: $p passed, $f failed, $s skipped in $(duration "$4")"
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# skip NAME WHY: a result that there is not.
skip() {
	echo "ok - $1 # SKIP $2"
	skipped=$((skipped + 1))
}

# For suites that may have less time than they need: in SECONDS_LEFT, or as much
# as it takes.

# left: the seconds that there are.
left() {
	local left=$((${SECONDS_LEFT:-360000} - SECONDS))
	echo $((left > 0 ? left : 0))
}

# fits NAME SECONDS: does it fit the time? If not, it is skipped.
fits() {
	(($2 <= $(left))) && return
	skip "$1" "not run: it takes $(duration "$2"), and $(duration "$(left)") are left"
	return 1
}

total() {
	echo "$passed passed, $failed failed, $skipped skipped"
	((failed == 0))
}
