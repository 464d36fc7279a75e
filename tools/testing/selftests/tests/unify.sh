#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Modules that have copies of the kernel's types: kfuncs on task_struct, sk_buff
# and sock take the kernel's, a kfunc with an argument that the verifier supplies
# gets it, CO-RE and fentry are unharmed; unify= says whose copies go.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

ktap_plan 28
for form in native old cross flavour; do
	if ! [ -e "$TOP/mods/$form/brt_copy.ko" ]; then
		for what in task_struct sk_buff sock "an argument of the verifier's"; do
			ktap_skip "$form: $what" "built without another flavour's BTF"
		done
		continue
	fi
	compare "$form: task_struct" ret=mypid probe_run $form brt_kfunc task_pid
	compare "$form: sk_buff" "len=1234 " probe_given $form brt_skb
	compare "$form: sock" "protocol=6 " probe_given $form brt_sock
	compare "$form: an argument of the verifier's" ret=1 \
		probe_run $form brt_copy aux_is_right
done
compare "cross: there are copies" "unified smaller" copies cross brt_copy
compare "cross: ids" "9 of 9 ids right" probe_ids cross
compare "cross: filter" "6 of 6 right" probe_filter_all cross
compare "cross: fentry and CO-RE" \
	"width=6 height=7 layer=9 scale_seen=3 name=hexagon " \
	probe_fentry cross brt_trace
compare "cross: from there to the kernel's" "owner=mypid " \
	probe_fentry cross brt_owner
# Copies of another release's are not this kernel's, and the report tells why.
of_copies "copies: of another release" told \
	told copies brt_kfunc "own type .*STRUCT 'task_struct' is not the kernel's"
compare "unify=off: copies stay" "*refused*" \
	set_to unify off probe_run cross brt_kfunc task_pid
compare "strict=1: copies stay" "*refused*" \
	set_to strict 1 probe_run cross brt_kfunc task_pid
compare "unify=base: plain BTF is left alone" "loads, BTF, 0 lines" \
	lines probe_btf plain brt_copy
compare "unify=all: plain BTF" ret=mypid \
	set_to unify all probe_run plain brt_kfunc task_pid
compare "unify=all: ids of plain BTF" "9 of 9 ids right" \
	set_to unify all probe_ids plain
compare "unify=all: plain BTF of another kernel" "loads, no BTF" \
	set_to unify all probe_btf stale brt_kfunc
finish
