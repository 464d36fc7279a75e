#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Remove what run and test built from this tree. The cache stays.
#
# In:  nothing
# Out: nothing of it in $out, which may hold other things as well
set -euo pipefail
# Without a cache there is nothing, and none is made for this: dkms comes by here.
cache=${BTF_RECONCILE_CACHE:-${XDG_CACHE_HOME:-${HOME-}/.cache}/btf-reconcile}
[[ -e $cache || -n ${O-} ]] || exit 0
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

rm -rf "$out"/{log,cargo*,docs,doctrees,vm.*,*.log,*-amd64}
rmdir --ignore-fail-on-non-empty "$out"
