#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Whether btf-reconcile says and does the same on another machine as on this one,
# with modules and kernels of both.
#
# In:  KERNEL OTHER  of another architecture; its test modules have been built
# Out: KTAP
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$tree/tools/testing/scripts/lib/ktap.sh"

release=$("$tree/scripts/kernel.sh" resolve "$1")
arch=$("$tree/scripts/kernel.sh" arch "$release")
top=$out/$release/program
files=$top/files

# take KERNEL: its vmlinux, and three of its modules.
take() {
	local name kind
	name=$("$tree/scripts/kernel.sh" resolve "$1")
	kind=$("$tree/scripts/kernel.sh" arch "$name")
	"$tree/scripts/kernel.sh" prepare "$name" headers modules
	cp "$cache/kernels/$name/headers/usr/src/linux-headers-$name/vmlinux" \
		"$files/${name%%+*}-$kind.vmlinux"
	for module in 8021q overlay crc-itu-t; do
		find "$cache/kernels/$name/modules/usr/lib/modules" -name "$module.ko*" |
			while read -r file; do
				cp "$file" "$files/${name%%+*}-$kind-${file##*/}"
			done
	done
}

rm -rf "$top"
mkdir -p "$files"
take "$1"
take "$2"
take "${release%%[+-]*}"
cp "$out/$release"/vm/selftests/mods/cross/brt_{kfunc,dtor,ids}.ko "$files/"
"$tree/scripts/program.sh" "$arch" >&2
cp "$out/program/$arch/btf-reconcile" "$tree/tools/testing/program/commands.sh" "$top/"

here=$("$tree/scripts/enter.sh" sh "/out/$release/program/commands.sh" \
	/out/cargo/release/btf-reconcile "/out/$release/program/files")
there=$("$tree/scripts/vm.sh" -k "$release" -d "/out/$release/program" -t 600 \
	-l program sh /commands.sh /btf-reconcile /files)
modules=("$files"/*.ko*)
kernels=("$files"/*.vmlinux)

plan 4
expect "all was tried" $((${#modules[@]} * ${#kernels[@]} * 2)) \
	"$(grep -cE '^(check|reconcile): [0-9]+$' <<<"$here")"
expect "some modules are reconciled, some can't be, some are not read" "0 1 2" \
	"$(sed -n 's/^reconcile: //p' <<<"$here" | sort -u | paste -sd ' ')"
matches "a module of one machine is not checked on a kernel of the other" "$here" \
	'a module for x86-64 .* but the kernel is for arm64 ' \
	'a module for arm64 .* but the kernel is for x86-64 '
expect "on $arch it is all the same" "$here" "$there"
