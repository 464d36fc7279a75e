#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Have all that building and running needs. Quick when it is there already.
#
# In:  KERNEL  what to build for and run on
#      OTHER   the kernel that test modules are made against
# Out: the root file system and both kernels' pieces in the cache
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

"$tree/scripts/rootfs.sh"
"$tree/scripts/kernel.sh" prepare "$1" vmlinuz build
"$tree/scripts/kernel.sh" prepare "$2" headers
