# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the commands for several disks share. Read before each of them, in the
# machine; NEW and OLD are the releases of its kernels.

fail() { echo "FAILED: $*"; exit 1; }

# sources REPO: where apt finds ours, and the distribution's newer kernel.
sources() {
	mkdir -p /etc/apt/keyrings
	cp /srv/repo-new/key.asc /etc/apt/keyrings/btf-reconcile.asc
	cat >/etc/apt/sources.list <<-END
		deb [trusted=yes] file:/srv/debs ./
		deb [signed-by=/etc/apt/keyrings/btf-reconcile.asc] file:/srv/$1 trixie main
	END
	apt-get -q update
}

# get PACKAGE...: as a person would, who is asked nothing here.
get() { apt-get -q --yes --no-install-recommends install "$@"; }

# drivers: two modules that were made for the kernel before: one loaded in the
# initramfs, whose BTF has a base, and one without, loaded by systemd.
drivers() {
	install -Dm 644 /srv/test/old/brt_kfunc.ko "/lib/modules/$NEW/updates/brt_kfunc.ko"
	install -Dm 644 /srv/test/stale/brt_filter.ko "/lib/modules/$NEW/updates/brt_filter.ko"
	echo brt_kfunc >>/etc/initramfs-tools/modules
	echo brt_filter >/etc/modules-load.d/driver.conf
}

# installed PACKAGE...: and configured.
installed() {
	local package
	for package; do
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$package") == installed ]] ||
			fail "$package is not configured"
	done
}

# in_initramfs RELEASE: is btf_reconcile.ko there?
in_initramfs() { lsinitramfs "/boot/initrd.img-$1" | grep -q 'btf_reconcile\.ko'; }

# made OUTPUT RELEASE N: was the initramfs made as often?
made() {
	local times
	times=$(grep -c "Generating /boot/initrd.img-$2" "$1") || true
	((times == $3)) || fail "the initramfs of $2 was made $times times, expected $3"
}

# files: the names of all, without what grows by itself.
files() {
	find / -xdev \( -path /var/log -o -path /var/cache -o -path /var/lib/apt \
		-o -path /tmp -o -path /run -o -path /srv -o -path /proc -o -path /sys -o -path /dev \
		\) -prune -o -print | grep -v '^/var/lib/dpkg/[^/]*-old$' | sort
}
