#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Has anything leaked, and has the kernel complained, since the machine came up?
#
# In:  KLOG  see klog.sh
# Out: KTAP

# shellcheck source=tools/testing/selftests/lib/ktap.sh
. "$TOP/lib/ktap.sh"
# shellcheck source=tools/testing/selftests/lib/klog.sh
. "$TOP/lib/klog.sh"
# shellcheck source=tools/testing/selftests/lib/kmemleak.sh
. "$TOP/lib/kmemleak.sh"
# shellcheck source=tools/testing/debug/splats.sh
. /debug/splats.sh

ktap_plan 2
if [ "$(kmemleak_count 2)" = 0 ]; then
	ktap_pass "kmemleak finds nothing"
else
	ktap_diag "$(head -n 60 "$KMEMLEAK")"
	ktap_fail "kmemleak finds nothing"
fi
klog_sync
if grep -E "$SPLATS" "$KLOG" >/tmp/splats; then
	ktap_diag "$(head -n 40 /tmp/splats)"
	ktap_fail "no splat in the kernel's log"
else
	ktap_pass "no splat in the kernel's log"
fi
ktap_finish
