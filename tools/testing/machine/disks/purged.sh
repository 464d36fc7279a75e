# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# All of ours gone again: the same files as where it never was.
apt-get -q --yes purge 'btf-reconcile*' | tee /tmp/got
! dpkg-query -W 2>/dev/null | grep btf-reconcile || fail "packages left"
! lsinitramfs "/boot/initrd.img-$NEW" | grep -i 'btf.reconcile' || fail "still in the initramfs"
files >/files
