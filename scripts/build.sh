#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the kernel module and what goes into the virtual machine with it.
#
# In:  module KERNEL           the module alone
#      selftests KERNEL OTHER  the selftests for KERNEL, with modules that were
#                              compiled for OTHER
# Out: $out/RELEASE/vm, the tree that vm.sh lays over the machine's root:
#      /btf_reconcile.ko, /run_tests.sh, /demo.sh and what these need
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

release=$("$tree/scripts/kernel.sh" resolve "$2")
mkdir -p "$out/$release/vm"

build_selftests() {
	rm -rf "$out/$release/vm.selftests"
	"$tree/scripts/enter.sh" make -C /src/tools/testing/selftests install \
		O="/out/$release/selftests" KDIR="/cache/kernels/$release/build" \
		OTHER_KDIR="/usr/src/linux-headers-$other" \
		INSTALL_PATH="/out/$release/vm.selftests"
	# Whole or not at all, so that no test of yesterday runs.
	rm -rf "$out/$release/vm"
	mv "$out/$release/vm.selftests" "$out/$release/vm"
}

case $1 in
module)
	step build 20 "building btf_reconcile for $release" \
		"$tree/scripts/kbuild.sh" "$release" module modules
	;;
selftests)
	other=$("$tree/scripts/kernel.sh" resolve "$3")
	step selftests 60 "building the selftests for $release and $other" build_selftests
	;;
*) die "see the top of $0" ;;
esac
cp "$out/$release/module/btf_reconcile.ko" "$out/$release/vm/"
