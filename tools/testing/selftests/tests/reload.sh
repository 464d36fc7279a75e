#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# btf_reconcile comes and goes at any time: modules that loaded with it, or
# before it, go on working; another module may load at that moment.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

ROUNDS=50

use() {
	"$TOP/brt" run "$TOP/brt_kfunc.bpf.o" task_pid
}

# check NAME CMD...: passes when CMD prints nothing and the log is quiet.
check() {
	name=$1
	shift
	mark=$(klog_mark)
	got=$("$@")
	alarms=$(klog_alarms "$mark")
	if [ -z "$got" ] && [ "$alarms" = 0 ]; then
		ktap_pass "$name"
	else
		ktap_diag "$got"
		klog_since "$mark" | tail -n 50 | sed 's/^/# /'
		ktap_fail "$name"
	fi
}

goes_on_after_unload() {
	reconcile_in
	load old brt_kfunc || echo "refused"
	[ "$(use)" = "ret=mypid" ] || echo "before: $(use)"
	reconcile_out || echo "btf_reconcile cannot be unloaded"
	[ "$(use)" = "ret=mypid" ] || echo "after: $(use)"
	unload brt_kfunc || echo "brt_kfunc cannot be unloaded"
}

goes_on_after_load() {
	reconcile_out
	load native brt_kfunc || echo "refused"
	reconcile_in
	[ "$(use)" = "ret=mypid" ] || echo "after: $(use)"
	unload brt_kfunc || echo "brt_kfunc cannot be unloaded"
}

reload_many() {
	load native brt_kfunc || echo "refused"
	i=0
	while [ "$i" -lt "$ROUNDS" ]; do
		reconcile_in || echo "round $i: does not load"
		reconcile_out || echo "round $i: does not unload"
		i=$((i + 1))
	done
	[ "$(use)" = "ret=mypid" ] || echo "after: $(use)"
	unload brt_kfunc
}

load_others_until() {
	while [ -e "$1" ]; do
		load native brt_trace && rmmod brt_trace
		load old brt_dtor && rmmod brt_dtor
		echo >>/tmp/others
	done
}

reload_in_parallel() {
	touch /tmp/parallel
	: >/tmp/others
	load_others_until /tmp/parallel &
	reload_many
	rm /tmp/parallel
	wait
	[ "$(wc -l </tmp/others)" -gt 2 ] || echo "nothing loaded meanwhile"
	unload_tests
}

ktap_plan 4
unload_tests
if ! reconcile_in; then
	for name in unload load many parallel; do
		ktap_skip "$name" "$RECONCILE does not load"
	done
	finish
fi
of_module check "a module goes on working when btf_reconcile is unloaded" \
	goes_on_after_unload
of_module check "a module goes on working when btf_reconcile is loaded" \
	goes_on_after_load
reconcile_out
of_module check "$ROUNDS loads and unloads beside a module" reload_many
of_module check "$ROUNDS loads and unloads while others load" reload_in_parallel
finish
