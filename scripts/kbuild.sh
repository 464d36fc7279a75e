#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the kernel module for a kernel, inside the root file system.
#
# In:  KERNEL DIR [MAKE ARGS...]  e.g. 7.3 module W=e modules
# Out: objects in $out/RELEASE/DIR, none in the source tree
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

release=$("$tree/scripts/kernel.sh" resolve "$1")
dir=$2
shift 2
mapfile -t make < <("$tree/scripts/kernel.sh" environment "$release")
mkdir -p "$out/$release/$dir"
arch=$("$tree/scripts/kernel.sh" arch "$release")
exec "$tree/scripts/enter.sh" -a "$arch" make -C "/cache/kernels/$release/build" \
	M=/src MO="/out/$release/$dir" "${make[@]}" -j"$(nproc)" "$@"
