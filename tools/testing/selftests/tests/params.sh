#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The parameters: described by modinfo, readable and writable in sysfs, wrong
# values refused; what strict=, verbose= and the summary do.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

PARAMETERS=/sys/module/btf_reconcile/parameters

# described NAME: the kind of a parameter, if modinfo has more to say of it.
# busybox's does not show the kind.
described() {
	modinfo "$RECONCILE" | grep -qE "^parm: *$1:.{30,}" &&
		strings "$RECONCILE" | sed -n "s/^parmtype=$1://p"
}

# once FORM MODULE: one attempt to load it; busybox makes a second.
once() {
	echo "$TOP/mods/$1/$2.ko" >/tmp/once
	"$TOP/brt" loadall /tmp/once >/dev/null
	"$TOP/brt" unloadall /tmp/once >/dev/null
}

# given ARGUMENT: what a parameter is when the module was loaded so.
given() {
	reconcile_out
	insmod "$RECONCILE" "$1" 2>/dev/null || {
		echo "refused"
		return
	}
	cat "$PARAMETERS/${1%%=*}"
	reconcile_out
}

# written NAME VALUE: what sysfs shows after that was written.
written() {
	before=$(cat "$PARAMETERS/$1")
	echo "$2" 2>/dev/null >"$PARAMETERS/$1" || echo "refused"
	cat "$PARAMETERS/$1"
	echo "$before" >"$PARAMETERS/$1"
}

# The summary after one module of each fate.
summary() {
	reconcile_out
	reconcile_in
	once plain brt_kfunc
	once old brt_kfunc
	once lost brt_lost
	once stale brt_kfunc
	set_to stale refuse once stale brt_kfunc
	set_to stale leave once stale brt_kfunc
	cat "$PARAMETERS/summary"
}

# verbose_lines FORM MODULE: does each base type have its line?
verbose_lines() {
	mark=$(klog_mark)
	probe_btf "$1" "$2" >/dev/null
	klog_since "$mark" | grep btf_reconcile >/tmp/verbose
	mapped=$(sed -n 's/.*reconciled: \([0-9]*\) types mapped,.*/\1/p' /tmp/verbose)
	named=$(grep -c "' \[[0-9]*\] is \[[0-9]*\]" /tmp/verbose)
	[ "${mapped:-0}" -gt 0 ] && [ "$named" = "$mapped" ] && echo "all"
}

ktap_plan 29
unload_tests
reconcile_out
if ! reconcile_in; then
	while [ "$ktap_count" -lt 29 ]; do
		ktap_skip "parameter" "$RECONCILE does not load"
	done
	finish
fi
# busybox's modinfo wants one, if only to ignore it.
mkdir -p "/lib/modules/$(uname -r)"
[ -e "/lib/modules/$(uname -r)/modules.dep" ] || : >"/lib/modules/$(uname -r)/modules.dep"
of_module is "modinfo: strict" bool described strict
of_module is "modinfo: verbose" bool described verbose
of_module is "modinfo: stale" charp described stale
of_module is "modinfo: unify" charp described unify
of_module is "modinfo: summary" charp described summary
is "default of strict" N cat $PARAMETERS/strict
is "default of verbose" N cat $PARAMETERS/verbose
is "default of stale" withhold cat $PARAMETERS/stale
is "default of unify" base cat $PARAMETERS/unify
for value in refuse leave withhold; do
	of_module is "stale=$value" $value given stale=$value
done
of_module is "unify=all" all given unify=all
of_module is "unify=none is refused" refused given unify=none
of_module is "strict=1" Y given strict=1
of_module is "stale=bogus is refused" refused given stale=bogus
of_module is "stale= is refused" refused given stale=
of_module is "strict=maybe is refused" refused given strict=maybe
of_module is "verbose=7 is refused" refused given verbose=7
of_module is "summary is read-only" refused given summary=1
reconcile_in
is "sysfs: stale" refuse written stale refuse
is "sysfs: a wrong word" "refused withhold" written stale drop
is "sysfs: verbose" Y written verbose y
of_module is "summary" \
	"fit 1, reconciled 1, carrying 1, withheld 1, refused 1, left 1" summary

compare "strict=1: a type that the kernel lacks" "module refused, logged" \
	set_to strict 1 logged "brt_lost: .*refused \(strict\)" \
	probe_btf lost brt_lost
compare "strict=1: all types are there" ret=mypid \
	set_to strict 1 probe_run old brt_kfunc task_pid
compare "strict=0 again" "loads, BTF" probe_btf lost brt_lost
compare "verbose=1: a line for each type" all \
	set_to verbose 1 verbose_lines old brt_kfunc
compare "verbose=0: one line" "loads, BTF, 1 lines" \
	lines probe_btf native brt_kfunc
finish
