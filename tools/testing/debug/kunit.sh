#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The KUnit suites of the core, which run when the module that holds them is
# loaded. Needs kunit.enable=1 on the kernel's command line.
#
# In:  KLOG  see klog.sh
# Out: KTAP, as the kernel printed it

# shellcheck source=tools/testing/selftests/lib/klog.sh
. "$TOP/lib/klog.sh"

mark=$(klog_mark)
insmod /debug/btf_reconcile_kunit.ko || exit 1
klog_since "$mark" | sed 's/^\[[^]]*\] //' | sed -n '/KTAP version/,$p' |
	grep -E '^ *(KTAP|1\.\.|ok|not ok|#)' >/tmp/kunit
rmmod btf_reconcile || exit 1
cat /tmp/kunit
grep -q '^ok ' /tmp/kunit && ! grep -q 'not ok' /tmp/kunit
