#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make what the machine needs. Runs inside the Debian 13 root file system.
#
# In:  KDIR  build folder or headers package of the kernel
#      OUT   where everything goes
#      MAKE VAR=VALUE...  what make needs besides
# Out: OUT/overlay/mainline  modules, lists of them, brt, vm.sh
set -euo pipefail
src=$(cd "$(dirname "$0")" && pwd -P)
kdir=$1 out=$2
shift 2
top=$out/overlay/mainline
# shellcheck source=scripts/arch.sh
. "$src/../../../scripts/arch.sh"
use_arch "$(<"$kdir/include/config/kernel.release")"
export PYTHONDONTWRITEBYTECODE=1 CROSS_COMPILE=$cross
export PYTHONPATH=$src/lib:$src/../selftests/forms
unset MAKEFLAGS MAKEOVERRIDES O

# kbuild SOURCE DIR VAR=VALUE...
kbuild() {
	mkdir -p "$out/$2"
	make -s -C "$kdir" M="$src/$1" MO="$out/$2" -j"$(nproc)" ARCH="$srcarch" "${@:3}" modules
}

rm -rf "$out/overlay"
mkdir -p "$top"
kbuild mods mods "$@" CONFIG_DEBUG_INFO_BTF_MODULES=
kbuild ../selftests/mods selftests "$@" obj-m="brt_ids.o brt_kfunc.o"
mkdir -p "$out/modules"
for ko in "$out"/mods/carrier.ko "$out"/selftests/brt_{ids,kfunc}.ko; do
	"${cross}objcopy" --strip-debug "$ko" "$out/modules/${ko##*/}"
done
python3 "$src/make.py" "$kdir/vmlinux" "$out/modules" "$top"
"${cross}gcc" -O2 -Wno-sign-compare -s -o "$top/brt" "$src"/../selftests/user/*.c \
	-l:libbpf.a -lelf -lz
bash "$src/../../../scripts/libraries.sh" "$top/brt" "$out/overlay"
cp "$src/vm.sh" "$top/"
