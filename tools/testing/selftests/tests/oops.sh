#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# For the record, not a test: what modules with type ids out of range do to the
# stock kernel. Nothing can be loaded or unloaded afterwards, so this comes
# after everything else.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

unload_tests
reconcile_out
mark=$(klog_mark)
for ko in "$TOP"/mods/bad/*-oob.ko; do
	insmod "$ko" 2>/dev/null && unload brt_kfunc
	[ "$(klog_alarms "$mark")" = 0 ] || break
done
ktap_diag "stock, $(basename "$ko"):" \
	"$(klog_since "$mark" | grep -om 1 'RIP: 0010:.*' || echo "no oops")"
