#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the debug kernel. Runs in the root file system.
#
# In:  SOURCE BUILD RELEASE IMAGE CONFIGS MAKEVAR=VALUE...
#      IMAGE is the boot image's name, CONFIGS the files with the options
# Out: BUILD, an output tree of kernel RELEASE with its image and all that
#      modules are built with
set -euo pipefail
source=$1 build=$2 release=$3 image=$4
read -ra configs <<<"$5"
shift 5

config=$build/wanted.config
cat "${configs[@]}" >"$config"
echo "CONFIG_LOCALVERSION=\"-${release#*-}\"" >>"$config"
make -C "$source" O="$build" "$@" KCONFIG_ALLCONFIG="$config" allnoconfig
# What an option depends on may be missing: Kconfig drops such in silence.
if missing=$(grep -E '^(# )?CONFIG_' "$config" | grep -vxFf "$build/.config"); then
	printf 'not in the configuration:\n%s\n' "$missing" >&2
	exit 1
fi
make -C "$source" O="$build" "$@" -j"$(nproc)" "$image" modules
# Nobody links the kernel again, and its objects are large.
find "$build" \( -name '*.o' -o -name '*.a' -o -name '.*.cmd' \) \
	! -path "$build/scripts/*" ! -path "$build/tools/*" \
	! -path "$build/rust/*" -delete
rm -f "$build"/vmlinux.unstripped "$build"/.tmp_vmlinux*
