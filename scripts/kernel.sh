#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Choose a stock Debian kernel and have what is needed of it.
#
# In:  resolve KERNEL           7.3, 7.3-cloud, 7.2.12 or a whole release; debug,
#                               mainline and series are of our own, see
#                               debug-kernel.sh and so on. With -arm64 behind it,
#                               it is one of that architecture
#      prepare KERNEL PIECE...  vmlinuz headers modules source build dwarf
#                               dwarf-all
#      version KERNEL           its packages' version, which names its source
#      arch KERNEL              Debian's name of its architecture
#      environment KERNEL       VAR=VALUE that make needs to build for it
#      forget                   choose anew next time
# Out: resolve prints the release, remembered until `forget`. The pieces are
#      in $cache/kernels/RELEASE/, the source in $cache/source/VERSION/:
#        vmlinuz  the unmodified kernel
#        headers  Debian's headers packages, for C modules
#        modules  all of the kernel's modules
#        dwarf    every 20th of them as it was before its DWARF was taken out
#        dwarf-all  the package with all of these, which unpacked is large
#        build    an output tree with the Rust metadata that the headers
#                 packages leave out, for Rust and C modules
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

# Kernels of our own, each of which has a script.
own_kind='^(debug|mainline|series)(-|$)'

# of_our_own: is $release one of them? Sets $kind.
of_our_own() {
	[[ $release != *+* && ${release#*-} =~ $own_kind ]] && kind=${BASH_REMATCH[1]}
}

packages() { "$tree/scripts/packages.sh" -a "$arch" "$@"; }

# choose KERNEL: the newest release of which all packages agree, and its version.
choose() {
	local kernel=$1 flavour='' pattern release version
	if [[ $kernel =~ $own_kind ]]; then
		resolve "7.3${kernel#"${BASH_REMATCH[1]}"}"
		echo "${release%%+*}-$kernel $version"
		return
	fi
	if [[ $kernel == *+* ]]; then
		pattern=${kernel//[.+]/\\&}
	else
		kernel=${kernel%-"$arch"}
		[[ $kernel == *-* ]] && flavour=${kernel#*-}
		pattern="${kernel%%-*}(\.[0-9]+)*\+deb[0-9]+-"
		# Debian puts pages' sizes last.
		case $flavour in
		'') pattern+=$arch ;;
		[0-9]*) pattern+=$arch-$flavour ;;
		*) pattern+=$flavour-$arch ;;
		esac
	fi
	while read -r release; do
		version=$(agreed "$release") || continue
		echo "$release $version"
		return
	done < <(packages names linux-binary- |
		sed -nE "s/^linux-binary-($pattern)$/\1/p" | sort -Vr)
	die "no kernel $1 in Debian 13 backports with source, headers, modules and binary"
}

# agreed RELEASE: the one version that all of its packages have.
agreed() {
	local base=${1%%-*} names package versions version
	names=("linux-binary-$1" "linux-headers-$1" "linux-modules-$1"
		"linux-headers-$base-common" "linux-source-$(cut -d. -f1,2 <<<"$base")")
	versions=$(packages versions "${names[@]}" && "$tree/scripts/packages.sh" versions "linux-kbuild-$base")
	version=$(sed -n "s/^linux-headers-$base-common //p" <<<"$versions" | head -n 1)
	for package in "${names[@]}" "linux-kbuild-$base"; do
		grep -qxF "$package $version" <<<"$versions" || return
	done
	echo "$version"
}

# resolve KERNEL: sets $release and $version, and what arch.sh sets.
resolve() {
	local chosen=$cache/chosen/$1
	use_arch "$1"
	if [[ ! -s $chosen ]]; then
		mkdir -p "$cache/chosen"
		choose "$1" >"$chosen.$$"
		mv "$chosen.$$" "$chosen"
	fi
	read -r release version <"$chosen"
	# By its whole name it is then known as well.
	cp -n "$chosen" "$cache/chosen/$release" 2>/dev/null || true
}

fetch() { packages fetch "$@"; }
download() { packages download "$@"; }

make_vmlinuz() {
	fetch "$1/package" "linux-binary-$release=$version"
	mv "$1/package/usr/lib/modules/$release/vmlinuz" "$1/"
	rm -r "$1/package"
}

make_headers() {
	fetch "$1" "linux-headers-$release=$version" \
		"linux-headers-${release%%-*}-common=$version"
	# These are programs, which run here.
	"$tree/scripts/packages.sh" fetch "$1" "linux-kbuild-${release%%-*}=$version"
	rm -r "${1:?}/usr/share"
}

make_modules() {
	fetch "$1" "linux-modules-$release=$version"
	rm -r "${1:?}/usr/share"
	"$tree/scripts/enter.sh" depmod -b "/cache${1#"$cache"}/usr" "$release"
}

# Where modules lie in a package with their DWARF: as in that of the modules.
make_dwarf() {
	local dir=$cache/kernels/$release/modules/usr/lib/modules/$release
	make_dwarf_all "$1/package"
	(cd "$dir" && find kernel -name '*.ko*') | LC_ALL=C sort |
		awk -v dir="./usr/lib/debug/lib/modules/$release" \
			'NR % 20 == 1 { sub(/\.ko.*/, ".ko"); print dir "/" $0 }' >"$1/package/names"
	dpkg-deb --fsys-tarfile "$1"/package/*.deb |
		tar -C "$1" -x --no-same-owner -T "$1/package/names"
	rm -r "$1/package"
}

make_dwarf_all() { download "$1" "linux-image-$release-dbg=$version"; }

make_source() {
	local package
	package=linux-source-$(cut -d. -f1,2 <<<"$version")
	fetch "$1/package" "$package=$version"
	"$tree/scripts/enter.sh" tar -C "/cache${1#"$cache"}" --strip-components=1 \
		-xf "/cache${1#"$cache"}/package/usr/src/$package.tar.xz" --no-same-owner
	rm -r "$1/package"
}

make_build() {
	local build=/cache/kernels/$release/build
	# The tree remembers its own path: let it see the final one.
	"$tree/scripts/enter.sh" -a "$arch" -B "/cache${1#"$cache"}" "$build" \
		bash /src/scripts/prepare-tree.sh "$release" "/cache/source/$version" \
		"/usr/src/linux-headers-$release" "$build"
}

environment() {
	if of_our_own; then
		"$tree/scripts/$kind-kernel.sh" environment "$release"
		return
	fi
	sed -n 's/^CONFIG_CC_VERSION_TEXT="\([^ ]*\) .*/CC=\1/p' \
		"$cache/kernels/$release/headers/usr/src/linux-headers-$release/.config"
	[[ -z $cross ]] || printf '%s\n' "ARCH=$srcarch" "CROSS_COMPILE=$cross"
}

# Of what the build tree is made, besides the kernel itself.
toolchain() {
	awk '/^Package: / { name = $2 } /^Version: / { print name, $2 }' \
		"$cache/rootfs/var/lib/dpkg/status" |
		grep -E '^(rustc|rust-src|bindgen|gcc-14|binutils|pahole|libelf1t64|libc6) '
}

# prepare PIECE
prepare() {
	local dir=$cache/kernels/$release/$1 key="$release $version"
	mkdir -p "$cache"/{source,"kernels/$release"}
	[[ -z $cross ]] || "$tree/scripts/cross.sh" "$arch"
	if [[ $1 != source ]] && of_our_own; then
		"$tree/scripts/$kind-kernel.sh" prepare "$release" "$version" "$1"
		return
	fi
	case $1 in
	vmlinuz) piece "$dir" "$key" "vmlinuz-$release" 5 "fetching kernel $release" make_vmlinuz ;;
	headers) piece "$dir" "$key" "headers-$release" 8 "fetching the headers of $release" make_headers ;;
	modules) piece "$dir" "$key" "modules-$release" 20 "fetching the modules of $release" make_modules ;;
	dwarf)
		prepare modules
		piece "$dir" "$key" "dwarf-$release" 60 \
			"fetching the DWARF of modules of $release" make_dwarf
		;;
	dwarf-all) piece "$dir" "$key" "dwarf-all-$release" 60 "fetching the DWARF of $release" make_dwarf_all ;;
	source) piece "$cache/source/$version" "$version" "source-$version" 25 "fetching the source of $version" make_source ;;
	build)
		prepare headers
		prepare source
		key="$key $(toolchain | hash_of "$tree/scripts/prepare-tree.sh")"
		mkdir -p "$dir" # Where it is mounted while it is made.
		piece "$dir" "$key" "build-$release" 90 "preparing to build for $release" make_build
		;;
	*) die "no such piece: $1" ;;
	esac
}

case ${1-} in
resolve)
	resolve "$2"
	echo "$release"
	;;
version)
	resolve "$2"
	echo "$version"
	;;
arch)
	use_arch "$2"
	echo "$arch"
	;;
environment)
	resolve "$2"
	environment
	;;
prepare)
	resolve "$2"
	shift 2
	for want; do
		prepare "$want"
	done
	;;
forget) rm -rf "$cache/chosen" ;;
*) die "see the top of $0" ;;
esac
