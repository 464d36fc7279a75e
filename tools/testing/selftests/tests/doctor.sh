#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What btf-reconcile says of the machine that it runs on: of modules that are
# loaded, by the report in debugfs, and of those that the kernel's log is about.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

# There may be thousands of the kernel's own.
ONLY="--out-of-tree --kernel $(uname -r)"
MACHINE=/tmp/machine

# doctor FILTER [ARGUMENT...]: what jq takes of what the program says.
doctor() {
	filter=$1
	shift
	# shellcheck disable=SC2086 # Some words each.
	"$TOP/btf-reconcile" doctor $ONLY --json "$@" >/tmp/doctor.json
	"$TOP/jq" -r "$filter" /tmp/doctor.json
}

# lost MODULE: what it lost when it was loaded.
lost() {
	doctor ".loaded.losses[] | select(.name == \"$1\").what"
}

# said MODULE [ARGUMENT...]: what is in the log of it.
said() {
	said_of=$1
	shift
	doctor ".log.modules[] | select(.name == \"$said_of\").what" "$@"
}

# said_since FORM MODULE: the same, by what dmesg prints of its being loaded.
said_since() {
	mark=$(klog_mark)
	with "$1" "$2" klog_since "$mark" >/tmp/dmesg
	said "$2" --log /tmp/dmesg
}

# refused FORM MODULE: one that does not load, and what is in the log of it.
refused() {
	with "$1" "$2" true
	said "$2"
}

# in_words: what people read of what is loaded, and the exit status.
in_words() {
	# shellcheck disable=SC2086 # Some words each.
	"$TOP/btf-reconcile" doctor $ONLY >/tmp/doctor.text
	status=$?
	grep '^loaded now' /tmp/doctor.text
	echo "status $status"
}

# on_stock_refused FORM MODULE: the same without btf_reconcile.
on_stock_refused() {
	unload_tests
	reconcile_out
	doctor .loaded.reconciler
	refused "$1" "$2"
}

# installed FORM MODULE: one that is not loaded but lies where modules do, on a
# machine with the kernel that runs here.
installed() {
	updates=$MACHINE/lib/modules/$(uname -r)/updates
	mkdir -p "$MACHINE/proc" "$MACHINE/sys" "$updates"
	cp "$TOP/mods/$1/$2.ko" "$updates/"
	mount -o bind /proc "$MACHINE/proc"
	mount -o bind /sys "$MACHINE/sys"
	doctor '.kernels[] | .base, .losses[].name' --root "$MACHINE"
	umount "$MACHINE/proc" && umount "$MACHINE/sys" && rm -r "$MACHINE"
}

ktap_plan 14
if ! [ -x "$TOP/btf-reconcile" ]; then
	while [ "$ktap_count" -lt 14 ]; do
		ktap_skip "doctor" "built without the program"
	done
	finish
fi
alone "a module that fits has lost nothing" "" with plain brt_kfunc lost brt_kfunc
alone "nor is it in the log" "" said_since plain brt_kfunc
for form in stale oldstale; do
	alone "$form: what is lost is told" \
		"loses its BTF and 3 kfuncs: made for another kernel, rebuild it" \
		with $form brt_kfunc lost brt_kfunc
	alone "$form: it is in the log" "*; made for another kernel, its BTF is withheld*" \
		with $form brt_kfunc said brt_kfunc
done
alone "noted: it is told of which kernel it is" \
	"loses its BTF and 3 kfuncs: built against $(cat "$TOP/other-release") (build id a*a), rebuild it" \
	with notedstale brt_kfunc lost brt_kfunc
alone "noted: so it is in the log" "*; built against *, its BTF is withheld*" \
	with notedstale brt_kfunc said brt_kfunc
alone "in what dmesg prints, too" "*; made for another kernel, its BTF is withheld*" \
	said_since stale brt_kfunc
alone "lost: what is lost is told" "loses *" with lost brt_lost lost brt_lost
alone "strict=1: who was refused is told" \
	"module refused refused by the kernel (-*)" \
	set_to strict 1 in_a_line refused lost brt_lost
alone "in words" \
	"loaded now: * module*, btf_reconcile *: fit *, withheld *, left * status 1" \
	in_a_line with stale brt_kfunc in_words
alone "what is not loaded is checked" "$MACHINE/sys/kernel/btf/vmlinux brt_kfunc" \
	in_a_line installed stale brt_kfunc
of_module is "who was refused on the stock kernel is told" \
	"false module refused refused by the kernel (-22)" on_stock_refused lost brt_lost
finish
