#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What is in .BTF_ids of modules without BTF: no id of another kernel stays, while
# counts and flags do, so that registering succeeds. A module whose ids were never
# found keeps its BTF.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

words() {
	cat /sys/module/brt_words/parameters/words
}

# probe_words FORM: what is in memory, and whether the module has BTF.
probe_words() {
	with "$1" brt_words words
	probe_btf "$1" brt_words
}

# held FORM WANT: without BTF this is in memory.
held() {
	compare "$1: no id stays" "$2 loads, no BTF" in_a_line probe_words "$1"
}

ID='[1-9]*[0-9]'
FULL="list $ID $ID, set of 2 $ID $ID, kfuncs 1 of 2 $ID:32 $ID:32 loads, BTF"
NONE="list 0 0, set of 2 0 0, kfuncs 1 of 2 0:32 0:32"
# Without symbols nothing tells ids from counts and flags.
BARE="list 0 0, set of 0 0 0, kfuncs 1 of 0 0:0 0:0"
EMPTY="list 0 0, set of 0 0 0, kfuncs 1 of 0 0:32 0:32 loads, BTF"

ktap_plan 16
for form in plain native old writable/native; do
	compare "$form: ids are there" "$FULL" in_a_line probe_words $form
done
for form in stale oldstale badbase writable/stale; do
	held $form "$NONE"
done
held stripped/stale "$BARE"
held nobtf "$NONE"
compare "nobtf: the log says so" "loads, no BTF, logged" \
	logged "brt_words: \\.BTF_ids: .*it has no BTF, and its ids are 0 now: rebuild it" \
	probe_btf nobtf brt_words
compare "stale=leave: ids stay" "list $ID $ID, set of 2 $ID $ID, kfuncs 1 of 2 $ID:32 $ID:32" \
	set_to stale leave with nobtf brt_words words
for form in plain native; do
	compare "unresolved/$form: BTF stays" "$EMPTY" \
		in_a_line probe_words unresolved/$form
	compare "unresolved/$form: its kfuncs are named" \
		"kfunc 'brt_first' can't be used: its id was never found" \
		with unresolved/$form brt_words grep -m 1 "^kfunc" \
		/sys/kernel/debug/btf_reconcile/modules/brt_words/report
done
finish
