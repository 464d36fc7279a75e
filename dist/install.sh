#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Install what loads btf_reconcile at boot, or remove it.
#
# In:  install    the files of this folder
#      uninstall  these, and the kernel module
#      DESTDIR, PREFIX  where to (default /usr, where the programs look)
#      KDIR       the kernel's tree, for its release
# Out: nothing else is touched; images that were made with it stay as they are
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
prefix=${DESTDIR-}${PREFIX:-/usr}
release=$(<"$KDIR/include/config/kernel.release")

# What goes where: mode, source, target.
files() {
	cat <<-END
		644 modules-load.d/btf-reconcile.conf lib/modules-load.d/btf-reconcile.conf
		755 initramfs-tools/hooks/btf-reconcile share/initramfs-tools/hooks/btf-reconcile
		755 initramfs-tools/scripts/init-top/btf-reconcile share/initramfs-tools/scripts/init-top/btf-reconcile
		755 dracut/btf-reconcile/module-setup.sh lib/dracut/modules.d/50btf-reconcile/module-setup.sh
		755 dracut/btf-reconcile/load.sh lib/dracut/modules.d/50btf-reconcile/load.sh
	END
}

# modprobe's lists: the kernel's own install rule leaves them alone where there
# are only headers.
lists() {
	[[ ! -e ${DESTDIR-}/lib/modules/$release/modules.order ]] ||
		depmod -b "${DESTDIR:-/}" "$release"
}

# A running system's images are the administrator's to make again.
remind() {
	[[ -n ${DESTDIR-} ]] ||
		echo "now make the initramfs again: update-initramfs -u, or dracut --force"
}

case ${1-} in
install)
	while read -r mode source target; do
		install -Dm "$mode" "$here/$source" "$prefix/$target"
	done < <(files)
	lists
	remind
	;;
uninstall)
	while read -r _ _ target; do
		rm -f "$prefix/$target"
	done < <(files)
	updates=${DESTDIR-}/lib/modules/$release/updates
	rm -f "$updates"/btf_reconcile.ko*
	rmdir "$prefix/lib/dracut/modules.d/50btf-reconcile" "$updates" 2>/dev/null || true
	lists
	remind
	;;
*)
	echo "usage: $0 install|uninstall" >&2
	exit 2
	;;
esac
