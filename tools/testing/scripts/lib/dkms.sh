#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Let dkms install the module for one kernel. Runs in the root file system.
#
# In:  DKMS     folder with the unpacked package
#      RELEASE  the kernel
#      CASE     whole: its tree as prepared; headers: as the headers package
#               has it; norust: with CONFIG_RUST off
# Out: what dkms says, its status if not 0, its log, and the modules it has installed
set -euo pipefail
dkms=$1 release=$2 case=$3

top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
mkdir -p "$top"/{tree,modules/"$release"}
DESTDIR=$top /src/dist/install.sh dkms
kdir=/cache/kernels/$release/build
case $case in
headers) kdir=/usr/src/linux-headers-$release ;;
norust)
	mkdir "$top/kdir"
	cp -r "$kdir"/{Makefile,.config,include} "$top/kdir/"
	sed -i '/^CONFIG_RUST=y/d' "$top"/kdir/{.config,include/config/auto.conf}
	kdir=$top/kdir
	;;
esac
ln -s "$kdir" "$top/modules/$release/build"
PATH=$dkms/usr/sbin:$PATH bash "$dkms/usr/sbin/dkms" install btf-reconcile/0.1 -k "$release" \
	--dkmstree "$top/tree" --sourcetree "$top/usr/src" --installtree "$top/modules" || echo "exit $?"
cat "$top"/tree/btf-reconcile/0.1/build/make.log 2>/dev/null || true
find "$top/modules" -name '*.ko*'
