# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Everything newer that there is, with two drivers kept for the newer kernel.
drivers
sources repo-new
apt-get -q --yes full-upgrade | tee /tmp/got
installed btf-reconcile "btf-reconcile-modules-$NEW" "linux-image-$NEW"
made /tmp/got "$NEW" 1
in_initramfs "$NEW" || fail "not in the initramfs"
# What will be lost is said before anybody reboots.
said=$(grep '^btf-reconcile: ' /tmp/got)
(($(wc -l <<<"$said") <= 5)) || fail "the hook says too much"
grep -q "brt_filter loses its BTF, 3 kfuncs" <<<"$said" || fail "the hook does not say what loses its BTF"
! grep -q 'brt_kfunc' <<<"$said" || fail "the hook names what loses nothing"
