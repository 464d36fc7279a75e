#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Modules whose BTF stands on its own, since there was no vmlinux when they were
# built, of this kernel (whole) and of the other (wholeold): stock kernels refuse
# them. Here types that are equal to the kernel's are the kernel's, and all else is
# the module's own.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

IDS_DETAIL=/tmp/ids
SHAPE="width=6 height=7 layer=9 scale_seen=3 name=hexagon "

ktap_plan 45
for form in whole wholeold; do
	alone "$form: verdict" "reconciled whole" probe_verdict $form brt_kfunc
	compare "$form: plain arguments" ret=42 probe_run $form brt_kfunc add
	compare "$form: a struct of the module" ret=42 \
		probe_run $form brt_kfunc pair_sum
	compare "$form: a struct that no release changes" ret=1 \
		probe_head $form
	compare "$form: kfunc filter" "6 of 6 right" probe_filter_all $form
	compare "$form: destructor" "calls=1 value=77" probe_dtor $form
	compare "$form: ids of a list" "9 of 9 ids right" probe_ids $form
	sed 's/^/# /' $IDS_DETAIL
	compare "$form: fentry and CO-RE" "$SHAPE" probe_fentry $form brt_trace
	compare "$form: struct_ops" "sum=42 " probe_ops $form brt_ops
done

compare "whole: the current task" ret=mypid probe_run whole brt_kfunc task_pid
compare "whole: sk_buff" "len=1234 " probe_given whole brt_skb
compare "whole: an argument of the verifier's" ret=1 \
	probe_run whole brt_copy aux_is_right
compare "whole: from the module's struct to the kernel's" "owner=mypid " \
	probe_fentry whole brt_owner
compare "whole: struct_ops with a task" "pid=mypid " probe_ops whole brt_opstask
alone "whole: types" "* types, 0 missing, 0 added" probe_types whole brt_trace
alone "whole: copies are gone" "unified smaller" copies whole brt_kfunc
alone "whole: the log says so" "loads, BTF, logged" \
	logged "brt_kfunc: reconciled: its BTF stands on its own, 3 ids translated" \
	probe_btf whole brt_kfunc

# What the other release has otherwise is not the kernel's, whatever its name.
compare "wholeold: the current task is of another type" "*refused*" \
	probe_run wholeold brt_kfunc task_pid
compare "wholeold: so is a packet" "*refused*" probe_given wholeold brt_skb
alone "wholeold: the report tells where they differ" told \
	told wholeold brt_kfunc "own type .*STRUCT 'task_struct' is not the kernel's"
alone "wholeold: and which kfunc that costs" told \
	told wholeold brt_kfunc "kfunc 'brt_task_pid' can't be used"
alone "wholeold: an argument of the verifier's" told \
	told wholeold brt_copy "kfunc 'brt_aux_is_right' can't be used"
compare "wholeold: from the module's struct to the kernel's, or not" \
	"refused or right *" refused_or_right probe_fentry wholeold brt_owner
compare "wholeold: struct_ops with a task, or not" "refused or right *" \
	refused_or_right probe_ops wholeold brt_opstask

alone "wholebase: an empty base is none" "reconciled whole" \
	probe_verdict wholebase brt_kfunc
compare "wholebase: the current task" ret=mypid \
	probe_run wholebase brt_kfunc task_pid
compare "wholeleaf: a member far from it makes a type another" "*refused*" \
	probe_run wholeleaf brt_kfunc task_pid
alone "wholeleaf: the report tells where" told told wholeleaf brt_kfunc \
	"own type .*STRUCT 'rlimit' is not the kernel's"
compare "doubt: BTF withheld" "loads, no BTF, logged" \
	logged "brt_trace: .*withheld" probe_btf doubt brt_trace

alone "unify=off: a struct of the module" ret=42 \
	set_to unify off probe_run whole brt_kfunc pair_sum
alone "unify=off: all else is the module's own" "*refused*" \
	set_to unify off probe_run whole brt_kfunc task_pid
alone "unify=off: ids of a list" "9 of 9 ids right" \
	set_to unify off probe_ids whole
# A struct of operations has a part that must be the kernel's.
alone "unify=off: no struct_ops" "module refused" \
	set_to unify off probe_ops whole brt_ops
for form in whole wholeold; do
	compare "$form, strict=1: left to the kernel" "$(on_stock $form brt_kfunc), logged" \
		set_to strict 1 logged "brt_kfunc: .*refused \\(strict\\)" \
		probe_btf $form brt_kfunc
done
alone "stale=refuse: it is not stale" ret=42 \
	set_to stale refuse probe_run whole brt_kfunc add
finish
