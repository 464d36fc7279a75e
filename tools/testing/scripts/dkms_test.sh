#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does dkms build and install the module for a kernel whose tree has the Rust
# metadata, and pass over other kernels, which is no failure to it (77), with a
# line that says what is missing?
#
# In:  KERNEL  that environment.sh has prepared
# Out: KTAP
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=scripts/lib.sh
. "$here/../../../scripts/lib.sh"
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$here/lib/ktap.sh"

release=$("$tree/scripts/kernel.sh" resolve "${KERNEL:-7.3}")
fetch_dkms() { "$tree/scripts/packages.sh" fetch "$1" dkms; }
piece "$cache/dkms" dkms dkms 1 "fetching dkms" fetch_dkms

# dkms CASE: what it says, and its log's end, for a kernel of that sort.
dkms() {
	"$tree/scripts/enter.sh" bash /src/tools/testing/scripts/lib/dkms.sh \
		/cache/dkms "$release" "$1" 2>&1 || true
}

# says NAME CASE PATTERN...: each has to match.
says() {
	matches "$1" "$(dkms "$2")" "${@:3}"
}

plan 3
says "a prepared tree: built and installed" whole \
	"updates/dkms/btf_reconcile.ko"
says "headers without Rust metadata: passed over, and named" headers \
	"^exit 77" "no Rust metadata .*install linux-headers-rust-"
says "a kernel without Rust: passed over" norust \
	"^exit 77" "BUILD_EXCLUSIVE"
