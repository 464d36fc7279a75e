# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0
#
# What the kernel says when something is wrong with it. To be sourced.
#
# That an allocation failed it tells with a call trace, too: those are none.

# shellcheck disable=SC2034 # For those who source it.
SPLATS='BUG:|BUG at|Oops|WARNING:|general protection|KASAN|UBSAN|refcount_t:|rust_kernel: panicked|possible (circular|recursive) locking|inconsistent lock state|held lock freed|still has locks held|scheduling while atomic|sleeping function|suspicious RCU|blocked for more than|soft lockup|list_(add|del) corruption|Kernel panic|kmemleak: [0-9]+ new'
