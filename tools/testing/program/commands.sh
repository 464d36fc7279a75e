#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# What the program says of modules, and what it makes of them, in a form that two
# machines can be compared by.
#
# In:  PROGRAM DIR  DIR has modules (*.ko*) and kernels (*.vmlinux)
# Out: one line for each command, with its exit status, before what it wrote
cd "$2" || exit
for module in *.ko*; do
	for kernel in *.vmlinux; do
		echo "$module on $kernel"
		"$1" check --json --base "$kernel" "$module"
		echo "check: $?"
		rm -f /tmp/made
		"$1" reconcile --base "$kernel" -o /tmp/made "$module" 2>&1
		echo "reconcile: $?"
		[ ! -e /tmp/made ] || sha256sum </tmp/made
	done
done
