#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Have what building for another architecture needs, and running it.
#
# In:  ARCH  as Debian calls it
#      the root file system
# Out: $cache/cross-ARCH/, in which
#        usr     the cross toolchain, ARCH's libraries and an emulator of it:
#                what enter.sh lays over the root file system's
#        target  Debian's packages of ARCH, whose programs go into the machine
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

use_arch "-$1"
status=$cache/rootfs/var/lib/dpkg/status
# Debian's names have no underscores.
name=${triplet//_/-}
tools=("gcc-$name" "$emulator")
target=(busybox-static bpftool jq libbpf-dev libelf-dev libstd-rust-dev zlib1g-dev)

make_cross() {
	# Copies, since apt locks what is beside them.
	mkdir "$1/dpkg"
	cp "$status" "$1/dpkg/host"
	"$tree/scripts/packages.sh" complete "$1" "$1/dpkg/host" "${tools[@]}"
	: >"$1/dpkg/none"
	"$tree/scripts/packages.sh" -a "$arch" complete "$1/target" "$1/dpkg/none" "${target[@]}"
	rm -r "$1/dpkg" "$1/usr/share/doc" "$1"/target/usr/share/{doc,locale,man}
	# All of it is in folders of the architecture's name.
	mkdir -p "$1"/usr/{lib,include}
	cp -a "$1/target/usr/lib/rustlib" "$1/usr/lib/"
	rm -r "$1/target/usr/lib/rustlib"
	cp -a "$1/target/usr/include/$triplet" "$1/usr/include/"
	cp -a "$1"/target/usr/lib/{"$triplet",ld-*} "$1/usr/lib/"
}

[[ -n $cross ]] || exit 0
"$tree/scripts/packages.sh" ready
"$tree/scripts/packages.sh" -a "$arch" ready
piece "$cache/cross-$arch" "$(hash_of "$0" "$status" </dev/null)" "cross-$arch" 20 \
	"fetching what building for $arch needs" make_cross
