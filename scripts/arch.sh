# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Which architecture a kernel is for, and what is particular to it. To be
# sourced.
#
# In:  use_arch KERNEL  by any name that kernel.sh takes; '' for the host's own
# Out: $arch, as Debian calls it, and what arch/$arch.sh sets;
#      where this is not the host's:
#        $cross    the cross toolchain's prefix
#        $foreign  its folder in the cache, see cross.sh, as seen in the root
#                  file system
#
# shellcheck disable=SC2034 # What is set here is for those who source it.

arch_files=$(dirname "${BASH_SOURCE[0]}")/arch

host_arch() {
	dpkg --print-architecture 2>/dev/null && return
	case $(uname -m) in
	x86_64) echo amd64 ;;
	aarch64) echo arm64 ;;
	*) uname -m ;;
	esac
}

use_arch() {
	local host file
	host=$(host_arch)
	arch=$host
	for file in "$arch_files"/*.sh; do
		file=${file##*/}
		[[ $1- != *-"${file%.sh}"-* ]] || arch=${file%.sh}
	done
	# shellcheck source=scripts/arch/arm64.sh
	. "$arch_files/$arch.sh"
	cross='' foreign=''
	if [[ $arch != "$host" ]]; then
		cross=$triplet- foreign=/cache/cross-$arch
	fi
}
