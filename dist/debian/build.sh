#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make Debian packages of what has been built. Runs in the root file system.
#
# In:  WORK     a folder: WORK/kernels has a line for each kernel with its release,
#               version, where its module is, and its build tree
#      PROGRAM  btf-reconcile
#      PAGES    its man pages and completions
#      ARCH     what all that is for, as Debian calls it
#      SIGN_KEY, SIGN_CERT  what to sign modules with (optional)
# Out: WORK/deb/*.deb, which lintian finds nothing wrong with
set -euo pipefail
work=$1 program=$2 pages=$3 arch=$4
tree=/src
here=$tree/dist/debian
stage=$work/stage
source=$work/source
cross=''
[[ $arch == "$(dpkg --print-architecture)" ]] ||
	cross=$(dpkg-architecture -a "$arch" -q DEB_HOST_GNU_TYPE 2>/dev/null)-
version=$(dpkg-parsechangelog -l "$here/changelog" -S Version)
rm -rf "$stage" "$source" "$work/deb"
mkdir -p "$stage" "$source/debian" "$work/deb"
umask 022

# fill FILE: without the names that stand for a kernel's.
fill() {
	sed -e "s/@RELEASE@/$release/g; s/@VERSION@/$kernel/g; s/@ABI@/$abi/g" \
		-e "s/@FLAVOUR@/$flavour/g; s/@RUSTC@/$rustc/g" "$here/$1"
}

# describe FILE PACKAGE...: packages of one kernel, which FILE tells about.
describe() {
	local package
	fill "$1" >>"$source/debian/control"
	for package in "${@:2}"; do
		echo "$package $version+$kernel"
	done >>"$source/debian/versions"
}

program_package() {
	local -x DESTDIR=$stage/btf-reconcile ZSH_DIR=share/zsh/vendor-completions
	"$tree/dist/install.sh" files
	"$tree/dist/install.sh" program "$program" "$pages"
	cp "$here"/btf-reconcile.post{inst,rm} "$source/debian/"
}

dkms_package() {
	DESTDIR=$stage/btf-reconcile-dkms "$tree/dist/install.sh" dkms
	# dh_dkms writes the version into it where it is to.
	cp "$tree/dkms.conf" "$source/debian/btf-reconcile-dkms.dkms"
}

modules_package() {
	local dir=$stage/btf-reconcile-modules-$release
	local module=$dir/usr/lib/modules/$release/extra/btf_reconcile.ko
	# What DKMS builds goes to updates/, and is preferred.
	install -Dm 644 "$1/btf_reconcile.ko" "$module"
	"${cross}objcopy" --strip-debug "$module"
	if [[ -n ${SIGN_KEY-} ]]; then
		"/usr/lib/linux-kbuild-$abi/scripts/sign-file" sha256 \
			"$SIGN_KEY" "$SIGN_CERT" "$module"
	fi
	# As the kernel's own: its loader knows no other check.
	xz --check=crc32 --lzma2=dict=1MiB "$module"
	fill modules.postinst.in >"$source/debian/btf-reconcile-modules-$release.postinst"
	fill modules.postrm.in >"$source/debian/btf-reconcile-modules-$release.postrm"
	describe control.modules.in "btf-reconcile-modules-$release"
}

# The macros among the metadata run where modules are built: they can't be had by
# building for another machine.
rust_packages() {
	local dir=$stage/linux-headers-rust-$release/usr/src/linux-headers-$release/rust
	[[ -z $cross ]] || return 0
	mkdir -p "$dir"
	cp "$1"/rust/*.rmeta "$1"/rust/*.so "$dir/"
	chmod 644 "$dir"/*
	strip --strip-unneeded "$dir"/*.so
	fill rust.postinst.in >"$source/debian/linux-headers-rust-$release.postinst"
	describe control.rust.in "linux-headers-rust-$release"
	target_package "$1"
}

# One for all flavours, whose targets have to be the same then.
target_package() {
	local file=$stage/linux-kbuild-rust-$abi/usr/lib/linux-kbuild-$abi/scripts/target.json
	if [[ -e $file ]]; then
		cmp "$file" "$1/scripts/target.json"
		return
	fi
	install -Dm 644 "$1/scripts/target.json" "$file"
	describe control.rust-abi.in "linux-kbuild-rust-$abi"
}

cp "$here"/{changelog,copyright,rules} "$source/debian/"
cp "$here/control.in" "$source/debian/control"
: >"$source/debian/versions"
program_package
dkms_package
declare -A newest
# Oldest first, so that the last of a flavour is the newest.
while read -r release kernel module build; do
	abi=${release%%-*}
	flavour=${release#*-}
	rustc=$(sed -n 's/^CONFIG_RUSTC_VERSION_TEXT="rustc \([0-9.]*\) .*/\1/p' "$build/.config")
	echo "$release"
	modules_package "$module"
	rust_packages "$build"
	newest[$flavour]="$release $kernel"
done < <(sort -V "$work/kernels")
for flavour in "${!newest[@]}"; do
	read -r release kernel <<<"${newest[$flavour]}"
	describe control.modules-flavour.in "btf-reconcile-modules-$flavour"
	[[ -n $cross ]] || describe control.rust-flavour.in "linux-headers-rust-$flavour"
done

cd "$source"
STAGE=$stage dpkg-buildpackage --host-arch "$arch" --build=binary --unsigned-changes --no-check-builddeps
# No bug of Debian's is closed by packages that are not for its archive, and their
# names are as long as the kernel's own.
tags=initial-upload-closes-no-bugs,package-has-long-file-name
# There are no libraries of another architecture to tell what a program depends on.
[[ -z $cross ]] || tags+=,statically-linked-binary
lintian --suppress-tags "$tags" \
	--allow-root --fail-on error,warning "$work"/*.changes
mv "$work"/*.deb "$work/deb/"
rm -f "$work"/*.{buildinfo,changes}
