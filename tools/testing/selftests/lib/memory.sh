# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Whether memory is back where it was after something was done many times. To
# be sourced.
#
# In:  CYCLES  how many times (default 200)
#
# Three figures of /proc/meminfo are read after a warm-up and again after the
# rounds, each time with caches dropped and grace periods over: slab, vmalloc,
# per-CPU. They move by less than 100 KiB by themselves. Free memory moves by
# megabytes, for the kernel keeps module text in huge pages: shown, not judged.
# A kernel with kmemleak keeps much besides: there kmemleak judges, and what it
# has found once it goes on telling.

# shellcheck source=tools/testing/selftests/lib/kmemleak.sh
. "$TOP/lib/kmemleak.sh"

CYCLES=${CYCLES:-200}

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

# steady ROUNDS CMD...: CMD is given a number of rounds as its last argument
# and prints nothing if all went well. The growth of the figures, or what went
# wrong.
steady() {
	steady_rounds=$1
	shift
	"$@" "$((steady_rounds / 10 + 2))" | grep . && return
	steady_before=$(figures)
	"$@" "$steady_rounds" | grep . && return
	# shellcheck disable=SC2046,SC2086 # Four words each.
	set -- $steady_before $(figures)
	slab=$(($5 - $1)) vmalloc=$(($6 - $2)) percpu=$(($7 - $3))
	# A KiB for each round, and what moves by itself.
	tolerance=$((steady_rounds < 100 ? 100 : steady_rounds))
	if [ -e $KMEMLEAK ]; then
		leaked=$(kmemleak_count 1)
		[ "$leaked" = 0 ] && word=steady || word="leaks $leaked"
	elif [ "$slab" -lt "$tolerance" ] && [ "$vmalloc" -lt "$tolerance" ] &&
		[ "$percpu" -lt "$tolerance" ]; then
		word=steady
	else
		word=grown
	fi
	echo "$word: slab $slab vmalloc $vmalloc percpu $percpu KiB" \
		"(used $(($8 - $4)))"
}
