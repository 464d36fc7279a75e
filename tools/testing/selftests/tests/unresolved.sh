#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Modules whose ids nobody has resolved, since there was no resolve_btfids when they
# were built: with whole BTF (wholeraw, and wholeoldraw of the other kernel), plain
# (plainraw) and distilled (nativeraw). Stock kernels refuse the first and load the
# others without their kfuncs. Here each id is that of the type that its symbol
# names.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

IDS_DETAIL=/tmp/ids

ktap_plan 46
for form in wholeraw plainraw; do
	compare "$form: plain arguments" ret=42 probe_run $form brt_kfunc add
	compare "$form: a struct of the module" ret=42 \
		probe_run $form brt_kfunc pair_sum
	compare "$form: a small struct of the kernel" ret=1 \
		probe_head $form
	compare "$form: kfunc filter" "6 of 6 right" probe_filter_all $form
	compare "$form: destructor" "calls=1 value=77" probe_dtor $form
	# The kernel's, where the module has a copy.
	compare "$form: ids of a list" "9 of 9 ids right" probe_ids $form kernel
	sed 's/^/# /' $IDS_DETAIL
	# Only resolve_btfids gives such a kfunc the two prototypes that it needs.
	compare "$form: an argument of the verifier's" "*refused*" \
		probe_run $form brt_copy aux_is_right
	alone "$form: the report says so" told \
		told $form brt_copy "kfunc 'brt_aux_is_right' can't be used"
done
compare "wholeraw: the current task" ret=mypid \
	probe_run wholeraw brt_kfunc task_pid
compare "wholeraw: sk_buff" "len=1234 " probe_given wholeraw brt_skb
# pahole may leave copies of both, which stay in plain BTF unless they are told to go.
compare "plainraw: the current task, or not" "refused or right *" \
	refused_or_right probe_run plainraw brt_kfunc task_pid
alone "plainraw, unify=all: the current task" ret=mypid \
	set_to unify all probe_run plainraw brt_kfunc task_pid
alone "plainraw, unify=all: sk_buff" "len=1234 " \
	set_to unify all probe_given plainraw brt_skb
alone "wholeraw: the log says so" "loads, BTF, logged" \
	logged "brt_kfunc: 3 ids were 0, and are resolved by their names" \
	probe_btf wholeraw brt_kfunc
alone "plainraw: nothing else is done to it" "fits plain" \
	probe_verdict plainraw brt_kfunc
alone "wholeraw: verdict" "reconciled whole" probe_verdict wholeraw brt_kfunc
compare "wholeraw: fentry and CO-RE" \
	"width=6 height=7 layer=9 scale_seen=3 name=hexagon " \
	probe_fentry wholeraw brt_trace
compare "wholeraw: struct_ops" "sum=42 " probe_ops wholeraw brt_ops
compare "nativeraw: the current task" ret=mypid \
	probe_run nativeraw brt_kfunc task_pid

compare "wholeoldraw: plain arguments" ret=42 probe_run wholeoldraw brt_kfunc add
compare "wholeoldraw: the current task is of another type" "*refused*" \
	probe_run wholeoldraw brt_kfunc task_pid
compare "wholeoldraw: kfunc filter" "6 of 6 right" probe_filter_all wholeoldraw
compare "wholeoldraw: destructor" "calls=1 value=77" probe_dtor wholeoldraw
# It is the kernel's task_struct that code compares with what is in a list.
compare "wholeoldraw: ids of a list are the kernel's" "9 of 9 ids right" \
	probe_ids wholeoldraw kernel
sed 's/^/# /' $IDS_DETAIL

for form in whole plain; do
	compare "${form}gone: a kfunc beside the name that nobody has" ret=42 \
		probe_run ${form}gone brt_kfunc pair_sum
	compare "${form}gone: there is no such kfunc" "*refused*" \
		probe_run ${form}gone brt_kfunc add
	alone "${form}gone: it is named" told \
		told ${form}gone brt_kfunc \
		"kfunc 'brt_nobodys' can't be used: its id was never found"
	alone "${form}gone: so does the log" "loads, BTF, logged" \
		logged "brt_kfunc: 1 ids are 0 and stay so, .*: brt_nobodys" \
		probe_btf ${form}gone brt_kfunc
	compare "${form}gone: the other ids of a list" "8 of 9 ids right" \
		probe_ids ${form}gone kernel
	sed 's/^/# /' $IDS_DETAIL
done
for form in wholeraw plainraw; do
	alone "$form: the report tells what was resolved" told \
		told $form brt_words "slot .*__BTF_ID__struct__file__.*resolved"
done
alone "wholeraw, unify=off: the current task is of another type" "*refused*" \
	set_to unify off probe_run wholeraw brt_kfunc task_pid
alone "wholeraw, unify=off: a struct of the module" ret=42 \
	set_to unify off probe_run wholeraw brt_kfunc pair_sum
finish
