#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make the initramfs of a virtual machine. Runs in the root file system.
#
# In:  -o FILE     where to write it
#      -c FILE     the shell script that the machine runs
#      -d DIR      a directory tree to put into it (may come several times)
#      -a DIR      where programs are taken from, if not from the root file
#                  system itself
#      -p PORTS    the serial ports for the script's output and its status
#      -b PROGRAM  a program, with its libraries
#      -m MODULE   a module of the kernel's own, by name, to load at boot;
#                  with -k DIR, the unpacked modules package, and -r RELEASE
# Out: an uncompressed cpio archive (QEMU hands it over quicker than the
#      emulated processor could unpack it).
set -euo pipefail

dirs=() programs=() modules=() from=
while getopts o:c:a:p:d:b:m:k:r: option; do
	case $option in
	o) output=$OPTARG ;;
	c) command=$OPTARG ;;
	a) from=$OPTARG ;;
	p) ports=$OPTARG ;;
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
cp "$from/usr/bin/busybox" "$top/bin/busybox"
cp "$(dirname "$0")/init" "$top/init"
chmod 755 "$top/init"
cp "$command" "$top/etc/vm/command"
echo "$ports" >"$top/etc/vm/ports"

for program in "${programs[@]}"; do
	for dir in bin sbin; do
		[[ -e $from/usr/$dir/$program ]] || continue
		mkdir -p "$top/usr/$dir"
		cp "$from/usr/$dir/$program" "$top/usr/$dir/"
		bash "$(dirname "$0")/libraries.sh" "$from/usr/$dir/$program" "$top"
		break
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
