#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does a module get BTF that is built where there is no vmlinux, from a line in its
# Makefile?
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
"$tree/scripts/kernel.sh" prepare "$release" headers
fetch_dkms() { "$tree/scripts/packages.sh" fetch "$1" dkms; }
piece "$cache/dkms" dkms dkms 1 "fetching dkms" fetch_dkms
"$tree/scripts/enter.sh" cargo build --quiet --release \
	--manifest-path /src/tools/btf-reconcile/Cargo.toml

# says NAME CASE PATTERN...: each has to match what CASE says.
says() {
	local got
	got=$("$tree/scripts/enter.sh" bash /src/tools/testing/scripts/lib/encode.sh \
		/cache/dkms "$release" "$2" 2>&1 || true)
	matches "$1" "$got" "${@:3}"
}

plan 6
skipping="^Skipping BTF generation for brt_kfunc.ko"
right="reconciled, .* 3 of 3 kfuncs usable; a stock kernel accepts it"
based='^sections \.BTF \.BTF\.base \.BTF_ids$'
says "a kernel whose BTF is found: as its build would have made it" kernel \
	"$skipping" "brt_kfunc.ko: types .* resolved 3$" "$based" "$right"
says "the same by dkms, from a Makefile" dkms "$skipping" "$based" "$right"
says "the same from dkms.conf" conf "$skipping" "$based" "$right"
says "btf_reconcile alone: on its own" reconciler \
	"$skipping" "brt_kfunc.ko: types .*, whole, slots 3, resolved 3$" \
	'^sections \.BTF \.BTF_ids$' "reconciled, stands on its own, .* 3 of 3 kfuncs usable; a stock kernel refuses it"
says "neither: none, and why" nothing \
	"$skipping" "brt_kfunc.ko: no BTF: btf-reconcile: 0.0-none: neither a file nor a kernel release" \
	'^sections \.BTF_ids$' "no BTF"
says "a module that has BTF is left alone" twice "^left alone$"
