#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the kernel module and what goes into the virtual machine with it.
#
# In:  module KERNEL           the module alone
#      selftests KERNEL OTHER  the selftests for KERNEL, with modules that were
#                              compiled for OTHER
#      demo KERNEL OTHER       the same without what takes long and the demo
#                              does not need
# Out: $out/RELEASE/vm, the tree that vm.sh lays over the machine's root:
#      /btf_reconcile.ko, /run_tests.sh, /demo.sh and what these need
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

release=$("$tree/scripts/kernel.sh" resolve "$2")
arch=$("$tree/scripts/kernel.sh" arch "$release")
mkdir -p "$out/$release/vm"

# build_selftests VAR=VALUE...
build_selftests() {
	rm -rf "$out/$release/vm.selftests"
	"$tree/scripts/enter.sh" -a "$arch" make -C /src/tools/testing/selftests install \
		O="/out/$release/selftests" KDIR="/cache/kernels/$release/build" \
		OTHER_KDIR="/usr/src/linux-headers-$other" "$@" \
		INSTALL_PATH="/out/$release/vm.selftests"
	# Whole or not at all, so that no test of yesterday runs.
	rm -rf "$out/$release/vm"
	mv "$out/$release/vm.selftests" "$out/$release/vm"
}

# The same release in another flavour, whose BTF has other ids and some other types.
flavour() {
	local base=${release%%[+-]*}
	case $release in
	*-cloud-*) echo "$base-$arch" ;;
	*) echo "$base-cloud-$arch" ;;
	esac
}

# Is it a kernel of Debian's, and none of our own?
is_debians() { [[ $release == *+* ]]; }

# What tests need besides: the program, another flavour's headers, and the kernel's
# own modules, if it is Debian's.
build_needs() {
	"$tree/scripts/kernel.sh" prepare "$(flavour)" headers
	"$tree/scripts/enter.sh" cargo build --quiet --release \
		--manifest-path /src/tools/btf-reconcile/Cargo.toml
	! is_debians || "$tree/scripts/kernel.sh" prepare "$release" modules
}

case $1 in
module)
	step build 20 "building btf_reconcile for $release" \
		"$tree/scripts/kbuild.sh" "$release" module modules
	;;
selftests)
	other=$("$tree/scripts/kernel.sh" resolve "$3")
	modules=/cache/kernels/$release/modules/usr/lib/modules/$release
	is_debians || modules=
	step selftests-needs 60 "building btf-reconcile" build_needs
	step selftests 60 "building the selftests for $release and $other" \
		build_selftests PROGRAM=/out/cargo/release/btf-reconcile MODULES="$modules" \
		FLAVOUR="/usr/src/linux-headers-$("$tree/scripts/kernel.sh" resolve "$(flavour)")"
	;;
demo)
	other=$("$tree/scripts/kernel.sh" resolve "$3")
	step selftests 60 "building the test modules for $release and $other" build_selftests
	;;
*) die "see the top of $0" ;;
esac
module=$out/$release/module/btf_reconcile.ko
if [[ $release == *-series ]]; then
	# Where it is built in there may be none.
	module=$cache/kernels/$release/build/kernel/bpf/btf_reconcile/btf_reconcile.ko
fi
[[ ! -e $module && $release == *-series ]] || cp "$module" "$out/$release/vm/"
