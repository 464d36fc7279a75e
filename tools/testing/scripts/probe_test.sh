#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does scripts/probe.sh name what a kernel tree lacks, and what leads to it on
# that very machine?
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

# owner TOOL FORMAT: a package manager that knows the files below $top/owned.
owner() {
	cat >"$top/bin/$1" <<-END
		#!/bin/sh
		for file; do :; done
		case \$file in
		$top/owned/*) printf '$2\n' "\$file" ;;
		*) echo "no package owns \$file"; exit 1 ;;
		esac
	END
	chmod +x "$top/bin/$1"
}

# packaged TOOL FORMAT RELEASE: a tree whose Rust metadata a package leaves out.
packaged() {
	nobodys
	owner "$1" "$2"
	fresh "$top/owned/usr/src/linux-headers-$3" "$3"
	rm -r "$kdir/rust"
}

# nobodys: the machine has all package managers, and none knows of a tree.
nobodys() {
	local tool
	for tool in dpkg rpm pacman; do
		printf '#!/bin/sh\necho "no package owns it"\nexit 1\n' >"$top/bin/$tool"
		chmod +x "$top/bin/$tool"
	done
}

# fresh [KDIR [RELEASE]]: a tree that lacks nothing.
fresh() {
	kdir=${1:-$top/k}
	rm -rf "$kdir"
	mkdir -p "$kdir"/{rust,include/config}
	echo "${2:-7.3.0}" >"$kdir/include/config/kernel.release"
	touch "$kdir"/{Makefile,vmlinux} \
		"$kdir/rust"/lib{core,compiler_builtins,ffi,build_error,bindings,uapi,pin_init,kernel}.rmeta \
		"$kdir/rust"/lib{macros,pin_init_internal}.so
	cat >"$kdir/.config" <<-END
		CONFIG_MODULES=y
		CONFIG_KALLSYMS=y
		CONFIG_DEBUG_INFO_BTF=y
		CONFIG_DEBUG_INFO_BTF_MODULES=y
		CONFIG_RUST=y
		CONFIG_RUSTC_VERSION=108501
		CONFIG_BINDGEN_VERSION_TEXT="bindgen 0.71.1"
	END
}

without() { sed -i "s/^CONFIG_$1=y$/# CONFIG_$1 is not set/" "$kdir/.config"; }

# said NAME STATUS WORDS: what the probe says of the tree; one line at most.
said() {
	local status=0 text
	text=$(PATH=$top/bin:$PATH RUSTC=$rustc BINDGEN=$bindgen OS_RELEASE=$top/os-release \
		"$here/../../../scripts/probe.sh" "$kdir" 2>&1) || status=$?
	[[ -n $3 && $text == "$kdir: "*"$3"* && $text != *$'\n'* ]] && text=$3
	expect "$1" "$2: $3" "$status: $text"
}

# never NAME WORDS: it does not say that.
never() {
	local text
	text=$(PATH=$top/bin:$PATH RUSTC=$rustc BINDGEN=$bindgen \
		"$here/../../../scripts/probe.sh" "$kdir" 2>&1) || true
	[[ $text == *"$2"* ]] || text="nothing of $2"
	expect "$1" "nothing of $2" "$text"
}

rustc=$top/bin/rustc bindgen=$top/bin/bindgen
debian=7.3.4+deb13-amd64
nobodys
echo ID=debian >"$top/os-release"
plan 35
fresh
said "a tree with everything" 0 ""
for name in MODULES KALLSYMS DEBUG_INFO_BTF DEBUG_INFO_BTF_MODULES RUST; do
	fresh
	without "$name"
	said "CONFIG_$name" 1 "CONFIG_$name is not set: "
done
fresh
rm "$kdir/rust/libmacros.so"
said "Rust's macros" 1 "no Rust metadata (rust/libmacros.so)"
fresh
echo CONFIG_X86_64=y >>"$kdir/.config"
said "the target that x86 needs" 1 "no Rust metadata (scripts/target.json)"
mkdir "$kdir/scripts"
touch "$kdir/scripts/target.json"
said "the target is there" 0 ""
fresh
rm "$kdir/rust/"*
said "a copy of headers that nobody owns" 1 \
	"no Rust metadata (rust/libcore.rmeta): give KDIR= the folder where the kernel was built"
never "where there is nothing to make" "make -C"
mkdir -p "$top/source/rust"
touch "$top/source"/{Kconfig,rust/Makefile}
ln -s ../source "$kdir/source"
said "one's own kernel" 1 "run 'make -C $top/source O=$kdir rustavailable modules_prepare'"
rm "$kdir/source"
touch "$kdir"/{Kconfig,rust/Makefile}
said "the same, built in its source" 1 "run 'make -C $kdir rustavailable modules_prepare'"

packaged dpkg "linux-headers-$debian: %s" "$debian"
ln -s "$top/source" "$kdir/source"
said "Debian's headers" 1 \
	"install linux-headers-rust-$debian, or the module itself, prebuilt: apt install btf-reconcile-modules-$debian"
never "Debian's headers are dpkg's" "make -C"
ln -s "$kdir" "$top/build"
kdir=$top/build
said "a link to Debian's headers" 1 "install linux-headers-rust-$debian, or"
packaged dpkg "linux-headers-7.3.4+deb13-cloud-amd64:amd64: %s" 7.3.4+deb13-cloud-amd64
said "another flavour" 1 "apt install btf-reconcile-modules-7.3.4+deb13-cloud-amd64"
nobodys
said "Debian's headers, unpacked" 1 "install linux-headers-rust-7.3.4+deb13-cloud-amd64, or"
packaged dpkg "linux-headers-7.3.0-mine: %s" 7.3.0-mine
ln -s "$top/source" "$kdir/source"
said "a package of one's own kernel" 1 "the package linux-headers-7.3.0-mine leaves it out"
never "it is dpkg's, too" "make -C"
packaged dpkg "linux-headers-7.3.0-5-generic: %s" 7.3.0-5-generic
echo ID=ubuntu >"$top/os-release"
said "Ubuntu's headers" 1 "install linux-lib-rust-7.3.0-5-generic"
echo ID=debian >"$top/os-release"
for tool in rpm pacman; do
	packaged "$tool" linux-devel 7.3.0-5
	ln -s "$top/source" "$kdir/source"
	said "headers of $tool" 1 "the package linux-devel leaves it out, and the distribution has to ship it"
	never "headers of $tool are not ours" "make -C"
done
nobodys

fresh
sed -i s/108501/109900/ "$kdir/.config"
said "another rustc" 1 "built with rustc 1.99.0, but $rustc is 1.85.1 and can't read its metadata: install Rust 1.99.0"
printf '#!/bin/sh\necho "rustc 1.99.0 (1 2)"\n' >"$top/bin/rustc-1.99"
chmod +x "$top/bin/rustc-1.99"
said "another rustc, the right one there" 1 "give RUSTC=$top/bin/rustc-1.99"
rm "$top/bin/rustc-1.99"
fresh "$top/owned/usr/src/linux-headers-$debian" "$debian"
owner dpkg "linux-headers-$debian: %s"
sed -i s/108501/109900/ "$kdir/.config"
said "another rustc on Debian" 1 "apt install rustc/trixie libstd-rust-dev/trixie, not those of backports"
bindgen=$top/none
sed -i s/109900/108501/ "$kdir/.config"
said "no bindgen on Debian" 1 "no $bindgen: apt install bindgen"
bindgen=$top/bin/bindgen
fresh
rustc=$top/none
sed -i s/108501/109900/ "$kdir/.config"
said "no rustc" 1 "no $rustc, built with 1.99.0: install Rust 1.99.0"
rustc=$top/bin/rustc bindgen=$top/none
sed -i s/109900/108501/ "$kdir/.config"
said "no bindgen" 1 "install bindgen 0.71.1"
bindgen=$top/bin/bindgen
rm "$kdir/vmlinux"
said "no vmlinux is only a note" 0 "note: no vmlinux"
rm "$kdir/.config"
said "not configured" 1 "not configured"
rm "$kdir/Makefile"
said "no tree" 1 "no kernel tree: install your kernel's headers"
kdir=$top/lib/modules/$debian/build
said "no tree of Debian's kernel" 1 \
	"no kernel tree: apt install linux-headers-$debian, or the module itself, prebuilt: apt install btf-reconcile-modules-$debian"
