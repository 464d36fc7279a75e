#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Hundreds of the kernel's own modules, all loaded at once, before and after:
# with btf_reconcile as many load, each is found to fit, and the BTF that the
# kernel shows is that of the file, byte by byte. With unify=all as many load, and
# their BTF is smaller.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

LIST=$TOP/debian/list

# pass RESULTS: loads all, and unloads them again.
pass() {
	"$TOP/brt" loadall "$LIST" >"$1" || ktap_diag "stuck at $(tail -n 1 "$1")"
	cp /sys/kernel/debug/btf_reconcile/table "$1.table" 2>/dev/null
	ktap_diag "$1: $(grep -c ' loaded' "$1") of $(wc -l <"$LIST") load," \
		"$(grep -c ' loaded same' "$1") with the file's BTF;" \
		"then $("$TOP/brt" unloadall "$LIST")"
}

# empty NAME FILE: passes when it is.
empty() {
	if [ -s "$2" ]; then
		sed 's/^/# /' "$2"
		ktap_fail "$1"
	else
		ktap_pass "$1"
	fi
}

ktap_plan 6
unload_tests
reconcile_out
if ! [ -s "$LIST" ]; then
	while [ "$ktap_count" -lt 6 ]; do
		ktap_skip "the kernel's modules" "built without the kernel's modules"
	done
	finish
fi
cd /tmp || exit 1
pass stock
# Those that can't be unloaded are out of the comparison.
lsmod | sed 1d | cut -d' ' -f1 >stay
ktap_diag "stock: $(wc -l <stay) can't be unloaded, and are not compared"
if ! reconcile_in; then
	while [ "$ktap_count" -lt 6 ]; do
		ktap_skip "the kernel's modules" "$RECONCILE does not load"
	done
	finish
fi
pass ours
set_to unify all pass unified

# of RESULTS: without those that stay.
of() {
	awk 'NR == FNR { stay[$1]; next } !($1 in stay)' stay "$1"
}

of stock | grep ' loaded' | cut -d' ' -f1 >stock.loaded
of ours | grep ' loaded' | cut -d' ' -f1 >ours.loaded
ktap_diag "compared: $(wc -l <stock.loaded) that load before," \
	"$(wc -l <ours.loaded) that load after"
# without FILE: of standard input, the lines that don't start with a word there.
without() {
	awk 'NR == FNR { there[$1]; next } !($1 in there)' "$1" -
}

grep 'fits *plain' ours.table | cut -d' ' -f1 >fits
ktap_diag "fit: $(wc -l <fits), of them with ids in .BTF_ids:" \
	"$(awk '$2 == "fits" && $8 > 0' ours.table | wc -l)"
without ours.loaded <stock.loaded >lost
of ours | grep ' loaded' | grep -v ' same$' >differ
of ours | grep ' loaded same' | without fits >unfit
sed 1d ours.table | grep -v 'fits *plain' >touched
empty "as many load as without" lost
empty "their BTF is the file's" differ
empty "all of them fit" unfit
empty "nothing else was done" touched
of unified | grep ' loaded' | cut -d' ' -f1 >unified.loaded
without unified.loaded <stock.loaded >lost
empty "unify=all: as many load as without" lost
awk 'NR > 1 { copies += $12; is += $10; was += $11 }
	END { print copies, "copies in", was, "bytes of BTF," , was - is, "less without" }
' unified.table >copies
ktap_diag "unify=all: $(cat copies)"
awk '$1 == 0 || $7 <= 0' copies >none
empty "unify=all: there are copies" none
finish
