#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Every allocation fails in turn: while a module loads, btf_reconcile's own
# included; while it is unloaded; while btf_reconcile is; while a report is read.
# A module then is as it would be without btf_reconcile, or as it should be with
# it; or, where the kernel would take its ids for others, has zeros for them or is
# refused; nothing between, no splat, no leak.
#
# Out: KTAP

# shellcheck source=tools/testing/selftests/lib/ktap.sh
. "$TOP/lib/ktap.sh"
# shellcheck source=tools/testing/selftests/lib/klog.sh
. "$TOP/lib/klog.sh"
# shellcheck source=tools/testing/debug/splats.sh
. /debug/splats.sh
# shellcheck source=tools/testing/selftests/lib/modules.sh
. "$TOP/lib/modules.sh"

DEBUG=/sys/kernel/debug

# Without what the kernel tells of each failure: that is thousands of pages.
setup() {
	for dir in failslab fail_page_alloc; do
		echo 0 >$DEBUG/$dir/verbose
		echo N >$DEBUG/$dir/ignore-gfp-wait
		echo 32 >$DEBUG/$dir/stacktrace-depth
		# For `brt fault load+N`.
		echo Y >$DEBUG/$dir/task-filter
		echo 100 >$DEBUG/$dir/probability
	done
	echo N >$DEBUG/fail_page_alloc/ignore-gfp-highmem
	echo 0 >$DEBUG/fail_page_alloc/min-order
}

# only START END: allocations with a caller in there. All: 0 and the last.
only() {
	for dir in failslab fail_page_alloc; do
		echo "$1" >$DEBUG/$dir/require-start
		echo "$2" >$DEBUG/$dir/require-end
	done
}

# ours: only what btf_reconcile allocates, or has the kernel allocate for it. The
# end is that of the last function's page.
ours() {
	# shellcheck disable=SC2046 # Two words.
	set -- $(awk '$4 == "[btf_reconcile]" && tolower($2) == "t" { print $1 }' \
		/proc/kallsyms | sort | sed -n '1p;$p')
	only "0x$1" "$(printf '0x%x' $((0x$2 | 0xfff)))"
}
all() {
	only 0 0xffffffffffffffff
}

# try NAME CMD...: passes when CMD does and the log is quiet.
try() {
	try_name=$1
	shift
	mark=$(klog_mark)
	said=$("$@" 2>&1) && status=0 || status=$?
	splats=$(klog_since "$mark" | grep -cE "$SPLATS")
	ktap_diag "$said"
	if [ "$status$splats" = 00 ]; then
		ktap_pass "$try_name"
	else
		klog_since "$mark" | grep -E -A 30 "$SPLATS" | head -n 100 | sed 's/^/# /'
		ktap_fail "$try_name"
	fi
}

# loads FORM NAME [+N...]: how a module loads when btf_reconcile's allocations
# fail, one, and N more (1, 2). It is then as without btf_reconcile, or as with it,
# with or without copies of the kernel's types. What the kernel can't relocate
# itself has no BTF and no ids, or is refused where there is not even memory for
# taking these out.
loads() {
	ko=$TOP/mods/$1/$2.ko
	reconcile_out
	without=$("$TOP/brt" fault look "$ko")
	reconcile_in
	with=$("$TOP/brt" fault look "$ko")
	copies=$(set_to unify off "$TOP/brt" fault look "$ko")
	ktap_diag "$1/$2: without $without, with $with, unify=off $copies"
	lost=
	case $1 in
	stale | refold | stripped/*)
		lost="$("$TOP/brt" fault look "$TOP/mods/stale/brt_ids.ko") refused"
		;;
	esac
	ours
	what=$1/$2
	shift 2
	# One alone that fails is tried again, by krealloc(), kmalloc(), vmalloc().
	for more; do
		# shellcheck disable=SC2086 # Two words or none.
		try "$what loads, btf_reconcile's allocations$more" \
			"$TOP/brt" fault "load$more" "$ko" "$without" "$with" "$copies" $lost
	done
}

# loads_all: the same module when any allocation fails, the kernel's own, too: it
# may be refused then.
loads_all() {
	all
	# shellcheck disable=SC2086 # Two words or none.
	try "$what loads, all allocations" \
		"$TOP/brt" fault load "$ko" "$without" "$with" "$copies" $lost kernel
}

if [ ! -e /proc/self/fail-nth ]; then
	ktap_plan 1
	ktap_skip "all" "the kernel has no fault injection"
	ktap_finish
fi
ktap_plan 17
setup
loads old brt_ids "" +1 +2 +all
loads_all
loads old brt_kfunc +1 +2
loads stale brt_ids +1 +2
loads_all
# Where the loader's copy of the file is looked for.
loads stripped/old brt_kfunc +2
loads refold brt_ids +2
loads cross brt_ids +2
all
try "a module is unloaded" "$TOP/brt" fault unload "$TOP/mods/old/brt_ids.ko"
load old brt_ids
try "a report is read" "$TOP/brt" fault read $DEBUG/btf_reconcile/modules/brt_ids/report
unload brt_ids
reconcile_out
try "btf_reconcile loads" "$TOP/brt" fault load "$RECONCILE"
try "btf_reconcile is unloaded" "$TOP/brt" fault unload "$RECONCILE"
ktap_finish
