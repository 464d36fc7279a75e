#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Can btf_reconcile be built in this kernel tree? Says what is missing.
#
# In:  KDIR   an output tree of a kernel's build, or a package of its headers
#      RUSTC, BINDGEN  the programs, where not the usual ones
# Out: one line for each thing that it lacks, with what to do; status 1 then
set -euo pipefail
# shellcheck source=scripts/origin.sh
. "$(dirname "$0")/origin.sh"

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
	local file files=(rust/lib{core,compiler_builtins,ffi,build_error,bindings,uapi,pin_init,kernel}.rmeta
		rust/lib{macros,pin_init_internal}.so)
	# Where the compiler has no target of its own that fits.
	! config X86_64 || files+=(scripts/target.json)
	for file in "${files[@]}"; do
		[[ -e $kdir/$file ]] && continue
		lacks "no Rust metadata ($file): $(metadata_cure)"
		return
	done
}

# left_out PACKAGE
left_out() {
	echo "the package $1 leaves it out, and the distribution has to ship it;" \
		"a kernel of your own has it in the folder where it was built"
}

# Nobody is told to run make in a folder that belongs to a package: it would be
# undone by the next update, and other packages look into it, too.
metadata_cure() {
	local source origin
	origin=$(origin_of "$kdir")
	case $origin in
	debian)
		echo "install linux-headers-rust-$release, or the module itself, prebuilt:" \
			"apt install btf-reconcile-modules-$release"
		;;
	package:linux-headers-*)
		if is_ubuntu; then
			echo "install linux-lib-rust-$release"
		else
			left_out "${origin#*:}"
		fi
		;;
	package:*) left_out "${origin#*:}" ;;
	*)
		if source=$(source_of "$kdir"); then
			[[ $source == "$(readlink -f "$kdir")" ]] || source+=" O=$kdir"
			echo "run 'make -C $source rustavailable modules_prepare'"
		else
			echo "give KDIR= the folder where the kernel was built; a copy of its headers is not enough"
		fi
		;;
	esac
}

# number COMMAND: the version of a rustc, as the kernel's configuration has it.
number() {
	local text
	text=$("$1" --version | sed -nE 's/^rustc ([0-9]+)\.([0-9]+)\.([0-9]+).*/\1 \2 \3/p')
	# shellcheck disable=SC2086 # three words
	[[ -z $text ]] || printf '%d%03d%02d' $text
}

# Where rustc BUILT is, in a few words.
compiler_cure() {
	local other suite text
	text=$(version "$1")
	while read -r other; do
		if [[ $(number "$other") == "$1" ]]; then
			echo "give RUSTC=$other"
			return
		fi
	done < <(type -aP rustc "rustc-${text%.*}" || true)
	if [[ $(origin_of "$kdir") == debian ]]; then
		# Without the library, apt does not take back a newer one.
		suite=$(suite_of "$release")
		echo "apt install rustc/$suite libstd-rust-dev/$suite, not those of backports"
	else
		echo "install Rust $text, or name it by RUSTC="
	fi
}

compiler() {
	local built here
	built=$(value RUSTC_VERSION)
	if ! command -v "$rustc" >/dev/null; then
		lacks "no $rustc, built with $(version "$built"): $(compiler_cure "$built")"
		return
	fi
	here=$(number "$rustc")
	[[ $here == "$built" ]] ||
		lacks "built with rustc $(version "$built"), but $rustc is $(version "${here:-0}") and can't read its metadata: $(compiler_cure "$built")"
}

# No bindgen: any that the kernel takes will do.
generator() {
	local text
	command -v "$bindgen" >/dev/null && return
	text=$(value BINDGEN_VERSION_TEXT | sed 's/^bindgen //')
	if [[ $(origin_of "$kdir") == debian ]]; then
		lacks "no $bindgen: apt install bindgen"
	else
		lacks "no $bindgen: install bindgen $text, or name it by BINDGEN="
	fi
}

# version 108501: 1.85.1
version() { echo "$(($1 / 100000)).$(($1 / 100 % 1000)).$(($1 % 100))"; }

release=$(release_of "$kdir")
if [[ ! -e $kdir/Makefile && $release == *+deb* ]]; then
	lacks "no kernel tree: apt install linux-headers-$release, or the module itself, prebuilt: apt install btf-reconcile-modules-$release"
elif [[ ! -e $kdir/Makefile ]]; then
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
		generator
	fi
fi
exit "$lacking"
