#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Have a small kernel with the patches of series/mainline/, for `make test-mainline`
# on amd64.
#
# In:  prepare RELEASE VERSION PIECE  patched, build or vmlinuz; VERSION is the
#                                     source's
#      environment RELEASE            for kernel.sh: nothing, all is default
# Out: $cache/kernels/RELEASE/PIECE as kernel.sh says; patched is Debian's source
#      with the patches
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

case ${1-} in
prepare) ;;
environment) exit ;;
*) die "see the top of $0" ;;
esac
release=$2 version=$3
patches=$tree/series/mainline
recipe=scripts/build-debug.sh
debug=scripts/config/debug.config
configs=(scripts/config/{debug-amd64,mainline}.config)
top=$cache/kernels/$release

# Most files are the same as in Debian's: links do. A patched one is written anew.
make_patched() {
	local file
	need git git
	cp -al "$cache/source/$version/." "$1"
	rm "$1/.key"
	for file in "$patches"/*.patch; do
		GIT_CEILING_DIRECTORIES=$(dirname "$1") git -C "$1" apply "$file"
	done
}

# Debug kernels watch themselves, which takes long to build; the rest is the same.
make_build() {
	local build=/cache/kernels/$release/build
	sed '/^# What watches them/,$d; /RUST/d; /LIVEPATCH/d' "$tree/$debug" >"$1/debug.config"
	"$tree/scripts/enter.sh" -B "/cache${1#"$cache"}" "$build" bash "/src/$recipe" \
		"/cache/kernels/$release/patched" "$build" "$release" bzImage \
		"$build/debug.config ${configs[*]/#//src/}"
}

make_vmlinuz() { cp "$top/build/arch/x86/boot/bzImage" "$1/vmlinuz"; }

# Of what the build is made, besides the source.
key() {
	awk '/^Package: / { name = $2 } /^Version: / { print name, $2 }' \
		"$cache/rootfs/var/lib/dpkg/status" |
		grep -E '^(gcc-14|binutils|pahole) ' |
		hash_of "$tree/$recipe" "$tree/$debug" "${configs[@]/#/$tree/}"
}

source_key="$version $(cat "$patches"/*.patch | hash_of)"
build_key="$source_key $(key)"

# have PIECE
have() {
	mkdir -p "$top/$1" # Where it is mounted while it is made.
	case $1 in
	patched)
		"$tree/scripts/kernel.sh" prepare "$release" source
		piece "$top/patched" "$source_key" "patched-$release" 10 "patching $version" make_patched
		;;
	build)
		have patched
		piece "$top/build" "$build_key" "build-$release" 600 "building the kernel $release" make_build
		;;
	vmlinuz)
		have build
		piece "$top/vmlinuz" "$build_key" "vmlinuz-$release" 1 "taking the kernel" make_vmlinuz
		;;
	*) die "there is no such piece: $1" ;;
	esac
}

have "$4"
