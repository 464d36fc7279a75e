#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Modules with something changed at random in their BTF sections, their
# .BTF_ids or the symbols of these: none makes the kernel trip, and none is
# refused. Stock kernels oops on some.
#
# In:  MUTANTS  how many in all (default 120)

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

MUTANTS=${MUTANTS:-120}
# So many before the kernel's log is looked at.
BATCH=50
forms="old/brt_ids old/brt_filter plain/brt_ids refold/brt_ids copies/brt_kfunc lost/brt_lost"

# batches KO NUMBER: up to the first alarm, the mutants' numbers with it.
batches() {
	done=0
	while [ "$done" -lt "$2" ]; do
		now=$(($2 - done < BATCH ? $2 - done : BATCH))
		mark=$(klog_mark)
		"$TOP/brt" mutate "$1" "$done" "$now" || echo "stopped"
		alarms=$(klog_alarms "$mark")
		if [ "$alarms" != 0 ]; then
			echo "$alarms alarming lines with mutants $done to $((done + now - 1))"
			klog_since "$mark" | grep -A 30 -m 1 -E 'BUG|Oops|WARNING|cut here'
			return
		fi
		done=$((done + now))
	done
}

# judge FORM: whether one was refused that should load. A module with kfuncs
# may have its own reasons: its init fails when they can't be registered.
judge() {
	sed 's/^\(# \)*/# /' /tmp/mutants
	if grep -q -e alarming -e stopped -e cannot /tmp/mutants; then
		ktap_fail "$1: no alarm"
	else
		ktap_pass "$1: no alarm"
	fi
	if [ "${1#*/}" != brt_ids ]; then
		return
	elif grep loaded /tmp/mutants | grep -qv 'refused: 0 0 0, by the symbols 0'; then
		ktap_fail "$1: none is refused for its BTF"
	else
		ktap_pass "$1: none is refused for its BTF"
	fi
}

# shellcheck disable=SC2086 # A list.
set -- $forms
ktap_plan 9
unload_tests
reconcile_out
if ! reconcile_in; then
	while [ "$ktap_count" -lt 9 ]; do
		ktap_skip "mutants" "$RECONCILE does not load"
	done
	finish
fi
each=$(((MUTANTS + $# - 1) / $#))
for form; do
	if [ ! -e "$TOP/mods/$form.ko" ]; then
		ktap_skip "$form: no alarm" "built without the program"
		ktap_skip "$form: none is refused for its BTF" "built without the program"
		continue
	fi
	batches "$TOP/mods/$form.ko" "$each" >/tmp/mutants
	judge "$form"
done
finish
