#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Have a kernel of our own that watches memory, locks and allocations.
#
# In:  prepare RELEASE VERSION PIECE  vmlinuz or build; VERSION is the source's
#                                     or rust, the compiler alone
#      built RELEASE VERSION          is it there?
#      environment RELEASE            VAR=VALUE that make needs to build for it
# Out: $cache/kernels/RELEASE/PIECE as kernel.sh says. It is built from Debian's
#      source with scripts/config/debug.config, with clang, which KASAN and Rust
#      together demand, and with the newest rustc of backports, so that both
#      ends of the range of toolchains are in use.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

packages=$tree/scripts/packages.sh
configs=(scripts/config/debug.config)
recipe=scripts/build-debug.sh

# rust: sets $rust_version and $rust, where it is.
rust() {
	local chosen=$cache/chosen/rustc
	if [[ ! -s $chosen ]]; then
		mkdir -p "$cache/chosen"
		"$packages" versions rustc | awk '{ print $2 }' | sort -Vu | tail -n 1 >"$chosen.$$"
		mv "$chosen.$$" "$chosen"
	fi
	rust_version=$(<"$chosen")
	rust=$cache/rust-$(cut -d. -f1,2 <<<"$rust_version")
}

# Beside Debian 13's own: it is not for the stock kernels.
make_rust() {
	local series=${rust##*-} std tool
	std=libstd-rust-$series
	"$packages" fetch "$1" {rustc,libstd-rust-dev,rust-src}="$rust_version" "$std" \
		"$("$packages" needs "$std" | grep '^libllvm')"
	mkdir "$1/bin"
	for tool in rustc rustdoc; do
		cat >"$1/bin/$tool" <<-END
			#!/bin/sh
			LD_LIBRARY_PATH=/cache/${rust##*/}/usr/lib/$host_triplet \\
				exec /cache/${rust##*/}/usr/bin/$tool "\$@"
		END
		chmod +x "$1/bin/$tool"
	done
}

environment() {
	local bin=/cache/${rust##*/}/bin
	printf '%s\n' "ARCH=$srcarch" LLVM=1 \
		RUSTC="$bin/rustc" HOSTRUSTC="$bin/rustc" RUSTDOC="$bin/rustdoc"
}

make_build() {
	local build=/cache/kernels/$release/build make
	mapfile -t make < <(environment)
	"$tree/scripts/enter.sh" -B "/cache${1#"$cache"}" "$build" bash "/src/$recipe" \
		"/cache/source/$version" "$build" "$release" "$image" "${configs[*]/#//src/}" "${make[@]}"
}

make_vmlinuz() {
	cp "$cache/kernels/$release/build/arch/$srcarch/boot/$image" "$1/vmlinuz"
}

# Of what it is made.
key() {
	awk '/^Package: / { name = $2 } /^Version: / { print name, $2 }' \
		"$cache/rootfs/var/lib/dpkg/status" |
		grep -E '^(bindgen|clang-19|lld-19|pahole) ' |
		hash_of "${configs[@]/#/$tree/}" "$tree/$recipe"
}

prepare() {
	local dir=$cache/kernels/$release/$1
	case $1 in
	rust)
		piece "$rust" "$rust_version" "${rust##*/}" 15 \
			"fetching rustc $rust_version" make_rust
		;;
	build)
		"$tree/scripts/kernel.sh" prepare "$release" source
		prepare rust
		mkdir -p "$dir" # Where it is mounted while it is made.
		piece "$dir" "$build_key" "build-$release" 1200 \
			"building the debug kernel $release" make_build
		;;
	vmlinuz)
		prepare build
		piece "$dir" "$build_key" "vmlinuz-$release" 1 "taking the kernel" make_vmlinuz
		;;
	*) die "the debug kernel has no such piece: $1" ;;
	esac
}

use_arch ''
host_triplet=$triplet
release=${2-}
use_arch "$release"
configs+=("scripts/config/debug-$arch.config")
rust
case ${1-} in
prepare | built)
	version=$3
	build_key="$version $rust_version $(key)"
	case $1 in
	prepare) prepare "$4" ;;
	built) whole "$cache/kernels/$release/build" "$build_key" ;;
	esac
	;;
environment) environment ;;
*) die "see the top of $0" ;;
esac
