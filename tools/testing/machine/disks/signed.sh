# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The module of make deb SIGN=KEY,CERT.
dpkg -i /srv/test/signed/*.deb
in_initramfs "$OLD" || fail "not in the initramfs"
modinfo -k "$OLD" -F signer btf_reconcile | grep -q 'test machine' || fail "not signed"
