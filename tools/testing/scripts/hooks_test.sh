#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Are the hooks for kernels put where they are looked for, and do they let every
# kernel be installed?
#
# In:  nothing: root folder and program are made-up ones
# Out: KTAP
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$here/lib/ktap.sh"

tree=$here/../../..
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
root="$top/a root"
mkdir -p "$top/bin" "$top/tree/include/config"
echo 1.2.3 >"$top/tree/include/config/kernel.release"
cat >"$top/bin/btf-reconcile" <<-'END'
	#!/bin/sh
	printf '<%s>' "$@"
	echo
	echo "an error" >&2
	exit "${STATUS:-0}"
END
chmod 755 "$top/bin/btf-reconcile"

install_sh() { DESTDIR=$root KDIR=$top/tree "$tree/dist/install.sh" "$@"; }
hook() { PATH=$top/bin:$PATH "$root/etc/kernel/postinst.d/zz-btf-reconcile" "$@" 2>&1; }
# plugin ARGUMENT...: as it would be if the made-up root folder were this machine's.
plugin() {
	sed "s, /etc , '$root/etc' ,; s, /usr/lib;, '$root/usr/lib';,; s,\([= ]\)/etc/,\1'$root'/etc/," \
		"$root/usr/lib/kernel/install.d/95-btf-reconcile.install" >"$top/plugin"
	PATH=$top/bin:$PATH sh "$top/plugin" "$@" 2>&1
}

plan 16
install_sh files
expect "both are there, to be run" \
	"755 etc/kernel/postinst.d/zz-btf-reconcile
755 usr/lib/kernel/install.d/95-btf-reconcile.install" \
	"$(cd "$root" && find . -path '*kernel*' -type f -printf '%m %P\n' | sort)"
asked='<doctor><--brief><--out-of-tree><--kernel=1.2 3>'
expect "the hook has the program look at that kernel" "$asked" "$(hook "1.2 3" /boot/vmlinuz)"
for status in 1 2 139; do
	expect "and does not fail by it: $status" "$asked 0" \
		"$(STATUS=$status hook "1.2 3") $?"
done
expect "nothing without a release" "" "$(hook)"
rm "$top/bin/btf-reconcile"
expect "nor without the program" " 0" "$(hook 1.2.3) $?"
cat >"$root/etc/kernel/postinst.d/zz-btf-reconcile" <<-'END'
	#!/bin/sh
	echo "hook $1"
	exit 1
END
expect "the plugin runs the hook" "hook 1.2.3 0" "$(plugin add 1.2.3 /boot/x /boot/vmlinuz) $?"
expect "not for a kernel that goes" " 0" "$(plugin remove 1.2.3) $?"
expect "not where dpkg's kernels do" "" "$(DPKG_MAINTSCRIPT_PACKAGE=linux-image-1.2.3 plugin add 1.2.3)"
install -m 755 /dev/null "$root/usr/lib/kernel/install.d/95-kernel-hooks.install"
expect "not where another plugin does" "" "$(plugin add 1.2.3)"
mkdir -p "$root/etc/kernel/install.d"
ln -s /dev/null "$root/etc/kernel/install.d/95-kernel-hooks.install"
expect "unless that is masked" "hook 1.2.3" "$(plugin add 1.2.3)"
rm -r "$root"/{etc,usr/lib}/kernel/install.d/95-kernel-hooks.install "$root/etc/kernel/install.d"
install -m 755 /dev/null "$root/etc/kernel/postinst.d/zz-systemd-boot"
expect "not where kernel-install is called by a hook beside it" "" "$(plugin add 1.2.3)"
rm "$root/etc/kernel/postinst.d/zz-systemd-boot"
expect "and again without that" "hook 1.2.3" "$(plugin add 1.2.3)"
chmod 644 "$root/etc/kernel/postinst.d/zz-btf-reconcile"
expect "not where it is switched off" " 0" "$(plugin add 1.2.3) $?"
install_sh uninstall
expect "both go again" "" "$(cd "$root" && find . -type f)"
