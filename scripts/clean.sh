#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Remove what run and test built from this tree. The cache stays, and so does
# all else that is in O.
#
# In:  O  where built objects went (optional)
# Out: no $out
set -euo pipefail
# Without a place there is nothing, and none is made for this: dkms comes by here.
cache=${BTF_RECONCILE_CACHE:-${XDG_CACHE_HOME:-${HOME-}/.cache}/btf-reconcile}
[[ -d ${O:-$cache} ]] || exit 0
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# What the machine of the tests has made may belong to users of its own.
rm -rf "$out" 2>/dev/null || remove "$out"
