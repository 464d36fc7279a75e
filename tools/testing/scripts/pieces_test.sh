#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Are pieces of the cache made once, whole or not at all?
#
# In:  nothing: the cache is a made-up one
# Out: KTAP
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$here/lib/ktap.sh"

top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
export BTF_RECONCILE_CACHE=$top/cache
unset O
cat >"$top/make" <<-END
	#!/bin/bash
	# make HOW NEW: one line in NEW for each time that it ran
	. "$here/../../../scripts/lib.sh"
	how() {
		echo ran >>"$top/times"
		echo half >"\$2/file"
		case \$1 in
		fail) false ;;
		slow) sleep 2 ;;
		die) kill -9 \$\$ ;;
		esac
		echo whole >"\$2/file"
	}
	piece "$top/cache/thing" "\$2" thing 1 "making a thing" how "\$1"
END
make() { bash "$top/make" "$@" 2>>"$top/said"; }
# state: what is there, and how often it was made so far.
state() { echo "$(cat "$top/cache/thing/file" 2>/dev/null || echo none) $(wc -l <"$top/times")"; }

plan 8
make good key1
expect "made" "whole 1" "$(state)"
make good key1
expect "not made again" "whole 1" "$(state)"
make good key2
expect "made again from something else" "whole 2" "$(state)"
status=0
make fail key3 || status=$?
expect "a failure is told" "1 failed: making a thing" \
	"$status $(grep -o 'failed: making a thing' "$top/said")"
expect "and leaves what was there" "whole 3" "$(state)"
make die key3 2>/dev/null || true
make good key3
expect "made after a run that was killed" "whole 5" "$(state)"
make slow key4 &
make slow key4
wait
expect "two at once make it once" "whole 6" "$(state)"
expect "nothing half-made stays" "thing" "$(cd "$top/cache" && ls -d thing*)"
