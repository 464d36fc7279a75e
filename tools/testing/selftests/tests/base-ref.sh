#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Modules with a base reference, which btf-reconcile made from modules of this
# kernel (refnative) and of the other one (refold): stock kernels don't know
# .BTF.base_ref and refuse them, or load them with nonsense. Where a module has
# both bases, the distilled one is used.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

IDS_DETAIL=/tmp/ids

ktap_plan 30
if ! [ -d "$TOP/mods/refold" ]; then
	while [ "$ktap_count" -lt 30 ]; do
		ktap_skip "base reference" "built without the program"
	done
	finish
fi
for form in refnative refold; do
	compare "$form: verdict" "reconciled base_ref" \
		probe_verdict $form brt_kfunc
	compare "$form: plain arguments" ret=42 probe_run $form brt_kfunc add
	compare "$form: the current task" ret=mypid \
		probe_run $form brt_kfunc task_pid
	compare "$form: a struct of the module" ret=42 \
		probe_run $form brt_kfunc pair_sum
	compare "$form: kfunc filter" "6 of 6 right" probe_filter_all $form
	compare "$form: ids of a list" "9 of 9 ids right" probe_ids $form
	sed 's/^/# /' $IDS_DETAIL
	compare "$form: the module's struct" \
		"width=6 height=7 layer=9 scale_seen=3 name=hexagon " \
		probe_fentry $form brt_trace
	compare "$form: from there to the kernel's" "owner=mypid " \
		probe_fentry $form brt_owner
done
compare "both: the distilled base is used" "reconciled base" \
	probe_verdict both brt_kfunc
compare "both: a kfunc" ret=mypid probe_run both brt_kfunc task_pid
compare "bad reference: BTF withheld" "loads, no BTF, logged" \
	logged "brt_kfunc: \\.BTF\\.base_ref: .*of no use here, its BTF is withheld" \
	probe_btf badref brt_kfunc
compare "bad reference: verdict" "broken base_ref" probe_verdict badref brt_kfunc
compare "a type that the kernel lacks" "carries base_ref" \
	probe_verdict lostref brt_kfunc
# Left to the kernel, which knows no such base, it would be nonsense.
compare "strict=1: BTF withheld" "loads, no BTF, logged" \
	set_to strict 1 logged "brt_kfunc: .*refused \\(strict\\).*withheld" \
	probe_btf lostref brt_kfunc
compare "strict=1: all types are there" ret=mypid \
	set_to strict 1 probe_run refold brt_kfunc task_pid
compare "strict=1, stale=refuse: refused" "module refused" \
	set_to strict 1 set_to stale refuse probe_btf lostref brt_kfunc
compare "stripped of symbols: BTF withheld" "loads, no BTF, logged" \
	logged "brt_kfunc: \\.BTF_ids: .*stripped.*withheld" \
	probe_btf stripref brt_kfunc
for form in overflow large elsewhere many; do
	compare "a false header, $form: verdict" "reconciled base_ref" \
		probe_verdict refhdr-$form brt_kfunc
done
# So many that the true one is not looked for any more.
compare "false headers, tables: BTF withheld" "loads, no BTF" \
	probe_btf refhdr-tables brt_kfunc
finish
