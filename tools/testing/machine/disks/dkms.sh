# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Headers without Rust metadata come first, and later the metadata.
drivers
sources repo-new
get btf-reconcile-dkms 2>&1 | tee /tmp/got
installed btf-reconcile btf-reconcile-dkms
grep -q "no Rust metadata.*linux-headers-rust-$OLD" /tmp/got || fail "nobody says what is missing"
get "linux-image-$NEW" "linux-headers-$NEW" 2>&1 | tee /tmp/got
installed "linux-image-$NEW" "linux-headers-$NEW"
[[ -e /boot/initrd.img-$NEW ]] || fail "no initramfs"
! in_initramfs "$NEW" || fail "a module that nobody has built"
get "linux-headers-rust-$NEW" 2>&1 | tee /tmp/got
installed "linux-headers-rust-$NEW" "linux-kbuild-rust-${NEW%%-*}"
dkms status | tee -a /tmp/got
grep -q "btf-reconcile/[0-9.]*, $NEW, x86_64: installed" /tmp/got || fail "dkms has not installed it"
in_initramfs "$NEW" || fail "not in the initramfs"
made /tmp/got "$NEW" 1
log=(/var/lib/dkms/btf-reconcile/*/"$NEW"/x86_64/log/make.log)
[[ -s ${log[0]} ]] || fail "no log of the build"
! grep -iE 'symbol name too long|Failed to run rustfmt|sign-file:|SSL error' /tmp/got "${log[0]}" ||
	fail "messages that frighten"
