#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make an initramfs as an administrator would: `make install`, then the
# distribution's own tool. Runs in the root file system.
#
# In:  TOOLS    folder with the unpacked packages of the tools
#      TOOL     initramfs-tools or dracut
#      INSTALL  yes: with btf_reconcile installed; removed: installed and
#               uninstalled again; no
#      RELEASE  the kernel
#      BUILT    folder with btf_reconcile as it was built for it
#      STALE    a module that the initramfs is to load
#      PORT     a serial port
#      IMAGE    where to write it
# Out: IMAGE. Booted, it tells on PORT what became of the module, and what the
#      kernel's log has to say, and switches the machine off.
set -euo pipefail

# In a copy of the root file system that is gone afterwards.
if [[ $1 != --inside ]]; then
	top=$(mktemp -d)
	mount -t tmpfs tmpfs "$top"
	mkdir "$top"/{upper,work,root}
	mount -t overlay overlay "$top/root" \
		-o "lowerdir=$1:/,upperdir=$top/upper,workdir=$top/work"
	shift
	for dir in proc dev sys src cache out; do
		mount --rbind "/$dir" "$top/root/$dir"
	done
	mount -t tmpfs tmpfs "$top/root/tmp"
	exec chroot "$top/root" bash /src/tools/testing/boot/image.sh --inside "$@"
fi
shift
tool=$1 install=$2 release=$3 built=$4 stale=$5 port=$6 image=$7
name=$(basename "$stale" .ko)
make=(make -C /src KDIR="/cache/kernels/$release/build" MO="$built")

# None of the kernel's own modules is needed, but the lists of them are read.
mkdir -p "/lib/modules/$release/extra"
touch "/lib/modules/$release"/modules.{builtin,builtin.modinfo,order}
cp "$stale" "/lib/modules/$release/extra/"
case $install in
yes) "${make[@]}" install ;;
removed)
	find /usr /etc ! -type d | sort >/tmp/before
	"${make[@]}" install
	"${make[@]}" uninstall
	# depmod's lists were not there before, and nothing else may be left.
	find /usr /etc ! -type d | sort | grep -v '/modules\.[a-z.]*$' |
		comm -13 /tmp/before - >/tmp/left
	[[ ! -s /tmp/left ]] || { echo "left behind:"; cat /tmp/left; exit 1; }
	;;
esac
depmod "$release"

cat >/tmp/report <<-END
	#!/bin/sh
	[ "\${1-}" != prereqs ] || exit 0
	{
		if [ -d /sys/module/$name ]; then
			echo "$name has loaded"
		else
			echo "$name has not loaded"
		fi
		dmesg | grep -E 'btf_reconcile: |failed to validate'
		echo end
	} >/dev/$port 2>&1
	busybox poweroff -f
END
chmod +x /tmp/report
case $tool in
initramfs-tools)
	cd /etc/initramfs-tools
	echo "$name" >>modules
	mkdir -p conf.d scripts/init-premount
	printf 'MODULES=list\nBUSYBOX=y\nRESUME=none\nCOMPRESS=gzip\nFSTYPE=ext4\n' >conf.d/test
	cp /tmp/report scripts/init-premount/report
	mkinitramfs -o "$image" "$release"
	;;
dracut)
	cd /usr/lib/dracut/modules.d
	mkdir 99report
	mv /tmp/report 99report/report.sh
	# There is no root file system to go on to.
	echo 'root=none rootok=1' >99report/root.sh
	cat >99report/module-setup.sh <<-'END'
		install() {
			inst_multiple busybox grep
			inst_hook cmdline 99 "$moddir/root.sh"
			inst_hook pre-trigger 99 "$moddir/report.sh"
		}
	END
	modules="base report kernel-modules"
	[[ ! -d 50btf-reconcile ]] || modules+=" btf-reconcile"
	dracut --force --no-hostonly --modules "$modules" --force-drivers "$name" \
		--filesystems '' --gzip "$image" "$release"
	;;
esac
