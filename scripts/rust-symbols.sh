#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does a prepared tree make the same Rust symbols as the kernel exports?
#
# In:  BUILD  an output tree with rust/*.o and the kernel's own Module.symvers
#      NM     what reads these objects
# Out: how many there are; status 1 when one is missing, since Rust's symbol
#      names hold a hash of the crate and its compiler: modules would not load.
set -euo pipefail

exported=$(awk '$2 ~ /^_R/ { print $2 }' "$1/Module.symvers" | sort -u)
made=$("$2" --defined-only --format=just-symbols "$1"/rust/*.o | sort -u)
missing=$(comm -23 <(echo "$exported") <(echo "$made"))
if [[ -n $missing ]]; then
	echo "Rust symbols of the kernel that this toolchain does not make:" >&2
	head -n 5 <<<"$missing" >&2
	exit 1
fi
echo "all $(wc -l <<<"$exported") Rust symbols of the kernel are made alike"
