#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run the selftests in a virtual machine.
#
# In:  [MODULE [TEST...]]  path of btf_reconcile.ko (default /btf_reconcile.ko),
#                          of no account where it is built in; names of tests
#                          (default all), or -TEST... for all but these
#      CYCLES, MUTANTS     in the environment: how often modules are loaded and
#                          unloaded (200), how many mutants are tried (120)
#      STOCK, OOPS         n to do without what the stock kernel does, and
#                          without what it oopses on, at the end
#      As root, btf_reconcile not loaded: the tests do that.
# Out: KTAP on stdout, one top-level line a test; exits 0, 1 if one failed, 4
#      if all were skipped

TOP=$(cd "$(dirname "$0")" && pwd)
RECONCILE=${1:-/btf_reconcile.ko}
if [ -d /sys/module/btf_reconcile ] && ! grep -q '^btf_reconcile ' /proc/modules; then
	RECONCILE=builtin OOPS=n
fi
export TOP RECONCILE
[ $# = 0 ] || shift
TESTS="kfunc filter dtor ids words types fentry struct-ops lost unify stale nonsense
	params base-ref noted whole unresolved report doctor odd fail reload storm memory debian
	corrupt mutants"
[ $# != 0 ] || all=y
case ${1--} in
-*)
	left_out=" $* "
	set --
	for test in $TESTS; do
		case $left_out in
		*" -$test "*) ;;
		*) set -- "$@" "$test" ;;
		esac
	done
	;;
esac
# shellcheck source=tools/testing/selftests/lib/klog.sh
. "$TOP/lib/klog.sh"

echo "KTAP version 1"
echo "1..$#"
number=0 passed=0 failed=0 skipped=0
for test; do
	number=$((number + 1))
	begin=$(cut -d. -f1 /proc/uptime)
	mark=$(klog_mark)
	# A pipe hands on only its last command's status.
	{
		sh "$TOP/tests/$test.sh" 2>&1
		echo $? >/tmp/status
	} | sed 's/^/  /'
	status=$(cat /tmp/status)
	alarms=$(klog_alarms "$mark")
	echo "# $test: $(($(cut -d. -f1 /proc/uptime) - begin)) s," \
		"$alarms alarming lines in the kernel's log"
	case $alarms,$status in
	0,0) passed=$((passed + 1)) && echo "ok $number $test" ;;
	0,4) skipped=$((skipped + 1)) && echo "ok $number $test # SKIP" ;;
	*) failed=$((failed + 1)) && echo "not ok $number $test" ;;
	esac
	if [ "$alarms" != 0 ]; then
		failed=$((failed + $# - number))
		echo "Bail out! The kernel has tripped"
		break
	fi
done
[ -z "${all-}" ] || [ "$failed" != 0 ] || [ "${OOPS-}" = n ] ||
	sh "$TOP/tests/oops.sh"
echo "# Totals: pass:$passed fail:$failed xfail:0 xpass:0 skip:$skipped error:0"
[ "$failed" = 0 ] || exit 1
[ "$skipped" != $# ] || exit 4
