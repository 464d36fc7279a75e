#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Show in a short table what btf_reconcile changes. Runs in the virtual machine.
#
# In:  [MODULE]  path of btf_reconcile.ko (default /btf_reconcile.ko)
# Out: the table; exits 1 if btf_reconcile does not load. The module loads are
#      real ones, and every cell is what a probe of lib/probes.sh found.

TOP=$(cd "$(dirname "$0")" && pwd)
RECONCILE=${1:-/btf_reconcile.ko}
# shellcheck source=tools/testing/selftests/lib/modules.sh
. "$TOP/lib/modules.sh"
# shellcheck source=tools/testing/selftests/lib/probes.sh
. "$TOP/lib/probes.sh"

# TITLE|PROBE...
rows() {
	cat <<-'END'
		kfunc called from BPF|probe_run copies brt_kfunc add
		kfunc gets the current task|probe_run old brt_kfunc task_pid
		kfunc filter|probe_filter_all old
		ids of a BTF_ID_LIST|probe_ids old
		destructor of a kptr|probe_dtor copies
		fentry reads a struct argument|probe_fentry copies brt_trace
		embedded struct has changed|probe_run old brt_grown charge
		a type the kernel lacks|probe_run lost brt_lost answer
		kfunc takes a copy of sock|probe_given cross brt_sock
		built without a vmlinux|probe_run wholeoldraw brt_kfunc pair_sum
	END
}

# plain: a probe's line in a reader's words.
plain() {
	sed -e 's/^module refused.*/module refused/' \
		-e 's/^ret=mypid$/right: its pid/' \
		-e 's/^ret=\(.*\)/right: \1/' \
		-e 's/^calls=1 value=77$/ran on the object/' \
		-e 's/^load refused.*/program refused/' \
		-e 's/^protocol=6 $/right: its protocol/' \
		-e 's/^width=6 height=7 .*/attached, all fields right/'
}

# column: every row's outcome.
column() {
	rows | while IFS='|' read -r _ probe; do
		# shellcheck disable=SC2086 # A command line.
		$probe </dev/null 2>/dev/null | plain
	done
}

reconcile_out
column >/tmp/stock
if ! reconcile_in; then
	echo "$RECONCILE does not load"
	exit 1
fi
column >/tmp/ours
reconcile_out

echo "Modules compiled for $(cat "$TOP/other-release"), on the unmodified kernel $(uname -r):"
echo
printf '%-32s%-18s  %s\n' "" "without" "with btf_reconcile"
rows | cut -d'|' -f1 | paste - /tmp/stock /tmp/ours |
	awk -F '\t' '{ printf "%-32s%-18s  %s\n", $1, $2, $3 }'
