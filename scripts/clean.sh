#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Remove what run and test built from this tree. The cache stays.
#
# In:  nothing
# Out: nothing of it in $out, which may hold other things as well
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

rm -rf "$out"/{log,cargo*,docs,doctrees,vm.*,*.log,*-amd64}
rmdir --ignore-fail-on-non-empty "$out"
