#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Modules with .BTF or .BTF.base cut short or spoilt (forms/corrupt.py): each
# one that loads on the stock kernel loads with btf_reconcile too, and none
# makes the kernel trip.
#
# Those with a type id out of range, or a section that ends outside of the file,
# make the stock kernel oops, with a lock held: they are not tried there (but see
# oops.sh), and come last with btf_reconcile.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

# try KO: loads it, has user space read what BTF it got, unloads it.
try() {
	if insmod "$1" 2>/dev/null; then
		cat /sys/kernel/btf/brt_kfunc >/dev/null 2>&1
		unload brt_kfunc || echo "cannot be unloaded"
		echo "loads"
	else
		echo "refused"
	fi
}

# try_all KO...: one line each, up to the first alarm: after an oops nothing
# loads any more.
try_all() {
	mark=$(klog_mark)
	for ko; do
		line="$(basename "$ko" .ko) $(try "$ko")"
		alarms=$(klog_alarms "$mark")
		if [ "$alarms" != 0 ]; then
			echo "$line, $alarms alarming log lines"
			return
		fi
		echo "$line"
	done
}

summary() {
	ktap_diag "$1: $(grep -c ' loads' "$2") load," \
		"$(grep -c ' refused' "$2") are refused," \
		"$(grep -c alarming "$2") raise an alarm"
	grep alarming "$2" | sed 's/^/# /'
}

ktap_plan 2
unload_tests
reconcile_out
harmless='' harmful=''
for ko in "$TOP"/mods/bad/*.ko; do
	case $ko in
	*-oob.ko) harmful="$harmful $ko" ;;
	*) harmless="$harmless $ko" ;;
	esac
done
# shellcheck disable=SC2086 # No blanks in those names.
is_built_in || try_all $harmless >/tmp/stock
[ ! -e /tmp/stock ] || summary stock /tmp/stock
# shellcheck disable=SC2086 # No blanks in those names.
ktap_diag "stock: $(echo $harmful | wc -w) with ids out of range not tried"
if ! reconcile_in; then
	ktap_skip "never worse" "$RECONCILE does not load"
	ktap_skip "no alarm" "$RECONCILE does not load"
	finish
fi
# shellcheck disable=SC2086 # No blanks in those names.
try_all $harmless $harmful >/tmp/ours
summary "with btf_reconcile" /tmp/ours

grep refused /tmp/ours | sed 's/^/# /'

touch /tmp/stock
worse=$(awk 'NR == FNR { stock[$1] = $2; next }
	stock[$1] ~ /^loads/ && $2 !~ /^loads/ { print $1 }' /tmp/stock /tmp/ours)
if is_built_in; then
	ktap_skip "never worse" "btf_reconcile is built in"
elif [ -z "$worse" ]; then
	ktap_pass "never worse"
else
	ktap_diag "$worse"
	ktap_fail "never worse"
fi
if grep -q -e alarming -e 'cannot be' /tmp/ours; then
	ktap_fail "no alarm"
else
	ktap_pass "no alarm"
fi
finish
