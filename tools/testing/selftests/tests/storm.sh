#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Modules load and unload on all CPUs at once, kfuncs of theirs are called,
# reports are read, and btf_reconcile comes and goes meanwhile.
#
# In:  CYCLES  loads of each kind; default 200, a fifth of which are done

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

ROUNDS=$((${CYCLES:-200} / 5))
BUSY=/tmp/storm
WRONG=/tmp/storm.wrong

# again FORM MODULE [OBJECT PROGRAM WANT]: loads and unloads a module, over and
# over. With WANT it must load, and the program must return that.
again() {
	left=$ROUNDS
	while [ "$left" -gt 0 ]; do
		left=$((left - 1))
		if ! load "$1" "$2"; then
			[ -z "${5-}" ] || echo "$1/$2 refused" >>$WRONG
			continue
		fi
		if [ -n "${5-}" ] && [ $((left % 8)) = 0 ]; then
			got=$("$TOP/brt" run "$TOP/$3.bpf.o" "$4")
			[ "$got" = "$5" ] || echo "$1/$2: $got" >>$WRONG
		fi
		unload "$2" || echo "$2 cannot be unloaded" >>$WRONG
	done
}

read_reports() {
	while [ -e "$BUSY" ]; do
		cat /sys/kernel/debug/btf_reconcile/table \
			/sys/kernel/debug/btf_reconcile/modules/*/* \
			/sys/module/btf_reconcile/parameters/summary >/dev/null 2>&1
	done
}

# A reader keeps it from going, now and then: that is as it should be.
come_and_go() {
	while [ -e "$BUSY" ]; do
		rmmod btf_reconcile 2>/dev/null && echo >>/tmp/storm.gone
		sleep 0.05
		is_loaded btf_reconcile || insmod "$RECONCILE" 2>/dev/null
		sleep 0.2
	done
}

# storm CMD...: CMD and readers run while several kinds of modules load.
storm() {
	: >$WRONG
	touch "$BUSY"
	read_reports &
	readers=$!
	"$@" &
	other=$!
	again native brt_trace &
	first=$!
	again old brt_ids &
	second=$!
	again stale brt_filter &
	third=$!
	again native brt_kfunc brt_kfunc task_pid ret=mypid &
	fourth=$!
	again lost brt_lost &
	wait $! $first $second $third $fourth
	rm "$BUSY"
	wait $readers $other
	sort $WRONG | uniq -c
	unload_tests
}

# Whether all is as it was, when it has blown over.
afterwards() {
	reconcile_in || echo "btf_reconcile does not load"
	got="$(probe_run old brt_kfunc task_pid) $(probe_verdict old brt_kfunc)"
	[ "$got" = "ret=mypid reconciled base" ] || echo "$got"
	rows=$(wc -l </sys/kernel/debug/btf_reconcile/table)
	[ "$rows" = 1 ] || echo "$rows rows in the table"
}

# check NAME CMD...
check() {
	name=$1
	shift
	mark=$(klog_mark)
	storm "$@" >/tmp/storm.said 2>&1
	[ "$(klog_alarms "$mark")" != 0 ] || afterwards >>/tmp/storm.said 2>&1
	if [ "$(klog_alarms "$mark")" = 0 ] && ! [ -s /tmp/storm.said ]; then
		ktap_pass "$name"
	else
		sed 's/^/# /' /tmp/storm.said
		klog_since "$mark" | grep -vE 'missing module BTF|btf_reconcile: brt' |
			tail -n 60 | sed 's/^/# /'
		ktap_fail "$name"
	fi
}

ktap_plan 2
unload_tests
if ! reconcile_in; then
	ktap_skip "modules load at once" "$RECONCILE does not load"
	ktap_skip "btf_reconcile comes and goes" "$RECONCILE does not load"
	finish
fi
check "$ROUNDS times five modules load at once" true
: >/tmp/storm.gone
of_module check "btf_reconcile comes and goes meanwhile" come_and_go
ktap_diag "btf_reconcile went $(wc -l </tmp/storm.gone) times"
finish
