# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# One test: the same probe on the stock kernel and with btf_reconcile. To be
# sourced by tests.
#
# What the stock kernel does is stated, not judged: it differs between
# releases. With btf_reconcile the outcome must be the one that is wanted, and
# the kernel's log must hold nothing alarming.
#
# In:  STOCK  n to do without the stock kernel, as where btf_reconcile is built in

TOP=${TOP:-$(cd "$(dirname "$0")/.." && pwd)}
RECONCILE=${RECONCILE:-/btf_reconcile.ko}
# shellcheck source=tools/testing/selftests/lib/ktap.sh
. "$TOP/lib/ktap.sh"
# shellcheck source=tools/testing/selftests/lib/klog.sh
. "$TOP/lib/klog.sh"
# shellcheck source=tools/testing/selftests/lib/modules.sh
. "$TOP/lib/modules.sh"
# shellcheck source=tools/testing/selftests/lib/probes.sh
. "$TOP/lib/probes.sh"

# on_stock_kernel CMD...: says what comes of it without btf_reconcile.
on_stock_kernel() {
	unload_tests
	reconcile_out
	mark=$(klog_mark)
	ktap_diag "stock: $("$@")"
	klog_since "$mark" | grep -om 1 'failed to validate.*' |
		sed 's/^/# stock: /'
	alarms=$(klog_alarms "$mark")
	[ "$alarms" = 0 ] || ktap_diag "stock: $alarms alarming log lines"
}

# in_a_line CMD...: what it says, in one line.
in_a_line() {
	"$@" | paste -sd ' '
}

# compare NAME WANT CMD...: WANT is a pattern of the shell.
compare() {
	name=$1 want=$2
	shift 2
	is_built_in || [ "${STOCK-}" = n ] || on_stock_kernel "$@"
	unload_tests
	if ! reconcile_in; then
		ktap_skip "$name" "$RECONCILE does not load"
		return
	fi
	mark=$(klog_mark)
	got=$("$@")
	alarms=$(klog_alarms "$mark")
	ktap_diag "with btf_reconcile: $got"
	[ "$alarms" = 0 ] || klog_since "$mark" | tail -n 60 | sed 's/^/# /'
	# shellcheck disable=SC2254 # WANT is meant to be a pattern.
	case $alarms$got in
	0$want) ktap_pass "$name" ;;
	*)
		ktap_diag "wanted: $want"
		klog_since "$mark" | grep btf_reconcile | tail -n 10 |
			sed 's/^/# /'
		ktap_fail "$name"
		;;
	esac
}

# alone NAME WANT CMD...: the same without the stock kernel, which has no answer.
alone() {
	alone_stock=${STOCK-}
	STOCK=n
	compare "$@"
	STOCK=$alone_stock
}

# on_stock FORM MODULE: what becomes of it where btf_reconcile is not loaded: any
# of these where that can't be seen.
on_stock() {
	if is_built_in; then
		echo '[lm]o*'
		return
	fi
	unload_tests
	reconcile_out
	probe_btf "$1" "$2"
}

# refused_or_right CMD...: what CMD says, unless it is one of these.
refused_or_right() {
	outcome=$("$@")
	case $outcome in
	*refused* | "owner=mypid " | "pid=mypid " | ret=mypid) echo "refused or right ($outcome)" ;;
	*) echo "$outcome" ;;
	esac
}

# of_copies NAME WANT CMD...: the same, of a copy of task_struct in the form of that
# name. Whether pahole leaves one depends on the kernel and its architecture.
of_copies() {
	if "$TOP/bpftool" btf dump file "$TOP/mods/copies/brt_kfunc.ko" |
		grep -q "STRUCT 'task_struct'"; then
		compare "$@"
	else
		ktap_skip "$1" "pahole has left none"
	fi
}

# logged PATTERN CMD...: CMD's outcome, and whether btf_reconcile's lines in
# the log since then match PATTERN.
logged() {
	log_pattern=$1
	log_mark=$(klog_mark)
	shift
	log_got=$("$@")
	if klog_since "$log_mark" | grep btf_reconcile | grep -qE "$log_pattern"; then
		echo "$log_got, logged"
	else
		echo "$log_got"
	fi
}

# lines CMD...: CMD's outcome, and how many lines of btf_reconcile are in the
# log since then.
lines() {
	lines_mark=$(klog_mark)
	lines_got=$("$@")
	echo "$lines_got, $(klog_since "$lines_mark" | grep -c btf_reconcile) lines"
}

# is NAME WANT CMD...: what CMD says, in one line, is WANT, with btf_reconcile or
# without.
is() {
	name=$1 want=$2
	shift 2
	got=$("$@" 2>&1 | paste -sd ' ')
	if [ "$got" = "$want" ]; then
		ktap_pass "$name"
	else
		ktap_diag "got: $got, wanted: $want"
		ktap_fail "$name"
	fi
}

# of_module CHECK NAME ...: the same without the first word, for what only a
# module can do.
of_module() {
	if is_built_in; then
		ktap_skip "$2" "btf_reconcile is built in"
	else
		"$@"
	fi
}

# Leaves the machine as it was found, unless the kernel tripped: then nothing
# more can be unloaded.
finish() {
	if [ "$(klog_alarms 0)" = 0 ]; then
		unload_tests
		reconcile_out
	fi
	ktap_finish
}
