#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does scripts/results.awk count what tests print?
#
# In:  nothing
# Out: KTAP
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$here/lib/ktap.sh"

# counted NAME "PASSED FAILED SKIPPED" LINE...
counted() {
	expect "$1" "$2" "$(printf '%s\n' "${@:3}" | awk -f "$here/../../../scripts/results.awk")"
}

plan 16
counted "all kinds of KTAP results" "2 1 1" "KTAP version 1" 1..4 \
	"ok 1 a" "not ok 2 b" "ok 3 c # SKIP no such thing" "ok 4"
counted "a plan with too few results" "1 2 0" 1..3 "ok 1 a"
counted "several plans, one after the other" "3 0 0" 1..1 "ok 1 a" 1..2 "ok 1 b" "ok 2 c"
counted "nested results count, not their sum" "3 1 1" 1..3 "  1..3" "  ok 1 x" \
	"  not ok 2 y" "  ok 3 z # SKIP" "not ok 1 a" "  1..1" "  ok 1 x" "ok 2 b" "ok 3 c"
counted "a sum that knows more" "2 1 0" 1..2 "  1..1" "  ok 1 x" "not ok 1 a" "ok 2 b"
counted "too few nested results" "1 2 0" 1..1 "  1..3" "  ok 1 x" "not ok 1 a"
counted "an end amid nested results" "1 3 0" 1..2 "  1..2" "  ok 1 x"
counted "three levels" "2 0 0" 1..1 "  1..1" "    1..2" "    ok 1" "    ok 2" "  ok 1 a" "ok 1 b"
counted "results without a plan" "1 1 0" "ok 1 a"
counted "a plan and then nothing" "0 5 0" 1..5
counted "everything skipped by plan" "0 1 0" "1..0 # SKIP no reason"
counted "nothing at all" "0 1 0" ""
counted "cargo's results" "1 1 1" "running 3 tests" "test a::b ... ok" \
	"test a::c ... FAILED" "test a::d ... ignored"
counted "a failure that no result tells" "1 1 0" "test a ... ok" "# exit 101"
counted "a failure that a result tells" "1 1 0" 1..2 "ok 1" "not ok 2" "# exit 1"
counted "words that only look like results" "1 0 0" 1..1 "okay then" "not okay" "# ok 2" "ok 1 a"
