#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# One part of what is tested on the debug kernel, and then whether anything has
# leaked or the kernel has complained. Runs in the virtual machine, over the
# overlay of the selftests.
#
# In:  PART            kunit, faults, or selftests with TEST... for those alone
#      /debug          this folder, with btf_reconcile_kunit.ko
#      /selftests      the selftests
#      CYCLES, MUTANTS how many, for the selftests
# Out: KTAP; exits 1 if something failed

TOP=/selftests RECONCILE=/btf_reconcile.ko KLOG=/tmp/klog
export TOP RECONCILE KLOG
# shellcheck source=tools/testing/selftests/lib/ktap.sh
. $TOP/lib/ktap.sh

# step NAME CMD...: the results of CMD, indented, and one for all of it.
step() {
	step_name=$1
	shift
	# A pipe hands on only its last command's status.
	{
		"$@"
		echo $? >/tmp/step
	} 2>&1 | while IFS= read -r line; do
		printf '  %s\n' "$line"
	done
	if [ "$(cat /tmp/step)" = 0 ]; then
		ktap_pass "$step_name"
	else
		ktap_fail "$step_name"
	fi
}

part=$1
shift
ktap_plan 2
# The kernel's own scans, each of which takes seconds, find what a register
# alone pointed to at that moment.
echo scan=off >/sys/kernel/debug/kmemleak
case $part in
# The stock kernel is nobody's business here: what it does it does elsewhere,
# and an oops would end this machine.
selftests) STOCK=n OOPS=n step "$*" sh /run_tests.sh "$@" ;;
*) step "$part" sh "/debug/$part.sh" ;;
esac
step leaks sh /debug/leaks.sh
ktap_finish
