# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash disable=SC2034
#
# What amd64 is called, and its virtual machine. To be sourced by arch.sh.

triplet=x86_64-linux-gnu
# What rustc calls it.
rust_machine=x86_64-unknown-linux-gnu
# The kernel's name of it.
srcarch=x86
# What its build makes for boot loaders.
image=bzImage
# What Debian has besides the plain kernel.
flavours=(-cloud)

emulator=qemu-system-x86
machine=(qemu-system-x86_64 -cpu max)
# The port of the kernel's log, and two more.
ports=(ttyS0 ttyS1 ttyS2)
# port CHARDEV: sets $port to what gives the machine its next one.
port() { port=(-serial "chardev:$1"); }
# With five levels of page tables an interrupt while the first processor's
# features are read looks like a wild access to KASAN.
debug_append=no5lvl
