#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Install what loads btf_reconcile at boot, or remove it.
#
# In:  install    the files of this folder, and modprobe's lists anew
#      uninstall  these files, and the kernel module
#      files      the files alone, for packages
#      program BIN PAGES  the program, what its example "pages" has made, and what
#               builds of modules call
#      dkms       the kernel module's source, where DKMS looks for it
#      ZSH_DIR    where zsh looks for completions, below PREFIX (share/zsh/site-functions)
#      DESTDIR, PREFIX  where to (default /usr, where the programs look)
#      KDIR       the kernel's tree, for its release (for the first two)
# Out: nothing else is touched; images that were made with it stay as they are
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
prefix=${DESTDIR-}${PREFIX:-/usr}
units=lib/systemd/system
dracut=lib/dracut/modules.d/50btf-reconcile

# What goes where: mode, source, target.
files() {
	cat <<-END
		755 load $prefix/lib/btf-reconcile/load
		755 remake-initramfs $prefix/lib/btf-reconcile/remake-initramfs
		644 systemd/btf-reconcile.service $prefix/$units/btf-reconcile.service
		755 initramfs-tools/hooks/btf-reconcile $prefix/share/initramfs-tools/hooks/btf-reconcile
		755 initramfs-tools/scripts/init-top/btf-reconcile $prefix/share/initramfs-tools/scripts/init-top/btf-reconcile
		755 dracut/btf-reconcile/module-setup.sh $prefix/$dracut/module-setup.sh
		755 dracut/btf-reconcile/load.sh $prefix/$dracut/load.sh
		755 kernel/zz-btf-reconcile ${DESTDIR-}/etc/kernel/postinst.d/zz-btf-reconcile
		755 kernel/95-btf-reconcile.install $prefix/lib/kernel/install.d/95-btf-reconcile.install
	END
}

install_files() {
	local mode source target
	while read -r mode source target; do
		install -Dm "$mode" "$here/$source" "$target"
	done < <(files)
	# Wanted without asking systemctl, which is not there in every DESTDIR.
	[[ -z ${PREFIX-} ]] ||
		sed -i "s,/usr/lib/btf-reconcile,$PREFIX/lib/btf-reconcile," "$prefix/$units/btf-reconcile.service"
	mkdir -p "$prefix/$units/sysinit.target.wants"
	ln -sfn ../btf-reconcile.service "$prefix/$units/sysinit.target.wants/"
}

remove_files() {
	local target
	while read -r _ _ target; do
		rm -f "$target"
	done < <(files)
	rm -f "$prefix/$units/sysinit.target.wants/btf-reconcile.service"
	rmdir "$prefix/$dracut" "$prefix/lib/btf-reconcile" 2>/dev/null || true
}

# install_program BIN PAGES
install_program() {
	local name=btf-reconcile
	install -Dm 755 "$1" "$prefix/bin/$name"
	install -Dm 755 "$here/encode-modules" "$prefix/lib/$name/encode-modules"
	install -Dm 644 -t "$prefix/share/man/man1" "$2"/man/*.1
	install -Dm 644 "$2/completions/$name.bash" "$prefix/share/bash-completion/completions/$name"
	install -Dm 644 -t "$prefix/${ZSH_DIR:-share/zsh/site-functions}" "$2/completions/_$name"
	install -Dm 644 -t "$prefix/share/fish/vendor_completions.d" "$2/completions/$name.fish"
}

# What a build by dkms needs, and nothing that a build has left there.
dkms_source() {
	local tree=${here%/*} dir file version
	version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$tree/dkms.conf")
	dir=$prefix/src/btf-reconcile-$version
	cd "$tree"
	while read -r file; do
		install -Dm "$(stat -c %a "$file")" "$file" "$dir/$file"
	done < <(
		printf '%s\n' Makefile Kbuild dkms.conf scripts/{probe.sh,origin.sh,short-names.awk} dist/remake-initramfs
		find rust -name '*.rs' -o -name '*.[ch]' ! -name '*.mod.c' | grep -v _generated
	)
}

remove_module() {
	local updates=${DESTDIR-}/lib/modules/$1/updates
	rm -f "$updates"/btf_reconcile.ko*
	rmdir "$updates" 2>/dev/null || true
}

# modprobe's lists: the kernel's own install rule leaves them alone where there
# are only headers.
lists() {
	[[ ! -e ${DESTDIR-}/lib/modules/$1/modules.order ]] ||
		depmod -b "${DESTDIR:-/}" "$1"
}

# A running system's images are the administrator's to make again.
remind() {
	[[ -n ${DESTDIR-} ]] ||
		echo "now make the initramfs again: update-initramfs -u, or dracut --force"
}

case ${1-} in
files)
	install_files
	exit
	;;
program)
	install_program "$2" "$3"
	exit
	;;
dkms)
	dkms_source
	exit
	;;
install)
	release=$(<"$KDIR/include/config/kernel.release")
	install_files
	;;
uninstall)
	release=$(<"$KDIR/include/config/kernel.release")
	remove_files
	remove_module "$release"
	;;
*)
	echo "usage: $0 install|uninstall|files|program BIN PAGES|dkms" >&2
	exit 2
	;;
esac
lists "$release"
remind
