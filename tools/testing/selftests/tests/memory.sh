#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Load, use, unload many times: memory is back where it was.
#
# Three figures of /proc/meminfo are read after a warm-up and again after the
# rounds, each time with caches dropped and grace periods over: slab, vmalloc,
# per-CPU. They move by less than 100 KiB by themselves. Free memory moves by
# megabytes, for the kernel keeps module text in huge pages: shown, not judged.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

WARMUP=20
ROUNDS=200
# KiB in all.
TOLERANCE=$ROUNDS

meminfo() {
	awk -v key="$1:" '$1 == key { print $2 }' /proc/meminfo
}

figures() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	# RCU and work items that free programs and BTF.
	sleep 2
	echo 3 >/proc/sys/vm/drop_caches
	echo "$(meminfo Slab) $(meminfo VmallocUsed) $(meminfo Percpu)" \
		"$(($(meminfo MemTotal) - $(meminfo MemFree)))"
}

# rounds FORM N: prints nothing if all went well.
rounds() {
	"$TOP/brt" cycle "$TOP/mods/$1/brt_kfunc.ko" "$2" | grep -vx "$2 rounds"
}

# cycle FORM: the growth of the figures, or what went wrong.
cycle() {
	rounds "$1" "$WARMUP" && return
	# shellcheck disable=SC2046 # Four words each.
	set -- "$1" $(figures)
	rounds "$1" "$ROUNDS" && return
	# shellcheck disable=SC2046
	set -- "$@" $(figures)
	slab=$(($6 - $2)) vmalloc=$(($7 - $3)) percpu=$(($8 - $4))
	if [ "$slab" -lt "$TOLERANCE" ] && [ "$vmalloc" -lt "$TOLERANCE" ] &&
		[ "$percpu" -lt "$TOLERANCE" ]; then
		steady=steady
	else
		steady=grown
	fi
	echo "$steady: slab $slab vmalloc $vmalloc percpu $percpu KiB" \
		"(used $(($9 - $5)))"
}

ktap_plan 1
compare "$ROUNDS rounds" "steady:*" cycle old
finish
