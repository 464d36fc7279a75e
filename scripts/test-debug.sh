#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run on the debug kernel what stock kernels can't tell: the core's KUnit
# suites, allocations that fail, the selftests at length, each in a machine of
# its own in which leaks and splats are looked for at the end.
#
# In:  OTHER [PART...]  the kernel that the test modules are compiled for; parts
#                       (default all): selftests faults mutants cycles kunit
#      CYCLES, MUTANTS  loads and unloads (1000), broken modules (2000)
#      SECONDS_LEFT     how long all may take (default as long as it takes):
#                       what does not fit is not run, or not to its end, which
#                       is said and counted as skipped
# Out: as checks.sh says
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/checks.sh
. "$(dirname "$0")/checks.sh"
# shellcheck source=tools/testing/debug/splats.sh
. "$tree/tools/testing/debug/splats.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

other=$1
shift
use_arch "$("$tree/scripts/kernel.sh" resolve "$other")"
kernel=debug${cross:+-$arch}
# The longest first.
(($#)) || set -- selftests faults mutants cycles kunit

# It takes long to build.
have_kernel() {
	local begin=$SECONDS limit name="debug kernel $release"
	if "$tree/scripts/debug-kernel.sh" built "$release" "$version"; then
		echo "$name: in the cache"
		fits "$name" 120 || return # What the tests take to build.
	else
		echo "$name: not in the cache"
		fits "$name" "$(took "build-$release" 1200)" || return
	fi
	limit=$(left)
	if ! timeout -k 5 "$limit" "$tree/scripts/kernel.sh" prepare "$kernel" build vmlinuz; then
		((SECONDS - begin >= limit)) || die "no $name"
		skip "$name" "not built in the $(duration "$limit") that were left"
		return 1
	fi
}

# overlay: what the machine needs besides the selftests, in /debug there.
overlay() {
	local dir=$out/$release/vm-debug
	rm -rf "$dir"
	mkdir -p "$dir/debug"
	cp "$tree"/tools/testing/debug/*.sh "$dir/debug/"
	cp "$out/$release/module-kunit/btf_reconcile.ko" "$dir/debug/btf_reconcile_kunit.ko"
}

build() {
	check "build btf_reconcile for $release" 20 "$tree/scripts/build.sh" module "$kernel"
	check "build its KUnit suites" 20 \
		"$tree/scripts/kbuild.sh" "$kernel" module-kunit BTF_RECONCILE_KUNIT=y modules
	check "build selftests for $release" 60 "$tree/scripts/build.sh" selftests "$kernel" "$other"
	check "build the debug tests" 5 overlay
}

# machine NAME SECONDS CMD...: run CMD in a machine. $out/debug-NAME.log is the
# kernel's log, log/test-debug-NAME.log the output; in its .status are the
# status and how long it took.
machine() {
	local log=$out/log/test-debug-$1.log status=0 begin=$SECONDS
	# Grace periods take most of the time that a module takes to unload.
	VM_MEM=2G VM_APPEND="kunit.enable=1 kunit.autorun=1 rcupdate.rcu_expedited=1" \
		"$tree/scripts/vm.sh" -k "$kernel" -d "/out/$release/vm" \
		-d "/out/$release/vm-debug" -t "$2" -l "debug-$1" "${@:3}" \
		</dev/null >"$log" 2>&1 || status=$?
	echo "$status $((SECONDS - begin))" >"$log.status"
}

# start NAME SECONDS CMD...: run a part in the background, see debug/run.sh.
# SECONDS is how long it takes where no earlier run has told; what takes four
# times as long hangs.
declare -A limit short
start() {
	local left expected
	expected=$(took "test-$kernel-$1" "$2")
	fits "$1 on $release" "$expected" || return 0
	left=$(left)
	limit[$1]=$((4 * $2)) short[$1]=
	if ((left < limit[$1])); then
		limit[$1]=$left short[$1]=y
	fi
	# Most tests keep one processor busy: as many machines as processors.
	while (($(jobs -pr | wc -l) >= $(nproc))); do
		wait -n || true
	done
	say "$1 on $release: started (about $(duration "$expected"))"
	rm -f "$out/log/test-debug-$1.log.status"
	machine "$1" "${limit[$1]}" "${@:3}" &
	running+=("$1")
}

# finish NAME: wait for a part's end, and count what has come of it.
finish() {
	local name="$1 on $release" log=$out/log/test-debug-$1.log status seconds
	until [[ -s $log.status ]] || (($(jobs -pr | wc -l) == 0)); do
		wait -n || true
	done
	read -r status seconds <"$log.status"
	say "$name"
	cat "$log"
	if [[ $status${short[$1]} == 124y ]] && ! grep -q 'not ok' "$log" &&
		! grep -qE "$SPLATS" "$out/debug-$1.log"; then
		skip "$name" "not run to its end: it takes longer than $(duration "${limit[$1]}")"
		return
	fi
	tally "$name" "$log" "$status" "$seconds"
	((status)) || echo "$seconds" >"$cache/times/test-$kernel-$1"
}

start_part() {
	local run="/debug/run.sh"
	case $1 in
	kunit) start kunit 60 sh $run kunit ;;
	faults) start faults 700 sh $run faults ;;
	cycles)
		start cycles 400 env CYCLES="${CYCLES:-1000}" sh $run selftests memory
		;;
	mutants)
		start mutants 600 env MUTANTS="${MUTANTS:-2000}" sh $run selftests mutants
		;;
	selftests) start selftests 900 sh $run selftests -memory -mutants ;;
	*) die "see the top of $0" ;;
	esac
}

# Machines are in groups of their own, and end with us.
end_machines() {
	local job
	for job in $(jobs -pr); do
		kill -- "-$job" 2>/dev/null || true
	done
}

"$tree/scripts/rootfs.sh"
release=$("$tree/scripts/kernel.sh" resolve "$kernel")
version=$("$tree/scripts/kernel.sh" version "$kernel")
if have_kernel; then
	"$tree/scripts/kernel.sh" prepare "$other" headers
	lock "$(basename "$out")"
	build
	if ((failed)); then
		echo "not ok - tests on $release (not built)"
	else
		set -m
		trap end_machines EXIT
		running=()
		for name; do
			start_part "$name"
		done
		for name in "${running[@]}"; do
			finish "$name"
		done
	fi
fi
total
