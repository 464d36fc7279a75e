#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does scripts/probe.sh name what a kernel tree lacks?
#
# In:  nothing: the trees are made up
# Out: KTAP
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$here/lib/ktap.sh"

top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
mkdir "$top/bin"
for tool in rustc:"rustc 1.85.1 (4eb161250 2025-03-15)" bindgen:"bindgen 0.71.1"; do
	printf '#!/bin/sh\necho "%s"\n' "${tool#*:}" >"$top/bin/${tool%%:*}"
	chmod +x "$top/bin/${tool%%:*}"
done

# fresh: a tree that lacks nothing.
fresh() {
	rm -rf "$top/k"
	mkdir -p "$top/k/rust"
	touch "$top/k"/{Makefile,vmlinux} \
		"$top/k/rust"/lib{core,kernel,bindings}.rmeta "$top/k/rust/libmacros.so"
	cat >"$top/k/.config" <<-END
		CONFIG_MODULES=y
		CONFIG_KALLSYMS=y
		CONFIG_DEBUG_INFO_BTF=y
		CONFIG_DEBUG_INFO_BTF_MODULES=y
		CONFIG_RUST=y
		CONFIG_RUSTC_VERSION=108501
		CONFIG_BINDGEN_VERSION_TEXT="bindgen 0.71.1"
	END
}

without() { sed -i "s/^CONFIG_$1=y$/# CONFIG_$1 is not set/" "$top/k/.config"; }

# said NAME STATUS WORDS: what the probe says of the tree; one line at most.
said() {
	local status=0 text
	text=$(RUSTC=$rustc BINDGEN=$bindgen "$here/../../../scripts/probe.sh" "$top/k" 2>&1) || status=$?
	[[ -n $3 && $text == "$top/k: "*"$3"* && $text != *$'\n'* ]] && text=$3
	expect "$1" "$2: $3" "$status: $text"
}

rustc=$top/bin/rustc bindgen=$top/bin/bindgen
plan 14
fresh
said "a tree with everything" 0 ""
for name in MODULES KALLSYMS DEBUG_INFO_BTF DEBUG_INFO_BTF_MODULES RUST; do
	fresh
	without "$name"
	said "CONFIG_$name" 1 "CONFIG_$name is not set: "
done
fresh
rm "$top/k/rust/"*
said "Rust metadata" 1 "no Rust metadata (rust/libcore.rmeta): run 'make O=$top/k modules_prepare'"
fresh
rm "$top/k/rust/libmacros.so"
said "Rust's macros" 1 "no Rust metadata (rust/libmacros.so)"
fresh
sed -i s/108501/109600/ "$top/k/.config"
said "another rustc" 1 "built with rustc 1.96.0, but $rustc is 1.85.1"
rustc=$top/none
sed -i s/109600/108501/ "$top/k/.config"
said "no rustc" 1 "install Rust 1.85.1"
rustc=$top/bin/rustc bindgen=$top/none
said "no bindgen" 1 "install bindgen 0.71.1"
bindgen=$top/bin/bindgen
rm "$top/k/vmlinux"
said "no vmlinux is only a note" 0 "note: no vmlinux"
rm "$top/k/.config"
said "not configured" 1 "not configured"
rm "$top/k/Makefile"
said "no tree" 1 "no kernel tree"
