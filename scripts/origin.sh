# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Where a kernel tree has come from.
#
# In:  the functions' arguments; dpkg, rpm and pacman where they are installed
#      OS_RELEASE  what says which distribution this is (/etc/os-release)
# Out: the functions below. To be sourced.

# release_of KDIR: the kernel's, by what was built there, or by the folder's name.
release_of() {
	if [[ -s $1/include/config/kernel.release ]]; then
		cat "$1/include/config/kernel.release"
		return
	fi
	case $1 in
	*/lib/modules/*/build) basename "$(dirname "$1")" ;;
	*/linux-headers-*) echo "${1##*/linux-headers-}" ;;
	esac
}

# package_of KDIR: the package that owns it, as far as anybody knows.
package_of() {
	local file text
	file=$(readlink -f "$1/Makefile") || return 1
	case $file in
	/nix/store/* | /gnu/store/*)
		cut -d/ -f4 <<<"$file"
		return
		;;
	esac
	if text=$(dpkg -S "$file" 2>/dev/null); then
		text=${text%%$'\n'*}
		echo "${text%%:*}"
		return
	fi
	# What they say of a file that nobody owns is no name.
	rpm -qf --qf '%{NAME}\n' "$file" 2>/dev/null | grep -m 1 '^[^ ]*$' && return
	pacman -Qqo "$file" 2>/dev/null
}

# origin_of KDIR: "debian", a package of Debian's own kernel; "package:NAME";
# "nobody", for which it is a tree of somebody's own.
#
# Debian's own releases have "+deb" and a number, which tells them from those of
# Debian's kin, and from packages that people make of their kernels.
origin_of() {
	local package
	package=$(package_of "$1") || package=
	case $(release_of "$1"),$package,$(readlink -f "$1" || true) in
	*+deb[0-9]*,?*,* | *+deb[0-9]*,,*/usr/src/linux-headers-*) echo debian ;;
	*,?*,*) echo "package:$package" ;;
	*) echo nobody ;;
	esac
}

# suite_of RELEASE: Debian's name of the suite whose kernel it is.
suite_of() {
	case $1 in
	*+deb13*) echo trixie ;;
	*+deb14*) echo forky ;;
	*) echo stable ;;
	esac
}

# is_ubuntu: where Rust metadata has a package of its own.
is_ubuntu() { grep -qsx 'ID=ubuntu' "${OS_RELEASE:-/etc/os-release}"; }

# source_of KDIR: where its source is, if that is there: behind a link, where it
# was built elsewhere, or in the same folder.
source_of() {
	local folder
	for folder in "$1/source" "$1"; do
		if [[ -e $folder/Kconfig && -e $folder/rust/Makefile ]]; then
			readlink -f "$folder"
			return
		fi
	done
	return 1
}
