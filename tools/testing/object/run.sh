#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the finished btf_reconcile.ko is made of: names that others can read, and
# no code of ours that panics.
#
# In:  KERNEL  for which the module has been built
# Out: KTAP
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$tree/tools/testing/scripts/lib/ktap.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

release=$("$tree/scripts/kernel.sh" resolve "$1")
module=/out/$release/module
ko=$module/btf_reconcile.ko

use_arch "$release"
inside() { "$tree/scripts/enter.sh" -a "$arch" "$@"; }
# panics OBJECT OWNER: one line for each.
panics() {
	inside env PYTHONPATH=/src/tools/testing/selftests/forms \
		python3 -B /src/tools/testing/object/panics.py "$@" >"$out/panics" ||
		echo "cannot tell"
	inside c++filt -s rust <"$out/panics"
}
# functions OBJECT: how many there are, but for marks of where others start.
functions() { inside "${cross}nm" "$1" | awk '$2 ~ /^[Tt]$/ && $3 !~ /^__(pfx|cfi)_/' | wc -l; }
names=$(inside "${cross}nm" --format=just-symbols "$ko")

plan 6
# With its address, type and module such a line of /proc/kallsyms is far from 256
# bytes.
expect "no name of more than 120 bytes" "" "$(awk 'length > 120' <<<"$names")"
expect "each function has kept a name" \
	"$(functions "$module/rust/main.o")" "$(functions "$module/rust/main_short.o")"
expect "that can be read" "" \
	"$(grep '^_R' <<<"$names" | inside c++filt -s rust | grep '^_R' || true)"
# The kernel's own Rust is full of them.
kernel=$(panics "/cache/kernels/$release/build/rust/kernel.o" kernel)
expect "panics are found where there are some" y \
	"$(grep -q '/rust/kernel/[^ ]*:[0-9]*:[0-9]* .*kernel' <<<"$kernel" && echo y || echo "$kernel")"
expect "the core does not panic" "" "$(panics "$ko" core)"
expect "the glue does not panic" "" "$(panics "$ko" glue)"
