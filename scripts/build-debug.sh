#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the debug kernel. Runs in the root file system.
#
# In:  SOURCE CONFIG BUILD MAKEVAR=VALUE...
# Out: BUILD, an output tree with arch/x86/boot/bzImage and all that modules
#      are built with
set -euo pipefail
source=$1 config=$2 build=$3
shift 3

make -C "$source" O="$build" "$@" KCONFIG_ALLCONFIG="$config" allnoconfig
# What an option depends on may be missing: Kconfig drops such in silence.
if missing=$(grep -E '^(# )?CONFIG_' "$config" | grep -vxFf "$build/.config"); then
	printf 'not in the configuration:\n%s\n' "$missing" >&2
	exit 1
fi
make -C "$source" O="$build" "$@" -j"$(nproc)" bzImage modules
# Nobody links the kernel again, and its objects are large.
find "$build" \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' \) \
	! -path "$build/scripts/*" ! -path "$build/tools/*" \
	! -path "$build/rust/*" -delete
rm -f "$build"/vmlinux.unstripped "$build"/.tmp_vmlinux*
