#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Compare, in one machine, the kernel's own relocation of BTF with what
# btf_reconcile does in its place, for the same modules.
#
# In:  KERNEL OTHER  as for `make test`
#      ROUNDS        loads of each module (default 9, of which the first does
#                    not count)
# Out: a table, see report.py; status 1 if a module did not load
set -euo pipefail
tree=$(cd "$(dirname "$0")/../../.." && pwd -P)
# shellcheck source=scripts/lib.sh
. "$tree/scripts/lib.sh"

"$tree/scripts/environment.sh" "$1" "$2"
release=$("$tree/scripts/kernel.sh" resolve "$1")
lock "$(basename "$out")"
"$tree/scripts/build.sh" module "$1"
"$tree/scripts/build.sh" selftests "$1" "$2"
step bench-kernel 60 "making the benchmark's modules" \
	"$tree/scripts/enter.sh" bash /src/tools/testing/bench-kernel/build.sh \
	"/out/$release/vm" /out/cargo/release/btf-reconcile \
	"/cache/kernels/$release/build" \
	"/cache/kernels/$release/modules/usr/lib/modules/$release" \
	"/cache/source/$("$tree/scripts/kernel.sh" version "$release")" \
	"/out/$release/vm.bench"
cp "$tree/tools/testing/bench-kernel/vm.sh" "$out/$release/vm.bench/bench/"
say "measuring on $release; the console goes to $out/bench-kernel.log"
VM_MEM=2G "$tree/scripts/vm.sh" -k "$release" -d "/out/$release/vm" \
	-d "/out/$release/vm.bench" -t 2400 -l bench-kernel \
	sh /bench/vm.sh "${ROUNDS:-9}" >"$out/bench-kernel.txt"
echo "Linux $release in QEMU, ${ROUNDS:-9} rounds"
"$tree/scripts/enter.sh" python3 /src/tools/testing/bench-kernel/report.py \
	<"$out/bench-kernel.txt"
