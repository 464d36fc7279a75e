#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does scripts/short-names.awk shorten what is long, so that it can be read?
#
# In:  nothing
# Out: KTAP
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$here/lib/ktap.sh"

# short MAX NAME...: the new names of those that get one.
short() {
	printf '0000000000000010 t %s\n' "${@:2}" |
		awk -v MAX="$1" -f "$here/../../../scripts/short-names.awk" | cut -d' ' -f2
}
# shortened NAME WANT OLD: all but the number at its end, with 70 bytes for it.
shortened() {
	local got
	got=$(short "${max:-70}" "$3")
	expect "$1" "$2" "$(sed -E 's/\.[0-9a-f]{8}$//' <<<"$got")"
}
# repeat N TEXT
repeat() { printf "%0.s$2" $(seq "$1"); }

# As rustc 1.85 mangles them.
adapter=_RNvXs6_NtCsb5MLIFMWygY_6kernel3fmtINtB5_7AdapterRINtNtCs1Gl5QOZh8Fx_13btf_reconcile5shown5ShownNtNtNtBQ_3btf8decision6ReasonEENtNtCs2lKf6AS60Zg_4core3fmt7Display3fmtBQ_
closure=_RNCINvMNtNtCs1Gl5QOZh8Fx_13btf_reconcile3btf6joinedNtB5_6Joined3newINtNtNtNtCs2lKf6AS60Zg_4core4iter8adapters10filter_map9FilterMapINtNtB18_3zip3ZipINtNtNtB1c_3ops5range9RangeFrommEINtNtB18_6copied6CopiedINtNtNtB1c_5slice4iter4IterNtNtB7_8decision8DecisionEEENCINvNtB7_7rewrite7rewriteNtNtB9_7running5TypesE0EEs0_0B9_
nested=_RNCINvNtNtCs1Gl5QOZh8Fx_13btf_reconcile3btf5alike7compareINtNtNtB6_5unify8spelling8SpellingNtNtB8_7running5TypesENCINvMNtBY_5pairsINtB1T_5PairsB1r_E10differenceNCNCNvMNtBY_6copiesINtB2F_6CopiesB1r_E9differing00E0Es3_0B8_
provided=_RNvYNCINvNtNtNtCs1Gl5QOZh8Fx_13btf_reconcile3btf5check7records5checkNtNtBd_7running5TypesEs2_0INtNtNtCs2lKf6AS60Zg_4core3ops8function6FnOnceuE9call_onceBd_
foreign=_RNvXs_NtCs1Gl5QOZh8Fx_13btf_reconcile5shownINtNtNtCs2lKf6AS60Zg_4core3ops5range5RangemENtB4_5Shown2onB6_
pointer=_RINvNtCsb5MLIFMWygY_6kernel3fmt3useFUKCPuRShTmAtj4_xyEEuDNtNtCs2lKf6AS60Zg_4core3fmt5DebugEL_Kj10_E

plan 17
expect "short names stay" "" "$(short 70 init_module _RNvCs1_3our5short)"
expect "so do those of what is elsewhere" "" \
	"$(printf '%18s U %s\n' '' "$adapter" |
		awk -v MAX=70 -f "$here/../../../scripts/short-names.awk")"
max=120
shortened "a trait's function names the type" \
	_RNvNtNtNtCsb5MLIFMWygY_6kernel3fmt7Adapter7Display3fmt.Shown.Reason "$adapter"
shortened "a closure keeps its function and its number" \
	_RNCNvNtNtNtCs1Gl5QOZh8Fx_13btf_reconcile3btf6joined6Joined3news0_0.Decision.rewrite.Types.Zip.u32 \
	"$closure"
shortened "a closure's closures" \
	_RNCNvNtNtCs1Gl5QOZh8Fx_13btf_reconcile3btf5alike7compares3_0.Spelling.Types.difference.differing \
	"$nested"
shortened "a function that a trait provides is the trait's" \
	_RNvNtNtNtCs2lKf6AS60Zg_4core3ops8function6FnOnce9call_once.check.Types "$provided"
max=100
shortened "one for another crate's type is of the crate that has it" \
	_RNvNtNtNtCs1Gl5QOZh8Fx_13btf_reconcile5shown5Range5Shown2on.u32 "$foreign"
shortened "pointers to functions, tuples, arrays, numbers" \
	_RNvNtCsb5MLIFMWygY_6kernel3fmt3use.u8.u32.u16.i64.u64.Debug "$pointer"
max=75
shortened "modules give way to the names in them" \
	_RNCNvNtCs1Gl5QOZh8Fx_13btf_reconcile6Joined3news0_0 "$closure"
max=
expect "what the kernel adds stays in front of the same name" \
	"$(short 120 "$adapter" | sed 's/^/__pfx_/')" "$(short 120 "__pfx_$adapter")"
expect "none is longer than that, with what is added later" "114 114" \
	"$(short 120 "$(repeat 115 x)" "__pfx_$(repeat 120 x)" | awk '{ print length($0) + 7 }' | xargs)"
expect "no two get the same" 3 \
	"$(short 120 "$(repeat 120 x)a" "$(repeat 120 x)b" "$(repeat 119 x)ya" | sort -u | wc -l)"
expect "one that is there twice is renamed once" 1 "$(short 120 "$adapter" "$adapter" | wc -l)"
expect "the same name every time" "$(short 120 "$nested")" "$(short 120 "$adapter" "$nested" | tail -n 1)"
shortened "a name of C keeps its beginning" "$(repeat 48 x)" "$(repeat 80 x)"
shortened "one that is made of itself, too" "_RIB1_Cs1Gl5QOZh8Fx_13btf_reconcile$(repeat 13 E)" \
	"_RIB1_Cs1Gl5QOZh8Fx_13btf_reconcile$(repeat 60 E)"
shortened "and one that ends too early" "$(cut -c-48 <<<"$adapter")" "${adapter:0:100}"
