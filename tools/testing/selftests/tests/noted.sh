#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Modules that say which kernel they were built against: log and report say it,
# too, and whether it is this one. Nothing else hangs on it.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

REPORT=/sys/kernel/debug/btf_reconcile/modules/brt_kfunc
RELEASE=$(cat "$TOP/other-release")
NO_ID=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
THERE="$RELEASE (build id $NO_ID)"
# The same in a pattern of grep's.
LOGGED="$(echo "$RELEASE" | sed 's/[.+]/\\&/g') \\(build id $NO_ID\\)"

hex() {
	od -An -v -tx1 "$@" | tr -d ' \n'
}

# The build id of this kernel, from its note.
own_id() {
	hex /sys/kernel/notes |
		sed -n 's/.*040000001400000003000000474e5500\(.\{40\}\).*/\1/p'
}

# own FORM TO: the module of FORM says that it was built against this kernel.
own() {
	mkdir -p "$TOP/mods/$2"
	cp "$TOP/mods/$1/brt_kfunc.ko" "$TOP/mods/$2/"
	own_at=$(hex "$TOP/mods/$1/brt_kfunc.ko" |
		awk -v id="$NO_ID" '{ print (index($0, id) - 1) / 2 }')
	own_id | sed 's/../\\x&/g' >/tmp/own-id
	# shellcheck disable=SC2059 # It is made to be a format.
	printf "$(cat /tmp/own-id)" |
		dd of="$TOP/mods/$2/brt_kfunc.ko" bs=1 seek="$own_at" conv=notrunc 2>/dev/null
}

# One line of the report.
line() {
	grep -E -m 1 "$1" "$REPORT/report" || echo "not told"
}

probe_line() {
	with "$1" brt_kfunc line "$2"
}

# field FILTER: of its JSON.
field() {
	"$TOP/jq" -c "$1" "$REPORT/report.json"
}

probe_field() {
	with "$1" brt_kfunc field "$2"
}

# What the kernel itself shows of the note.
shown() {
	hex /sys/module/brt_kfunc/notes/.note.btf_base | grep -o "$NO_ID"
}

probe_shown() {
	with "$1" brt_kfunc shown
}

# elsewhere CMD...: CMD, where another file is in the place of the kernel's notes, in
# which the build id is the other kernel's.
elsewhere() {
	printf '\4\0\0\0\24\0\0\0\3\0\0\0GNU\0' >/tmp/notes
	echo "$NO_ID" | sed 's/../\\xaa/g' >/tmp/no-id
	# shellcheck disable=SC2059 # It is made to be a format.
	printf "$(cat /tmp/no-id)" >>/tmp/notes
	mount --bind /tmp/notes /sys/kernel/notes || echo "no mount"
	"$@"
	umount /sys/kernel/notes
}

own notednative here
own notedstale lie
ktap_plan 19
compare "the kernel shows the note" $NO_ID probe_shown noted
for form in noted here; do
	compare "$form: verdict" "reconciled base" probe_verdict $form brt_kfunc
	compare "$form: a kfunc" ret=mypid probe_run $form brt_kfunc task_pid
done
alone "the log names the kernel" "reconciled base, logged" \
	logged "brt_kfunc: reconciled: .* us, built against $LOGGED" \
	probe_verdict noted brt_kfunc
alone "so does the report" "built against $THERE, another kernel" \
	probe_line noted "^built against"
alone "so does its JSON" "[[]\"$RELEASE\",\"$NO_ID\",null,false,false[]]" \
	probe_field noted ".built_against | [.release, .build_id, .btf_sha256, .this_kernel,
		.contradicts]"
alone "this kernel: the report" \
	"built against $RELEASE (build id $(own_id)), which is this kernel" \
	probe_line here "^built against"
alone "this kernel: its JSON" "[[]true,false[]]" \
	probe_field here ".built_against | [.this_kernel, .contradicts]"
# In the tree no file is asked.
known=null
! is_in_tree || known=false
alone "other notes in the place of the kernel's: not asked" "[[]$known,false[]]" \
	elsewhere probe_field noted ".built_against | [.this_kernel, .contradicts]"
compare "stale: BTF withheld" "loads, no BTF, logged" \
	logged "brt_kfunc: .*; built against $LOGGED, its BTF is withheld" \
	probe_btf notedstale brt_kfunc
alone "stale: one line" "loads, no BTF, 1 lines" lines probe_btf notedstale brt_kfunc
compare "not of the kernel that it says: BTF withheld" "loads, no BTF, logged" \
	logged "brt_kfunc: the kernel that it was built against is this one, but its types" \
	probe_btf lie brt_kfunc
alone "not of the kernel that it says: JSON" "[[]true,true[]]" \
	probe_field lie ".built_against | [.this_kernel, .contradicts]"
compare "a note cut short: verdict" "reconciled base, logged" \
	logged "brt_kfunc: .note.btf_base: cut short; it is ignored" \
	probe_verdict badnote brt_kfunc
alone "a note cut short: JSON" "[[]null,\".note.btf_base: cut short\"[]]" \
	probe_field badnote "[.built_against, .note_ignored]"
alone "no note: JSON" "[[]null,null[]]" probe_field old "[.built_against, .note_ignored]"
if [ -d "$TOP/mods/refold" ]; then
	alone "what btf-reconcile writes" "[[]\"$RELEASE\",64[]]" \
		probe_field refold ".built_against | [.release, (.btf_sha256 | length)]"
else
	ktap_skip "what btf-reconcile writes" "built without the program"
fi
finish
