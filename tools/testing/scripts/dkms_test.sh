#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does dkms build and install the module for a kernel whose tree has the Rust
# metadata, say what is missing where it has not, and pass over a kernel without
# Rust?
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

# says NAME CASE PATTERN
says() {
	local got
	got=$(dkms "$2")
	if grep -qE "$3" <<<"$got"; then
		expect "$1" y y
	else
		expect "$1" "$3" "$got"
	fi
}

plan 3
says "a prepared tree: built and installed" whole \
	"updates/dkms/btf_reconcile.ko"
says "headers without Rust metadata: named" headers \
	"no Rust metadata .*install linux-headers-rust-"
says "a kernel without Rust: passed over" norust \
	"BUILD_EXCLUSIVE"
