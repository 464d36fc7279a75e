#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fuzz the core and the program's reading of files, from seeds that real modules
# give.
#
# In:  [SECONDS] altogether (60)  [TARGET...] (all)
#      FUZZ_SEED  what to begin with, to see the same again (another each time)
# Out: KTAP, one result a target; what was found is in the cache, and an input
#      that failed is named
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"

seconds=${1:-60}
shift || true
targets=("$@")
((${#targets[@]})) || targets=(parse sections modules ids elf)
fuzz=$tree/scripts/enter.sh
# Debian's compiler has no run-time library for sanitizers; the code has no
# unsafe blocks for one to watch. Coverage needs none.
flags=(--fuzz-dir ../testing/fuzz --sanitizer none --release --target-dir /out/cargo-fuzz)

"$tree/scripts/environment.sh" 7.3 7.2
# cargo-fuzz wants to be in the crate that is fuzzed.
cd "$tree/tools/btf-reconcile"
attempt cargo-fuzz 90 "building cargo-fuzz" "$fuzz" cargo install --quiet --locked \
	--root /cache/cargo cargo-fuzz@0.12.0
((status == 0)) || { tail -n 20 "$log" >&2; die "cargo-fuzz does not build (the whole log: $log)"; }
attempt fuzz-build 180 "building the fuzz targets" "$fuzz" env CXX=clang++ RUSTC_BOOTSTRAP=1 \
	PATH=/cache/cargo/bin:/usr/bin:/bin cargo fuzz build "${flags[@]}"
((status == 0)) || { tail -n 40 "$log" >&2; die "the fuzz targets do not build (the whole log: $log)"; }
"$tree/tools/testing/fuzz/seeds.sh"

echo "1..${#targets[@]}"
n=0
for target in "${targets[@]}"; do
	n=$((n + 1))
	mkdir -p "$out/fuzz/$target" "$out/fuzz/seeds/$target" "$out/fuzz/found"
	attempt "fuzz-$target" $((seconds / ${#targets[@]})) "fuzzing $target" "$fuzz" \
		"/out/cargo-fuzz/x86_64-unknown-linux-gnu/release/$target" \
		-max_total_time=$((seconds / ${#targets[@]})) -timeout=10 -rss_limit_mb=2048 \
		-seed="${FUZZ_SEED:-0}" -max_len=65536 -artifact_prefix="/out/fuzz/found/$target-" -print_final_stats=1 \
		"/out/fuzz/$target" "/out/fuzz/seeds/$target"
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
	if ((status == 0)) && [[ -n $runs ]]; then
		echo "ok $n $target: $runs inputs"
	else
		tail -n 30 "$log" | sed 's/^/# /'
		echo "not ok $n $target (the whole log: $log)"
	fi
done
