# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the comparison and the measurements share: kernels and their modules,
# and how to build against the kernel source's own libbpf. To be sourced.
#
# In:  $tree, $cache, piece and the like, of scripts/lib.sh
# Out: the functions below

# shellcheck source=scripts/lib.sh
[[ -v tree ]] || . scripts/lib.sh

# build CRATE KERNEL: build a crate of this folder with the libbpf of KERNEL's
# source, which preparing that for modules has left behind.
build() {
	local release
	"$tree/scripts/rootfs.sh"
	release=$("$tree/scripts/kernel.sh" resolve "$2")
	"$tree/scripts/kernel.sh" prepare "$release" build
	step "build-$1" 90 "building $1" "$tree/scripts/enter.sh" \
		env LIBBPF_DIR="/cache/kernels/$release/build/tools/bpf/resolve_btfids/libbpf" \
		cargo build --release --locked --manifest-path "/src/tools/testing/$1/Cargo.toml"
}

# program: build btf-reconcile, which is then beside the crates.
program() {
	step build-program 60 "building btf-reconcile" "$tree/scripts/enter.sh" \
		cargo build --release --locked --manifest-path /src/tools/btf-reconcile/Cargo.toml
}

# distil RELEASE DIR: the modules of RELEASE, which are here already.
distil() {
	"$tree/scripts/enter.sh" /out/cargo/release/btf-corpus distil \
		"/usr/src/linux-headers-$1/vmlinux" "/cache/kernels/$1/modules" \
		"/cache${2#"$cache"}/modules"
}

# corpus KERNEL...: have the modules of all; sets $kernels to what the programs
# take for them. The first kernel's libbpf distils.
corpus() {
	local kernel release key distiller
	distiller=$("$tree/scripts/kernel.sh" version "$1")
	kernels=()
	for kernel; do
		release=$("$tree/scripts/kernel.sh" resolve "$kernel")
		key="$("$tree/scripts/kernel.sh" version "$release") by $distiller"
		"$tree/scripts/kernel.sh" prepare "$release" headers
		mkdir -p "$cache/corpus"
		if ! whole "$cache/corpus/$release" "$key"; then
			"$tree/scripts/kernel.sh" prepare "$release" modules
			piece "$cache/corpus/$release" "$key" "corpus-$release" 25 \
				"distilling the modules of $release" distil "$release"
		fi
		kernels+=("$release=/usr/src/linux-headers-$release/vmlinux=/cache/corpus/$release/modules")
	done
}
