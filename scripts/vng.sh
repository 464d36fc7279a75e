#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run a command inside the root file system where there is virtme-ng, too.
#
# In:  CMD...  what enter.sh takes
# Out: its exit status
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

packages=(virtme-ng iproute2 python3-argcomplete python3-requests)
status=$cache/rootfs/var/lib/dpkg/status

fetch_vng() {
	# A copy, since apt locks what is beside it.
	mkdir "$1/dpkg"
	cp "$status" "$1/dpkg/status"
	"$tree/scripts/packages.sh" complete "$1" "$1/dpkg/status" "${packages[@]}"
	rm -r "$1/dpkg" "$1/usr/share/doc"
	# What a whole system has: this, and something that calls the ports as udev does, but
	# wants less of the kernel.
	ln -s ../bin/busybox "$1/usr/sbin/poweroff"
	cat >"$1/usr/sbin/udevd" <<-'END'
		#!/bin/sh
		mkdir -p /dev/virtio-ports
		for port in /sys/class/virtio-ports/*; do
			# The name comes a little after the port.
			until name=$(cat "$port/name" 2>/dev/null); do
				sleep 0.1
			done
			ln -s "../${port##*/}" "/dev/virtio-ports/$name"
		done
	END
	printf '#!/bin/sh\n' >"$1/usr/sbin/udevadm"
	chmod +x "$1"/usr/sbin/udev*
}

"$tree/scripts/rootfs.sh"
piece "$cache/vng" "$(hash_of "$0" "$status" </dev/null)" vng 15 "fetching virtme-ng" fetch_vng
# shellcheck disable=SC2016 # The arguments are the inner shell's.
exec "$tree/scripts/enter.sh" bash -ec '
	mount -t overlay overlay -o "lowerdir=$1/usr:/usr" /usr
	exec "${@:2}"' \
	bash /cache/vng "$@"
