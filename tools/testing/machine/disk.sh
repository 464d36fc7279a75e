#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Change a machine's file system as its administrator would, and make a disk of
# it. Runs in the root file system.
#
# In:  DISK FROM COMMANDS  the names of this disk and of the one that it starts
#                          from (base: the machine as it is), and a file of
#                          commands for the machine's own bash
#      /srv there has what COMMANDS may need: repo-old, repo-new and debs, where
#      packages are, and modules
# Out: /out/machine/DISK/upper, what has changed; output, what the commands said;
#      image, which may go when it has been booted; and in boot/ the kernels and initramfs
set -euo pipefail
disk=$1 from=$2 commands=$3
all=/out/machine
work=$all/$disk

# The layers that it lies on, topmost first.
lower=/cache/machine/root
[[ $from == base ]] || lower=$all/$from/upper:$(<"$all/$from/lower")
rm -rf "$work"
mkdir -p "$work"/{upper,work,root,boot}
echo "$lower" >"$work/lower"
# In a user namespace trusted attributes can't be set.
options=lowerdir=$lower,upperdir=$work/upper,workdir=$work/work
[[ $(</proc/self/uid_map) =~ 4294967295 ]] || options+=,userxattr
mount -t overlay overlay "$work/root" -o "$options"
mkdir -p "$work/root/srv"
mount -t tmpfs tmpfs "$work/root/srv"
mkdir "$work"/root/srv/{repo-old,repo-new,debs,test}
mount --bind "$all/repo-old" "$work/root/srv/repo-old"
mount --bind "$all/repo-new" "$work/root/srv/repo-new"
mount --bind "$all/debs" "$work/root/srv/debs"
mount --bind "$all/test" "$work/root/srv/test"
for dir in proc dev sys; do
	mount --rbind "/$dir" "$work/root/$dir"
done
mount -t tmpfs tmpfs "$work/root/tmp"
mount -t tmpfs tmpfs "$work/root/run"
cp "$commands" "$work/root/tmp/commands"
# Booted, it reports and switches itself off.
here=$(dirname "$0")
install -Dm 755 "$here/report" "$work/root/usr/local/sbin/report"
install -Dm 644 "$here/report.service" "$work/root/etc/systemd/system/report.service"
mkdir -p "$work/root/etc/systemd/system/multi-user.target.wants"
ln -sf ../report.service "$work/root/etc/systemd/system/multi-user.target.wants/"

status=0
chroot "$work/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin HOME=/root LC_ALL=C.UTF-8 \
	DEBIAN_FRONTEND=noninteractive bash -eu /tmp/commands \
	>"$work/output" 2>&1 </dev/null || status=$?
# What was started there may not have ended yet, and holds a terminal.
umount -R -l "$work"/root/{proc,dev,sys,tmp,run,srv}
((status == 0)) || { tail -n 30 "$work/output"; exit "$status"; }

cp "$work"/root/boot/{vmlinuz,initrd.img}-* "$work/boot/" 2>/dev/null || true
mke2fs -q -F -t ext4 -d "$work/root" "$work/image" 4G
umount "$work/root"
touch "$work/made"
