#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build btf-reconcile for other machines to run: it needs no library there.
#
# In:  [ARCH]  as Debian calls it (default: the host's own)
#      the root file system
# Out: $out/program/ARCH/btf-reconcile
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

use_arch "${1:+-$1}"
[[ -z ${1-} || $1 == "$arch" ]] || die "no architecture $1; see scripts/arch/"
"$tree/scripts/rootfs.sh"
[[ -z $cross ]] || "$tree/scripts/cross.sh" "$arch"

# As cargo and cc take it.
target=${rust_machine//-/_}
build() {
	"$tree/scripts/enter.sh" -a "$arch" env RUSTFLAGS="-C target-feature=+crt-static" \
		"CARGO_TARGET_${target^^}_LINKER=${cross}gcc" "CC_$target=${cross}gcc" \
		cargo build --quiet --locked --release --target "$rust_machine" \
		--manifest-path /src/tools/btf-reconcile/Cargo.toml
}

step "program-$arch" 60 "building btf-reconcile for $arch" build
mkdir -p "$out/program/$arch"
cp "$out/cargo/$rust_machine/release/btf-reconcile" "$out/program/$arch/"
ls -l "$out/program/$arch/btf-reconcile"
