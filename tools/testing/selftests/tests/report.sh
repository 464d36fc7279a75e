#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The report in debugfs: what it says is what the log says, and what
# btf-reconcile said of the file beforehand; its JSON is JSON. Its files may be
# open while modules go, and be read while others load.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

REPORT=/sys/kernel/debug/btf_reconcile
ID='[1-9]*[0-9]'
N='\([0-9]*\)'
# What both programs say, by the same names. What a destructor may take hangs on the
# kernel's configuration, which only the kernel knows.
# shellcheck disable=SC2016 # jq's variables.
COMMON='{verdict, form, bytes_before, bytes_after, bytes_unified, mended, why, differing,
	note_ignored,
	built_against: (.built_against | if . then {release, build_id, btf_sha256} else . end),
	counts: (.counts | {mapped, resized, carried, ambiguous, moved, unified,
		differing, slots, resolved, unresolved, kfuncs, unusable, dtors}),
	types: [.types[] | {id, kind, name, fate, how, why, size, kernel_size, new_id}],
	slots: [.slots[] | {at, symbol, set, old_id, new_id, kind, name, flags, resolved, several}],
	kfuncs: [.kfuncs[] | {name, of, usable, why}],
	dtors: [.dtors[] | {name, of, usable}]}'
# Fields that only the kernel's has.
ONLY='["us"]'

json() {
	"$TOP/jq" "$@"
}

# report_of MODULE
report_of() {
	cat "$REPORT/modules/$1/report.json" 2>/dev/null
}

# The names of all fields, those of list elements once. What a stock kernel would
# do only the program works out, and how many reasons it has for that.
# shellcheck disable=SC2016 # jq's variables.
EXTRA='def names: [paths | map(if type == "number" then 0 else . end)] | unique
		| map(select(.[0:2] != ["stock", "why"] or length == 2));
	($a[0] | names) as $a | ($b[0] | names) as $b
	| {more: ($a - $b - [$only[] | [.]]), less: ($b - $a)}
	| if . == {more: [], less: []} then "agrees" else . end'

# agrees FORM MODULE: what both say of it, and its fields' names.
agrees() {
	report_of "$2" >/tmp/ours.json
	if ! json -e . /tmp/ours.json >/dev/null 2>&1; then
		echo "no JSON"
		return
	fi
	json ".reports[0]" "$TOP/check/$1.$2.json" >/tmp/program.json
	json "$COMMON" /tmp/ours.json >/tmp/ours.common
	json "$COMMON" /tmp/program.json >/tmp/program.common
	if ! cmp -s /tmp/ours.common /tmp/program.common; then
		diff /tmp/program.common /tmp/ours.common | head -n 20
		return
	fi
	json -n --argjson only "$ONLY" --slurpfile a /tmp/ours.json \
		--slurpfile b /tmp/program.json \
		-rc "$EXTRA"
}

probe_agrees() {
	with "$1" "$2" agrees "$1" "$2"
}

probe_agrees_all() {
	set_to unify all with plain "$1" agrees plain-all "$1"
}

# logged_too MODULE: the numbers of the log's line, in table and JSON. Without a base
# there are none of its types.
logged_too() {
	klog_since "$mark" | sed -n "s/its BTF stands on its own,/0 types mapped, 0 carried,/
		s/.*btf_reconcile: $1: reconciled: //
		s/$N types mapped, $N carried, $N ids translated, $N us.*/\1 \2 \3 \4/p" \
		>/tmp/said
	report_of "$1" |
		json -r '"\(.counts.mapped) \(.counts.carried) \(.counts.slots) \(.us)"' >/tmp/told
	awk -v name="$1" '$1 == name { print $4, $5, $8, $9 }' "$REPORT/table" >/tmp/tabled
	if [ -s /tmp/said ] && cmp -s /tmp/said /tmp/told && cmp -s /tmp/said /tmp/tabled; then
		echo "the same"
	else
		echo "log $(cat /tmp/said), JSON $(cat /tmp/told), table $(cat /tmp/tabled)"
	fi
}

probe_logged_too() {
	with "$1" "$2" logged_too "$2"
}

# A line of the text of a module, from the report.
text() {
	grep -oE -m 1 "$2" "$REPORT/modules/$1/report"
}

probe_text() {
	with "$1" "$2" text "$2" "$3"
}

# Files of a module that went.
gone() {
	load "$1" "$2" || echo "refused"
	ls "$REPORT/modules"
	unload "$2"
	ls "$REPORT/modules"
}

