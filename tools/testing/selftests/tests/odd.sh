#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Odd modules: without the symbols that .BTF_ids needs or with these at an odd
# address, without any BTF, with nothing in it, with what looks like the header of
# their file where it is looked for, and a live patch.

# Functions are called by their names as arguments.
# shellcheck disable=SC2317
# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

PATCH=/sys/kernel/livepatch/brt_klp

# A live patch is unloaded in two steps.
klp_off() {
	echo 0 >"$PATCH/enabled"
	tries=0
	while [ -d "$PATCH" ] && [ "$tries" -lt 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	unload brt_klp || echo "cannot be unloaded"
}

probe_klp() {
	if ! load "$1" brt_klp; then
		echo "module refused"
		return
	fi
	cat /proc/cmdline
	"$TOP/brt" run "$TOP/brt_klp.bpf.o" pid
	verdict brt_klp
	klp_off
	grep patched /proc/cmdline
}

ktap_plan 13
for form in native old; do
	# Without symbols nobody can tell which ids there are, and none must stay.
	compare "$form: stripped" "loads, no BTF, logged" \
		logged "brt_kfunc: .BTF_ids: .*stripped.*its BTF is withheld" \
		probe_btf stripped/$form brt_kfunc
	if [ -d /sys/kernel/livepatch ]; then
		compare "$form: live patch" \
			"patched by brt_klp ret=mypid*" \
			in_a_line probe_klp $form
	else
		ktap_skip "$form: live patch" "no CONFIG_LIVEPATCH"
	fi
done
compare "no BTF" "loads, no BTF, 0 lines" lines probe_btf bare brt_kfunc
compare "symbols at an odd address" ret=42 probe_run odd brt_kfunc add
for form in hdr-overflow hdr-large hdr-elsewhere hdr-many hdr-tables; do
	compare "$form" "loads, BTF, 0 lines" lines probe_btf $form brt_kfunc
done
compare "plain BTF, stripped of what linking does not need" "loads, BTF, 0 lines" \
	lines probe_btf unneeded brt_kfunc
compare "BTF without types" "loads, BTF, 0 lines" lines probe_btf empty brt_trace
finish
