#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make the initramfs of a virtual machine. Runs in the root file system.
#
# In:  -o FILE     where to write it
#      -c FILE     the shell script that the machine runs
#      -d DIR      a directory tree to put into it (may come several times)
#      -b PROGRAM  a program of the root file system, with its libraries
#      -m MODULE   a module of the kernel's own, by name, to load at boot;
#                  with -k DIR, the unpacked modules package, and -r RELEASE
# Out: an uncompressed cpio archive (QEMU hands it over quicker than the
#      emulated processor could unpack it).
set -euo pipefail

dirs=() programs=() modules=()
while getopts o:c:d:b:m:k:r: option; do
	case $option in
	o) output=$OPTARG ;;
	c) command=$OPTARG ;;
	d) dirs+=("$OPTARG") ;;
	b) programs+=("$OPTARG") ;;
	m) modules+=("$OPTARG") ;;
	k) package=$OPTARG ;;
	r) release=$OPTARG ;;
	*) exit 2 ;;
	esac
done

top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
chmod 755 "$top"
mkdir -p "$top"/{bin,etc/vm}
cp "$(command -v busybox)" "$top/bin/busybox"
cp "$(dirname "$0")/init" "$top/init"
chmod 755 "$top/init"
cp "$command" "$top/etc/vm/command"

for program in "${programs[@]}"; do
	file=$(command -v "$program")
	{
		echo "$file"
		ldd "$file" 2>/dev/null | grep -o '/[^ ]*' || true
	} | while read -r file; do
		mkdir -p "$top$(dirname "$file")"
		cp -Lu "$file" "$top$file"
	done
done

: >"$top/etc/vm/modules"
for module in "${modules[@]}"; do
	modprobe -d "$package/usr" -S "$release" --show-depends "$module" |
		awk '$1 == "insmod" { print $2 }'
done | awk '!seen[$0]++' | while read -r file; do
	name=$(basename "$file" .xz)
	mkdir -p "$top/lib/modules"
	xz -dc "$file" >"$top/lib/modules/$name"
	echo "/lib/modules/$name" >>"$top/etc/vm/modules"
done

for dir in "${dirs[@]}"; do
	cp -a "$dir/." "$top/"
done
(cd "$top" && find . -print0 | cpio --quiet -0 -o -H newc -R 0:0) >"$output"
