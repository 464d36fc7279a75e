#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make the Debian 13 root file system that everything is built and run in.
#
# In:  Debian's packages, from the host's own mirror
# Out: $cache/rootfs. All of it is Debian 13's own, since its kernels from
#      backports were built with these very versions of rustc, gcc and pahole.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

need perl perl apt-get apt dpkg-deb dpkg tar tar sha256sum coreutils flock util-linux
[[ -e $tree/scripts/arch/$(host_arch).sh ]] || die "works on amd64 and arm64 only, so far"
use_arch ''

packages=(
	# The kernel's build.
	gcc make libc6-dev flex bison bc libelf-dev libssl-dev libdw-dev
	zlib1g-dev libzstd-dev pahole kmod cpio rsync xxd python3 xz-utils zstd
	# Rust.
	rustc cargo rust-src rustfmt rust-clippy bindgen libclang-dev
	# BPF programs and what looks at them.
	clang llvm lld bpftool libbpf-dev pkg-config
	# The virtual machine.
	"$emulator" busybox-static
	# Packages, and the machine that they are tried on.
	debhelper dh-dkms lintian apt-utils gnupg rpm e2fsprogs ovmf python3-virt-firmware
	# Tests.
	shellcheck jq git file ca-certificates
)

# populate DIR, as root of a namespace.
populate() {
	PATH=$cache/mmdebstrap/usr/bin:$PATH perl "$cache/mmdebstrap/usr/bin/mmdebstrap" \
		--mode=root --variant=minbase --architectures="$arch" \
		--include="$(IFS=,; echo "${packages[*]}")" \
		--aptopt="$cache/apt/acquire.conf" \
		--aptopt='APT::Install-Recommends "false"' \
		--aptopt='APT::Sandbox::User "root"' \
		--aptopt='Acquire::Languages "none"' \
		--dpkgopt=force-unsafe-io \
		--essential-hook='printf "path-exclude=/usr/share/%s/*\n" doc info locale man >"$1/etc/dpkg/dpkg.cfg.d/trim"' \
		--customize-hook='mkdir -p "$1/src" "$1/cache" "$1/out"' \
		--customize-hook='for f in resolv.conf hosts; do rm -f "$1/etc/$f"; : >"$1/etc/$f"; done' \
		trixie "$1" "$cache/apt/sources.list"
}

if [[ ${1-} == --populate ]]; then
	populate "$2"
	exit
fi

perl -MPod::Usage -MDigest::SHA -MTerm::ANSIColor -e 1 2>/dev/null ||
	die "perl's modules not found: apt-get install perl"

key=$(hash_of "$0" </dev/null)
whole "$cache/rootfs" "$key" && exit
"$tree/scripts/ns.sh" true
"$tree/scripts/packages.sh" ready
tool=$("$tree/scripts/packages.sh" versions mmdebstrap)
fetch_tool() { "$tree/scripts/packages.sh" fetch "$1" mmdebstrap; }
piece "$cache/mmdebstrap" "$tool" mmdebstrap 3 "fetching mmdebstrap" fetch_tool
# Nobody works in it while it changes.
exec 9>"$cache/lock/rootfs.use"
flock -n 9 || {
	say "waiting for another run to be done with the root file system"
	flock 9
}
piece "$cache/rootfs" "$key" rootfs 75 "making the Debian 13 root file system" \
	"$tree/scripts/ns.sh" "$0" --populate
