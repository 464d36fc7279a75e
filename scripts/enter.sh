#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run a command inside the Debian 13 root file system that rootfs.sh made.
#
# In:  [-a ARCH]     with what building for ARCH needs, and running it
#      [-B FROM TO]  show FROM as TO, both as seen inside
#      CMD...  as root, or as an ordinary user with user namespaces
# Out: its exit status. The command sees the source tree as /src, the cache
#      as /cache, built objects as /out, so nothing built there remembers
#      where these really are. The root file system itself is read-only. All
#      mounts are in a private namespace and go when the command ends.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# The environment that goes in, by name.
keep=(TERM http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY
	CARGO_NET_OFFLINE RUST_BACKTRACE)

# attach FROM TO: TO exists in the root file system.
attach() { mount --rbind "$1" "$root$2"; }
attach_file() { if [[ -s $1 ]]; then mount --bind "$(realpath "$1")" "$root$2"; fi; }

# Debian's headers packages name each other by these absolute paths.
link_headers() {
	local dir
	for dir in "$cache"/kernels/*/headers/usr/{src/linux-*,lib/linux-kbuild-*}; do
		[[ -e $dir ]] || continue
		ln -sfn "/cache${dir#"$cache"}" "$root/${dir#*/headers/}"
	done
}

# Second half, in the namespace: mount and go.
inside() {
	local env=() var
	mount --make-rprivate /
	link_headers
	if [[ -d $cache/cross-$BTF_RECONCILE_ARCH ]]; then
		mount -t overlay overlay \
			-o "lowerdir=$cache/cross-$BTF_RECONCILE_ARCH/usr:$root/usr" "$root/usr"
	fi
	attach /proc /proc
	attach /dev /dev
	attach /sys /sys
	attach /tmp /tmp
	attach "$tree" /src
	attach "$cache" /cache
	attach "$out" /out
	attach_file /etc/resolv.conf /etc/resolv.conf
	attach_file /etc/hosts /etc/hosts
	attach_file /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
	attach_file "${HOME-}/.cargo/config.toml" /cache/cargo/config.toml
	if [[ -n $BTF_RECONCILE_BIND ]]; then
		mount --bind "$root${BTF_RECONCILE_BIND%%:*}" "$root${BTF_RECONCILE_BIND#*:}"
	fi
	mount --rbind "$root" "$root"
	# Not all mounts may be made read-only in a user namespace.
	mount -o remount,bind,ro "$root" 2>/dev/null || true
	for var in "${keep[@]}"; do
		[[ -v $var ]] && env+=("$var=${!var}")
	done
	exec chroot "$root" /usr/bin/env -i -C "$BTF_RECONCILE_DIR" \
		PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/cache/home LC_ALL=C.UTF-8 \
		CARGO_HOME=/cache/cargo CARGO_TARGET_DIR=/out/cargo "${env[@]}" "$@"
}

root=$cache/rootfs
if [[ ${1-} == --inside ]]; then
	shift
	inside "$@"
fi

arch='' bind=
if [[ ${1-} == -a ]]; then
	arch=$2
	shift 2
fi
if [[ ${1-} == -B ]]; then
	bind=$2:$3
	shift 3
fi
(($#)) || die "usage: $0 CMD..."
[[ -e $root/.key ]] || die "no root file system yet: scripts/rootfs.sh makes it"
# Held until CMD ends, so that nobody replaces the root file system under it.
exec 9>"$cache/lock/rootfs.use"
flock -sn 9 || {
	say "waiting for another run that makes the root file system"
	flock -s 9
}
here=$(pwd -P)
case $here/ in
"$tree"/*) here=/src${here#"$tree"} ;;
*) here=/src ;;
esac
touch "$cache/cargo/config.toml"
BTF_RECONCILE_DIR=$here BTF_RECONCILE_ARCH=$arch BTF_RECONCILE_BIND=$bind \
	exec "$tree/scripts/ns.sh" "$0" --inside "$@"
