#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Show what a stock kernel does with modules made for another kernel, without
# and with btf_reconcile.
#
# In:  KERNEL OTHER
# Out: the table that tools/testing/selftests/demo.sh prints in the machine
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

"$tree/scripts/environment.sh" "$1" "$2"
lock "$(basename "$out")"
"$tree/scripts/build.sh" module "$1"
"$tree/scripts/build.sh" demo "$1" "$2"
release=$("$tree/scripts/kernel.sh" resolve "$1")
say "running on $release; the console goes to $out/run.log"
exec "$tree/scripts/vm.sh" -k "$release" -d "/out/$release/vm" -l run sh /demo.sh
