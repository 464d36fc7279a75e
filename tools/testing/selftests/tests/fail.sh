#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Loads that fail after btf_reconcile has changed the module: by its init, by
# its parameters, by the kernel's own BTF notifier, by notifiers before and
# behind that. Nothing stays behind, neither memory nor report, and the module
# loads and works when what refused it is gone.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"
# shellcheck source=tools/testing/selftests/lib/memory.sh
. "$TOP/lib/memory.sh"

ROUNDS=$((CYCLES / 8))

# fails FORM MODULE N [ARG]: N loads, none of which may succeed.
fails() {
	fails_left=$3
	while [ "$fails_left" -gt 0 ]; do
		if insmod "$TOP/mods/$1/$2.ko" ${4:+"$4"} 2>/dev/null; then
			echo "loads"
			unload "$2"
			return
		fi
		fails_left=$((fails_left - 1))
	done
	[ ! -e "/sys/kernel/debug/btf_reconcile/modules/$2" ] || echo "its report stays"
	[ ! -e "/sys/kernel/btf/$2" ] || echo "its BTF stays"
}

# init_fails FORM ARG: it fails, then it works without.
init_fails() {
	fails "$1" brt_fail 3 "$2"
	probe_run "$1" brt_fail pid
}

# busybox's insmod tries a second time what failed.
# refused FORM ARG...: a module is refused by brt_refuse, which is loaded with
# these arguments, and works when that is gone.
refused() {
	form=$1
	shift
	insmod "$TOP/mods/native/brt_refuse.ko" "$@" || echo "brt_refuse does not load"
	fails "$form" brt_kfunc 3
	echo "refused $(cat /sys/module/brt_refuse/parameters/refused)," \
		"gone $(cat /sys/module/brt_refuse/parameters/gone)"
	unload brt_refuse
	probe_run "$form" brt_kfunc task_pid
}

failing_init() {
	fails old brt_fail "$1" error=-19
}

failing_parameter() {
	fails old brt_fail "$1" error=none
}

refused_rounds() {
	fails "$1" brt_kfunc "$2"
}

# steady_refused FORM ARG...
steady_refused() {
	form=$1
	shift
	insmod "$TOP/mods/native/brt_refuse.ko" "$@"
	steady "$ROUNDS" refused_rounds "$form"
	unload brt_refuse
}

ktap_plan 19
for form in native old; do
	compare "$form: init fails" ret=mypid init_fails $form error=-19
	compare "$form: a parameter is refused" ret=mypid init_fails $form error=none
	compare "$form: the kernel's notifier refuses" \
		"refused [36], gone [36] ret=mypid" \
		in_a_line refused $form kernel=1 priority=1000
	compare "$form: the next notifier refuses" \
		"refused [36], gone * ret=mypid" in_a_line refused $form priority=1000
	compare "$form: a later notifier refuses" \
		"refused [36], gone * ret=mypid" in_a_line refused $form priority=-1000
	compare "$form: the last notifier refuses" \
		"refused [36], gone * ret=mypid" \
		in_a_line refused $form priority=-2147483648
	compare "$form: the first notifier refuses" \
		"refused [36], gone * ret=mypid" \
		in_a_line refused $form priority=2147483647
done
compare "$ROUNDS times: init" "steady:*" steady "$ROUNDS" failing_init
compare "$ROUNDS times: a parameter" "steady:*" steady "$ROUNDS" failing_parameter
compare "$ROUNDS times: the kernel's notifier" "steady:*" \
	steady_refused old kernel=1
compare "$ROUNDS times: a later notifier" "steady:*" \
	steady_refused old priority=-1000
compare "$ROUNDS times: the kernel's notifier, BTF withheld" "steady:*" \
	steady_refused stale kernel=1
finish
