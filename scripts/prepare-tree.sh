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

cp "$headers"/{.config,Module.symvers,vmlinux} "$build/"
cc=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\([^ ]*\) .*/\1/p' "$headers/.config")
make -C "$source" O="$build" KERNELRELEASE="$release" CC="$cc" \
	HOSTCC="${cc#x86_64-linux-gnu-}" -j"$(nproc)" modules_prepare
bash /src/scripts/rust-symbols.sh "$build"
