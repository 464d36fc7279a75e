# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Probes: each does one thing with a module of one form and prints in one line
# what came of it. They judge nothing, so the same probe serves with and
# without btf_reconcile. To be sourced after modules.sh.

# with FORM MODULE CMD...: CMD's output while the module is loaded.
with() {
	with_module=$2
	if ! load "$1" "$2"; then
		echo "module refused"
		return 1
	fi
	shift 2
	"$@"
	unload "$with_module" || echo "module cannot be unloaded"
}

# One program of MODULE's object: what it returned.
probe_run() {
	with "$1" "$2" "$TOP/brt" run "$TOP/$2.bpf.o" "$3"
}

# What a kfunc says of a struct that is the same in every release.
probe_head() {
	with "$1" brt_copy "$TOP/brt" run "$TOP/brt_head.bpf.o" head_is_empty
}

# allowed or refused, whatever the kfunc returns.
allowed() {
	if "$TOP/brt" run "$TOP/brt_filter.bpf.o" "$1" >/dev/null; then
		echo "allowed"
	else
		echo "refused"
	fi
}

probe_filter() {
	with "$1" brt_filter allowed "$2"
}

# The whole table of brt_filter.c: how many of the six come out right.
filter_all() {
	right=0
	for want in syscall_listed=allowed syscall_guarded=allowed \
		syscall_unlisted=refused tc_listed=allowed \
		tc_guarded=refused tc_unlisted=allowed; do
		[ "$(allowed "${want%=*}")" = "${want#*=}" ] &&
			right=$((right + 1))
	done
	echo "$right of 6 right"
}

probe_filter_all() {
	with "$1" brt_filter filter_all
}

dtor_param() {
	cat "/sys/module/brt_dtor/parameters/$1"
}

# The map is freed after a grace period, by a work item.
stash_and_wait() {
	stashed=$("$TOP/brt" run "$TOP/brt_dtor.bpf.o" stash)
	if [ "$stashed" != "ret=0" ]; then
		echo "$stashed"
		return
	fi
	tries=0
	while [ "$(dtor_param dtor_calls)" = 0 ] && [ "$tries" -lt 100 ]; do
		sleep 0.05
		tries=$((tries + 1))
	done
	echo "calls=$(dtor_param dtor_calls) value=$(dtor_param dtor_value)"
}

probe_dtor() {
	with "$1" brt_dtor stash_and_wait
}

# Each id goes to IDS_DETAIL, the count to stdout. "kernel" as a second word: see
# user/ids.c.
probe_ids() {
	with "$1" brt_ids "$TOP/brt" ids brt_ids ${2+"$2"} 2>"${IDS_DETAIL:-/dev/null}"
}

# probe_fentry FORM OBJECT
probe_fentry() {
	with "$1" brt_trace "$TOP/brt" attach "$TOP/$2.bpf.o" \
		/sys/module/brt_trace/parameters/poke 3
}

# probe_ops FORM OBJECT: what the programs saw that the module called.
probe_ops() {
	with "$1" brt_ops "$TOP/brt" attach "$TOP/$2.bpf.o" \
		/sys/module/brt_ops/parameters/poke 1
}

# probe_given FORM OBJECT: what the kfuncs tell programs of what these are given.
probe_given() {
	with "$1" brt_copy "$TOP/brt" attach "$TOP/$2.bpf.o" \
		/sys/module/brt_copy/parameters/poke 1
}

# How many types of the file the kernel shows otherwise or not at all, and how
# many it shows that are not in the file: the carried ones.
types_differ() {
	"$TOP/brt" types "$1" | sort >/tmp/types.built
	if ! "$TOP/brt" types "$2" 2>/dev/null | sort >/tmp/types.running ||
		! [ -s /tmp/types.running ]; then
		echo "no BTF"
		return
	fi
	diff -u /tmp/types.built /tmp/types.running | sed -n 's/^-\([^-]\)/\1/p' >/tmp/types.left
	# Copies of the kernel's own types are left out: they are not missing. What the
	# module only declares may be one that the kernel defines.
	: >/tmp/types.kernel
	[ ! -s /tmp/types.left ] || "$TOP/brt" types vmlinux >/tmp/types.kernel
	missing=$(awk 'FILENAME == ARGV[1] { there[$0]; there[$1 " " $2 " "]; next }
		!($0 in there) { n++ } END { print n + 0 }' /tmp/types.kernel /tmp/types.left)
	echo "$(wc -l </tmp/types.built) types, $missing missing," \
		"$(diff -u /tmp/types.built /tmp/types.running | grep -c '^+[^+]') added"
}

probe_types() {
	with "$1" "$2" types_differ "$TOP/mods/$1/$2.ko" "$2"
}

# What bpftool says of a module's BTF; the module's function and its argument.
bpftool_dump() {
	if ! "$TOP/bpftool" btf dump file "/sys/kernel/btf/$1" \
		-B /sys/kernel/btf/vmlinux format c >/tmp/bpftool.out 2>&1; then
		head -n 1 /tmp/bpftool.out
		return
	fi
	sed -n '/^struct brt_shape {/,/^}/p' /tmp/bpftool.out |
		tr -s '\t\n' '  ' | sed 's/ $//'
	echo
}

probe_bpftool() {
	with "$1" brt_trace bpftool_dump brt_trace
}

# Whether a module loads, and whether the kernel has BTF for it then.
probe_btf() {
	with "$1" "$2" has_btf "$2"
}

has_btf() {
	if [ -e "/sys/kernel/btf/$1" ]; then
		echo "loads, BTF"
	else
		echo "loads, no BTF"
	fi
}

# What btf_reconcile's table says of a module: verdict and form.
verdict() {
	awk -v name="$1" '$1 == name { print $2, $3 }' \
		/sys/kernel/debug/btf_reconcile/table 2>/dev/null
}

probe_verdict() {
	with "$1" "$2" verdict "$2"
}

# tells MODULE PATTERN: whether its report has such a line.
tells() {
	if grep -qE "$2" "/sys/kernel/debug/btf_reconcile/modules/$1/report" 2>/dev/null
	then
		echo "told"
	else
		echo "not told"
	fi
}

told() {
	with "$1" "$2" tells "$2" "$3"
}

# row MODULE: whether any copies were found, and that the BTF has shrunk.
row() {
	awk -v name="$1" '$1 == name {
		print ($12 > 0 ? "unified" : "none"), ($10 < $11 ? "smaller" : "as large")
	}' /sys/kernel/debug/btf_reconcile/table
}

copies() {
	with "$1" "$2" row "$2"
}
