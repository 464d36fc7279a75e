#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A whole Debian 13 with systemd, initramfs-tools and dkms, as it is before
# btf_reconcile comes.
#
# In:  [--whole]  only say by the status whether it is there
#      OLD NEW  releases: the kernel that it has, and one that it can be updated to
# Out: $cache/machine/root, and in $cache/machine/debs the packages of NEW
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"

packages=(
	systemd systemd-sysv udev dbus initramfs-tools kmod zstd
	# What dkms needs to build a module in Rust.
	dkms rustc bindgen gcc-14 make openssl
)

# populate OLD NEW DIR, as root of a namespace.
populate() {
	local old=$1 new=$2 dir=$3
	mkdir "$dir"/{root,debs}
	PATH=$cache/mmdebstrap/usr/bin:$PATH NEW="linux-image-$new linux-headers-$new" DEBS=$dir/debs \
		perl "$cache/mmdebstrap/usr/bin/mmdebstrap" \
		--mode=root --variant=important --architectures=amd64 \
		--include="$(IFS=,; echo "${packages[*]},linux-image-$old,linux-headers-$old")" \
		--aptopt="$cache/apt/acquire.conf" \
		--aptopt='APT::Install-Recommends "false"' \
		--aptopt='APT::Sandbox::User "root"' \
		--aptopt='Acquire::Languages "none"' \
		--dpkgopt=force-unsafe-io \
		--essential-hook='printf "path-exclude=/usr/share/%s/*\n" doc info locale >"$1/etc/dpkg/dpkg.cfg.d/trim"' \
		--setup-hook='mkdir -p "$1/etc/apt/preferences.d"' \
		--setup-hook='printf "Package: linux-*\nPin: release n=trixie-backports\nPin-Priority: 900\n" >"$1/etc/apt/preferences.d/kernels"' \
		--customize-hook='rm -f "$1"/var/cache/apt/archives/*.deb; APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get --yes --download-only install $NEW && mv "$1"/var/cache/apt/archives/*.deb "$DEBS/"' \
		--customize-hook='rm -rf "$1/etc/apt/preferences.d/kernels" "$1"/etc/apt/sources.list* "$1"/var/lib/apt/lists/*' \
		--customize-hook='for f in resolv.conf hosts; do rm -f "$1/etc/$f"; : >"$1/etc/$f"; done; echo machine >"$1/etc/hostname"' \
		trixie "$dir/root" "$cache/apt/sources.list"
}

only=
if [[ $1 == --whole ]]; then
	only=y
	shift
fi
if [[ $1 == --populate ]]; then
	populate "$2" "$3" "$4"
	exit
fi

key="$1 $2 $("$tree/scripts/kernel.sh" version "$1") $("$tree/scripts/kernel.sh" version "$2") $(hash_of "$0" </dev/null)"
if [[ -n $only ]]; then
	whole "$cache/machine" "$key"
	exit
fi
"$tree/scripts/packages.sh" ready
piece "$cache/machine" "$key" machine 360 \
	"making a Debian 13 machine" "$tree/scripts/ns.sh" "$0" --populate "$1" "$2"
