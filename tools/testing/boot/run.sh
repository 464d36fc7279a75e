#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A stale module in the initramfs, loaded at boot: the kernel refuses it, but
# not once btf_reconcile is installed; and is as before when that is removed.
# The initramfs are made by Debian's initramfs-tools and dracut.
#
# In:  KERNEL  for which the selftests have been built
# Out: KTAP
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$tree/tools/testing/scripts/lib/ktap.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

packages=(initramfs-tools-core initramfs-tools-bin klibc-utils libklibc
	logsave udev dracut-install dracut-core e2fsprogs libext2fs2t64 libss2
	busybox-static libsystemd-shared)
release=$("$tree/scripts/kernel.sh" resolve "$1")
use_arch "$release"
stale=/out/$release/vm/selftests/mods/stale/brt_kfunc.ko
fetch_tools() { "$tree/scripts/packages.sh" fetch "$1" "${packages[@]}"; }
piece "$cache/boot-tools" "${packages[*]}" boot-tools 3 \
	"fetching initramfs-tools and dracut" fetch_tools
work=$(mktemp -d "$out/boot.XXXXXX")
trap 'rm -rf "$work"' EXIT

# image TOOL INSTALL
image() {
	"$tree/scripts/enter.sh" bash /src/tools/testing/boot/image.sh \
		/cache/boot-tools "$1" "$2" "$release" "/out/$release/module" \
		"$stale" "${ports[1]}" "/out/${work##*/}/image" >"$out/log/boot-$1-$2.log" 2>&1
}

# boot NAME: what the report said.
boot() {
	local name serial=()
	for name in log report; do
		port "$name"
		serial+=("${port[@]}")
	done
	timeout --foreground -k 5 300 "$tree/scripts/enter.sh" "${machine[@]}" \
		-accel tcg,thread=multi -smp 2 -m 1G -nodefaults \
		-display none -no-reboot \
		-kernel "/cache/kernels/$release/vmlinuz/vmlinuz" \
		-initrd "/out/${work##*/}/image" \
		-append "console=${ports[0]} panic=-1 loglevel=7" \
		-chardev "file,id=log,path=/out/$1.log" \
		-chardev "file,id=report,path=/out/${work##*/}/report" \
		"${serial[@]}" </dev/null >/dev/null 2>&1 || true
	tr -d '\r' <"$work/report" | sed 's/^\[[^]]*\] //'
}

# said TOOL INSTALL WANT: the report's lines, each to match one of WANT's.
said() {
	local got line
	if ! image "$1" "$2"; then
		tail -n 20 "$out/log/boot-$1-$2.log"
		expect "$1, $2: an image" "made" "not made"
		return
	fi
	got=$(boot "boot-$1-$2")
	while read -r line; do
		if ! grep -qE "$line" <<<"$got"; then
			expect "$1: btf_reconcile installed: $2" "$3" "$got"
			return
		fi
	done <<<"$3"
	expect "$1: btf_reconcile installed: $2" y y
}

refused=$'^brt_kfunc has not loaded$\nfailed to validate module .brt_kfunc. BTF\n^end$'
helped=$'^brt_kfunc has loaded$\nbtf_reconcile: brt_kfunc: .*withheld\n^end$'
plan 6
for tool in initramfs-tools dracut; do
	said $tool no "$refused"
	said $tool yes "$helped"
	said $tool removed "$refused"
done
