#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run all tests, see btf_reconcile_tests/run-in-vm.sh, as kselftest calls one.

dir=$(cd "$(dirname "$0")" && pwd)/btf_reconcile_tests
if [ "$(id -u)" != 0 ] || [ ! -e "$dir/run-in-vm.sh" ]; then
	echo "1..0 # SKIP wants root, and to be built with OTHER_KDIR"
	exit 4
fi
module=$(modinfo -n btf_reconcile 2>/dev/null)
exec sh "$dir/run-in-vm.sh" "${module:-/btf_reconcile.ko}" "$@"
