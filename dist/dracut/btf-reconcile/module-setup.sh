#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A module of dracut: put btf_reconcile into the initramfs, and load it before
# udev loads what the hardware needs.

# A kernel that it is not built for has to boot without.
check() {
	modinfo -k "${kernel:?}" btf_reconcile >/dev/null 2>&1
}

depends() {
	return 0
}

installkernel() {
	hostonly='' instmods btf_reconcile
}

install() {
	inst_hook cmdline 00 "${moddir:?}/load.sh"
}
