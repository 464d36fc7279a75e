#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What the packages have, unpacked over the machine's root, used there.
#
# In:  MODULE  one whose BTF is for another kernel, and has no base
# Out: a line for each step
module=$1
program() {
	btf-reconcile check --brief "$module"
	echo "check: $?"
}
program
insmod "$module" 2>/dev/null
echo "without: $?"
# Now where modules are looked for, as Debian has it.
[ -e /lib ] || ln -s usr/lib /lib
xzcat "/lib/modules/$(uname -r)/extra/btf_reconcile.ko.xz" >/tmp/btf_reconcile.ko
insmod /tmp/btf_reconcile.ko
echo "btf_reconcile: $?"
insmod "$module"
echo "with: $?"
program
