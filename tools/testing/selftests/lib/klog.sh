# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# The kernel's log from a mark on, and how much of it is alarming. To be
# sourced.
#
# The ring buffer is moved to a file whenever somebody asks, so that a long
# test loses nothing of it.

KLOG=${KLOG:-/tmp/klog}

klog_sync() {
	dmesg -c >>"$KLOG"
}

# The mark that klog_since and klog_alarms take.
klog_mark() {
	klog_sync
	wc -l <"$KLOG"
}

klog_since() {
	klog_sync
	tail -n "+$(($1 + 1))" "$KLOG"
}

# Lines that no test may cause. Loading our modules taints; that is expected.
klog_alarms() {
	klog_since "$1" | grep -cE \
		-e 'Oops|BUG:|WARNING:|kernel BUG|cut here|general protection|Call Trace' \
		-e 'refcount_t:|UBSAN|KASAN|KFENCE|scheduling while atomic' \
		-e 'blocked for more than|soft lockup|panic'
}
