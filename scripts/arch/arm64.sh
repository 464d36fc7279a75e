# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What arm64 is called, and its virtual machine. To be sourced by arch.sh.

triplet=aarch64-linux-gnu
# What rustc calls it.
rust_machine=aarch64-unknown-linux-gnu
# The kernel's name of it.
srcarch=arm64
# What its build makes for boot loaders.
image=Image
# What Debian has besides the plain kernel.
flavours=(-cloud -16k)

emulator=qemu-system-arm
# Tags of memory and signed pointers as the newest processors have them; the
# architecture's own cipher would take most of an emulator's time.
machine=(qemu-system-aarch64 -M "virt,gic-version=max,mte=on" -cpu "max,pauth-impdef=on")
# The port of the kernel's log, and two more: the board itself has too few.
ports=(ttyAMA0 ttyS0 ttyS1)
# port CHARDEV: sets $port to what gives the machine its next one.
port() {
	if [[ $1 == log ]]; then
		port=(-serial "chardev:$1")
	else
		port=(-device "pci-serial,chardev=$1")
	fi
}
debug_append=
