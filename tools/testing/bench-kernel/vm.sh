#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Time the loads of some modules without and with btf_reconcile. Runs in the
# virtual machine.
#
# In:  ROUNDS  loads of each module; /bench/list: lines "LABEL KO NEEDED..."
# Out: for report.py: lines "stock", "ours" (without unifying, which the kernel
#      does not do either) or "unify", then what `brt time` prints and the
#      kernel's trace of it; "all-stock" and "all-unify", then what `brt loadall`
#      prints of hundreds of modules

ROUNDS=$1
TOP=/selftests
RECONCILE=/btf_reconcile.ko
TRACE=/sys/kernel/tracing
# shellcheck source=tools/testing/selftests/lib/modules.sh
. "$TOP/lib/modules.sh"

# probe LABEL SYMBOL: when it is entered, and when it returns. Not by the tracer
# function_graph: functions in Rust have nothing that it could hook into, and
# both sides are to be measured by the same means.
probe() {
	echo "p:bench/$1_in $2" >>$TRACE/kprobe_events
	echo "r:bench/$1_out $2" >>$TRACE/kprobe_events
}

probes_on() {
	: >$TRACE/trace
	echo 1 >$TRACE/events/bench/enable
	echo 1 >$TRACE/tracing_on
}

probes_off() {
	echo 0 >$TRACE/tracing_on
	echo 0 >$TRACE/events/bench/enable
}

# Every module so many times, then once more to see what memory it takes.
measure() {
	while read -r label ko needed; do
		for file in $needed; do
			insmod "$file"
		done
		probes_on
		"$TOP/brt" time "$label" "$ko" "$ROUNDS"
		probes_off
		cat $TRACE/trace
		echo 1 >$TRACE/events/kmem/mm_page_alloc/enable
		echo 1 >$TRACE/events/kmem/mm_page_free/enable
		: >$TRACE/trace
		echo 1 >$TRACE/tracing_on
		"$TOP/brt" time "$label-memory" "$ko" 2
		echo 0 >$TRACE/tracing_on
		echo 0 >$TRACE/events/kmem/mm_page_alloc/enable
		echo 0 >$TRACE/events/kmem/mm_page_free/enable
		cat $TRACE/trace
		for file in $needed; do
			rmmod "$file"
		done
	done </bench/list
}

# Hundreds of modules, all loaded at once, some times over.
measure_all() {
	for _ in 1 2 3 4; do
		"$TOP/brt" loadall /bench/all/list times
		"$TOP/brt" unloadall /bench/all/list >/dev/null
	done
}

# What is logged shall not go to the emulated serial port meanwhile.
dmesg -n 1
echo mono >$TRACE/trace_clock
echo 16384 >$TRACE/buffer_size_kb
: >$TRACE/kprobe_events
probe notify btf_module_notify
probe relocate btf_relocate
insmod /bench/bench_clock.ko || exit 1
echo "p:bench/ours_in bench_clock:bench_before" >>$TRACE/kprobe_events
echo "p:bench/ours_out bench_clock:bench_behind" >>$TRACE/kprobe_events
echo stock
measure
echo all-stock
measure_all
reconcile_in || exit 1
for unify in off base; do
	echo $unify >/sys/module/btf_reconcile/parameters/unify
	case $unify in
	off) echo ours ;;
	base) echo unify ;;
	esac
	measure
done
echo all-unify
measure_all
