#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What is in .BTF_ids of modules without BTF: no id of another kernel stays, while
# counts and flags do, so that registering succeeds. What nobody has resolved is
# resolved; what nobody can resolve stays 0 and is not counted.

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
# The names of one id of the list, one of the set and one kfunc are nobody's.
SOME="list $ID 0, set of 1 $ID 0, kfuncs 1 of 1 $ID:32 0:0 loads, BTF"

ktap_plan 22
for form in plain native old writable/native whole wholeraw wholeold wholeoldraw \
	plainraw nativeraw; do
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
for form in wholegone plaingone; do
	compare "$form: other ids are there" "$SOME" in_a_line probe_words $form
	alone "$form: a kfunc of nobody's is named" told \
		told $form brt_words "kfunc 'brt_nobodys' can't be used: its id was never found"
done
finish
