# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# What kmemleak has found, on kernels that have it. To be sourced.

KMEMLEAK=/sys/kernel/debug/kmemleak

# kmemleak_count SCANS: how many objects nobody refers to. Nothing is a leak
# before it is some seconds old, and one scan may find a stale pointer on a stack
# that is gone in the next.
kmemleak_count() {
	for _ in $(seq "$1"); do
		sleep 6
		echo scan >$KMEMLEAK
	done
	grep -c 'unreferenced object' $KMEMLEAK
}
