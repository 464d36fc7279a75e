#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Can btf_reconcile be built in this kernel tree? Says what is missing.
#
# In:  KDIR   an output tree of a kernel's build
#      RUSTC, BINDGEN  the programs, where not the usual ones
# Out: one line for each thing that it lacks, with what to do; status 1 then
set -euo pipefail

(($# == 1)) || { echo "usage: $0 KDIR" >&2; exit 2; }
kdir=$1
rustc=${RUSTC:-rustc} bindgen=${BINDGEN:-bindgen}
lacking=0

lacks() {
	echo "$kdir: $1" >&2
	lacking=1
}

# config NAME: is it set to y?
config() { grep -qx "CONFIG_$1=y" "$kdir/.config"; }

# value NAME
value() { sed -n "s/^CONFIG_$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}$/\1/p" "$kdir/.config"; }

# want NAME WHY: a kernel that lacks it has to be configured and built anew.
want() {
	config "$1" || lacks "CONFIG_$1 is not set: $2"
}

metadata() {
	local file
	for file in libcore.rmeta libkernel.rmeta libbindings.rmeta libmacros.so; do
		[[ -e $kdir/rust/$file ]] && continue
		lacks "no Rust metadata (rust/$file): run 'make O=$kdir modules_prepare' in the kernel's source; distributions' headers packages leave it out, see 'make run' for Debian's kernels"
		return
	done
}

compiler() {
	local built here
	built=$(value RUSTC_VERSION)
	if ! command -v "$rustc" >/dev/null; then
		lacks "no $rustc: install Rust $(version "$built"), or name it by RUSTC="
		return
	fi
	here=$("$rustc" --version | sed -E 's/^rustc ([0-9]+)\.([0-9]+)\.([0-9]+).*/\1 \2 \3/')
	# shellcheck disable=SC2086 # three words
	here=$(printf '%d%03d%02d' $here)
	[[ $here == "$built" ]] ||
		lacks "built with rustc $(version "$built"), but $rustc is $(version "$here"): metadata of one cannot be read by the other"
}

# version 108501: 1.85.1
version() { echo "$(($1 / 100000)).$(($1 / 100 % 1000)).$(($1 % 100))"; }

if [[ ! -e $kdir/Makefile ]]; then
	lacks "no kernel tree: install your kernel's headers, or give another KDIR="
elif [[ ! -e $kdir/.config ]]; then
	lacks "not configured: give the output tree of the kernel's build"
else
	want MODULES "the kernel takes no modules"
	want KALLSYMS "id slots are found by the modules' symbols"
	want DEBUG_INFO_BTF "the kernel has no BTF to reconcile with"
	if config DEBUG_INFO_BTF; then
		want DEBUG_INFO_BTF_MODULES "the kernel does not read modules' BTF"
		[[ -e $kdir/vmlinux ]] ||
			echo "$kdir: note: no vmlinux, so the module itself gets no BTF; it works without" >&2
	fi
	want RUST "the kernel was built without Rust"
	if config RUST; then
		metadata
		compiler
		command -v "$bindgen" >/dev/null ||
			lacks "no $bindgen: install bindgen $(value BINDGEN_VERSION_TEXT | sed 's/^bindgen //'), or name it by BINDGEN="
	fi
fi
exit "$lacking"