# held FORM MODULE FILE: a file stays open while its module goes.
held() {
	load "$1" "$2" || echo "refused"
	exec 3<"$REPORT/$3"
	head -n 1 <&3 >/dev/null
	rmmod "$2" 2>/dev/null && echo "$2 gone"
	[ ! -e "/sys/kernel/debug/btf_reconcile" ] ||
		rmmod btf_reconcile 2>/dev/null || echo "btf_reconcile stays"
	cat <&3 >/dev/null 2>&1 || echo "and can't be read"
	exec 3<&-
	unload "$2"
	reconcile_out || echo "btf_reconcile cannot be unloaded"
	reconcile_in
}

probe_held() {
	held "$@" 2>/dev/null | paste -sd ' '
}

read_until() {
	while [ -e "$1" ]; do
		cat "$REPORT/table" "$REPORT"/modules/*/* >/dev/null 2>&1
		echo >>/tmp/reads
	done
}

# Readers while modules come and go: nothing may hang.
busy() {
	touch /tmp/busy
	: >/tmp/reads
	read_until /tmp/busy &
	read_until /tmp/busy &
	for _ in 1 2 3 4 5 6; do
		for form in many native lost; do
			name=brt_kfunc
			[ "$form" != lost ] || name=brt_lost
			load "$form" "$name" || echo "refused"
			unload "$name" || echo "cannot be unloaded"
		done
	done
	rm /tmp/busy
	wait
	[ "$(wc -l </tmp/reads)" -gt 3 ] && echo "read meanwhile"
}

# Lines of each file, and whether they are all there.
size() {
	load many brt_kfunc || echo "refused"
	wc -l <"$REPORT/modules/brt_kfunc/report"
	report_of brt_kfunc | json '.types | length'
	unload brt_kfunc
}

probe_size() {
	size 2>/dev/null | paste -sd ' '
}

cases="native:brt_kfunc old:brt_dtor old:brt_ids old:brt_filter copies:brt_kfunc lost:brt_lost
	badname:brt_lost
	resized:brt_lost old:brt_grown cross:brt_kfunc refold:brt_kfunc refnative:brt_filter
	whole:brt_dtor wholeold:brt_copy wholegone:brt_words"

# foretold FORM MODULE [CMD...]: CMD loads the module and tells whether what is
# said of it is what was said for FORM.
foretold() {
	[ $# -gt 2 ] || set -- "$1" "$2" probe_agrees "$1" "$2"
	if [ -s "$TOP/check/$1.$2.json" ]; then
		foretold_name="$1: $2, as foretold"
		shift 2
		alone "$foretold_name" agrees "$@"
	else
		ktap_skip "$1: $2, as foretold" "built without the program"
	fi
}

ktap_plan 52
for case in $cases; do
	form=${case%:*} module=${case#*:}
	foretold "$form" "$module"
	[ -d "$TOP/mods/$form" ] || {
		ktap_skip "$form: $module, as logged" "built without the program"
		continue
	}
	alone "$form: $module, as logged" "the same" \
		probe_logged_too "$form" "$module"
done
# Of which the log says nothing.
foretold plain brt_kfunc
foretold plainraw brt_copy
foretold plaingone brt_words
foretold doubt brt_trace
# What is withheld has nothing but slots.
foretold stale brt_words
foretold badbase brt_words
# What a module says of its kernel, or might have.
foretold noted brt_kfunc
foretold notedstale brt_kfunc
foretold badnote brt_kfunc
for module in brt_copy brt_kfunc; do
	foretold plain-all "$module" probe_agrees_all "$module"
done
compare "text: a type that the kernel lacks" \
	"type *STRUCT 'cgrouq': carried to *missing: *" \
	probe_text lost brt_lost "type .*cgrouq.*"
compare "text: a kfunc that is lost by it" \
	"kfunc 'brt_lost_level' can't be used*" \
	probe_text lost brt_lost "kfunc .*"
compare "text: why BTF is withheld" "brt_kfunc: stale: .BTF: *" \
	probe_text stale brt_kfunc "brt_kfunc: .*"
compare "text: a slot" "*__BTF_ID__struct__task_struct__*STRUCT 'task_struct'" \
	probe_text old brt_ids "slot .*task_struct.*"
compare "text: a slot of a module without BTF" \
	"slot 0: __BTF_ID__struct__task_struct__*: \[$ID\] is 0" \
	probe_text stale brt_words "slot 0: .*"
compare "files go with their module" brt_kfunc gone old brt_kfunc
compare "report open while the modules go" \
	"brt_kfunc gone btf_reconcile stays and can't be read" \
	probe_held old brt_kfunc modules/brt_kfunc/report
compare "JSON open while the modules go" \
	"brt_kfunc gone btf_reconcile stays and can't be read" \
	probe_held many brt_kfunc modules/brt_kfunc/report.json
compare "table open while the modules go" \
	"brt_kfunc gone btf_reconcile stays" \
	probe_held old brt_kfunc table
compare "thousands of lines" "500[0-9] 500[0-9]" probe_size
compare "read while modules come and go" "read meanwhile" busy
finish
