#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# /sys/kernel/btf shows the module's types, each reference naming the type it
# named when the module was built; bpftool can print them.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

ktap_plan 8
for module in brt_trace brt_kfunc brt_ids; do
	for form in native old; do
		compare "$form: types of $module" "* types, 0 missing, 0 added" \
			probe_types $form $module
	done
done
for form in native old; do
	compare "$form: bpftool dump" \
		'*struct task_struct \*owner;*struct list_head node;*brt_visit_t visit;*' \
		probe_bpftool $form
done
finish
