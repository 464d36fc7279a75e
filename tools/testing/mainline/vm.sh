#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Load modules whose BTF does what is found. Runs in the virtual machine.
#
# In:  [NAME...]  of /mainline/NAME.ko; by default those of /mainline/together,
#                 after each of which the machine goes on
# Out: for each a line "= NAME", then for seen.py:
#        insmod: STATUS   or "busy", when it was not through after 20 s in which
#                         a processor was busy with it
#        type: LINE       of `brt types`, when it has loaded
#        ids: LINE        of `brt ids`, which compares
#        id: NAME ID      each that it found in a list of its own
#        log: LINE        of the kernel's log, without the time

BRT=/mainline/brt

# said WORD CMD...: each line of what CMD prints.
said() {
	said_word=$1
	shift
	"$@" 2>/dev/null | sed "s/^/$said_word: /"
}

kernel_log() {
	dmesg -c | sed 's/^\(<[0-9]*>\)*\[[^]]*\] //'
}

# show_ids MODULE: brt_ids has them as parameters.
show_ids() {
	for show_file in /sys/module/"$1"/parameters/*__*; do
		[ ! -e "$show_file" ] || echo "${show_file##*/} $(cat "$show_file")"
	done
}

# spent PID: seconds of the processor that it took in the kernel.
spent() {
	spent_ticks=$(cut -d' ' -f15 "/proc/$1/stat")
	echo $((spent_ticks / 100))
}

# load KO: prints how it ended.
load() {
	insmod "$1" >/dev/null 2>&1 &
	load_pid=$!
	load_tries=0
	while kill -0 $load_pid 2>/dev/null; do
		load_tries=$((load_tries + 1))
		if [ $load_tries -gt 200 ]; then
			if [ "$(spent $load_pid)" -ge 5 ]; then
				echo busy
			else
				echo asleep
			fi
			return
		fi
		usleep 100000
	done
	wait $load_pid
	echo $?
}

try() {
	echo "= $1"
	kernel_log >/dev/null
	try_status=$(load "/mainline/$1.ko")
	echo "insmod: $try_status"
	case $try_status in
	0)
		try_module=$(sed -n 's/^\(carrier\|brt_[a-z]*\) .*/\1/p' /proc/modules)
		said type $BRT types "$try_module"
		said ids $BRT ids "$try_module"
		said id show_ids "$try_module"
		rmmod "$try_module"
		;;
	esac
	said log kernel_log
}

dmesg -n 1
if [ $# != 0 ]; then
	printf '%s\n' "$@"
else
	cat /mainline/together
fi | while read -r name; do
	try "$name"
done
echo "= end"
