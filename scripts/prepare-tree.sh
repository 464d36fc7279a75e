#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make again what a headers package leaves out. Runs in the root file system.
#
# In:  RELEASE SOURCE HEADERS BUILD
# Out: BUILD, an output tree for the stock kernel RELEASE, with Rust metadata
#      whose symbols are the kernel's own
set -euo pipefail
release=$1 source=$2 headers=$3 build=$4
# shellcheck source=scripts/arch.sh
. /src/scripts/arch.sh
use_arch "$release"

cp "$headers"/{.config,Module.symvers,vmlinux} "$build/"
cc=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\([^ ]*\) .*/\1/p' "$headers/.config")
make -C "$source" O="$build" ARCH="$srcarch" CROSS_COMPILE="$cross" \
	KERNELRELEASE="$release" CC="$cc" HOSTCC="${cc#"$triplet"-}" \
	-j"$(nproc)" modules_prepare
bash /src/scripts/rust-symbols.sh "$build" "${cross}nm"
