# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The metapackage, as it was before there was the newer kernel.
sources repo-old
get btf-reconcile-modules-amd64 | tee /tmp/got
installed btf-reconcile "btf-reconcile-modules-$OLD"
made /tmp/got "$OLD" 1
in_initramfs "$OLD" || fail "not in the initramfs"
[[ ! -e /boot/vmlinuz-$NEW ]] || fail "a newer kernel came with it"
btf-reconcile --version
