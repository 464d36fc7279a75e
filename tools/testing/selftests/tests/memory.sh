#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Load, use, unload many times: memory is back where it was.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"
# shellcheck source=tools/testing/selftests/lib/memory.sh
. "$TOP/lib/memory.sh"

# rounds FORM N
rounds() {
	"$TOP/brt" cycle "$TOP/mods/$1/brt_kfunc.ko" "$2" | grep -vx "$2 rounds"
}

ktap_plan 1
compare "$CYCLES rounds" "steady:*" steady "$CYCLES" rounds old
finish
