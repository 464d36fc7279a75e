#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build a module with headers that have no vmlinux, and let dist/encode-modules give
# it BTF. Runs in the root file system.
#
# In:  DKMS     folder with the unpacked package
#      RELEASE  the kernel, whose headers package there is
#      CASE     kernel: its BTF is to be had elsewhere; reconciler: it is not, but
#               btf_reconcile is there; nothing: neither; twice: it has BTF already;
#               dkms: as kernel, built by dkms; conf: the same without a Makefile
# Out: what the build and encode-modules say, the names of BTF sections in the module,
#      and what becomes of it on the kernel
set -euo pipefail
dkms=$1 release=$2 case=$3
headers=/usr/src/linux-headers-$release
mods=/src/tools/testing/selftests/mods
export PATH=/out/cargo/release:$PATH
tab=$'\t'

top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
mkdir -p "$top"/{kdir,usr/src/demo-1,bin}

# bare_headers: a tree as many distributions have it.
bare_headers() {
	local file
	for file in "$headers"/* "$headers"/.[a-z]*; do
		[[ $file == */vmlinux ]] || ln -s "$(realpath "$file")" "$top/kdir/"
	done
	rm "$top/kdir/Makefile"
	sed "s,^KBUILD_OUTPUT=.*,KBUILD_OUTPUT=$top/kdir," "$headers/Makefile" >"$top/kdir/Makefile"
}

# The module's source, with what its author writes into the Makefile or dkms.conf.
# shellcheck disable=SC2016 # dkms sets these.
source_of_module() {
	local dir=$top/usr/src/demo-1
	local make='make KDIR=$kernel_source_dir modules'
	cp "$mods/brt_kfunc.c" "$dir/"
	echo 'obj-m := brt_kfunc.o' >"$dir/Kbuild"
	if [[ $case == conf ]]; then
		make='make -C $kernel_source_dir M=$dkms_tree/demo/1/build modules'
		make+=' && { /src/dist/encode-modules $kernelver . || true; }'
	else
		printf '%s\n' modules: "$tab\$(MAKE) -C \$(KDIR) M=\$(CURDIR) modules" \
			"$tab-/src/dist/encode-modules \$(KDIR) \$(CURDIR)" >"$dir/Makefile"
	fi
	printf '%s\n' PACKAGE_NAME=demo PACKAGE_VERSION=1 'BUILT_MODULE_NAME[0]=brt_kfunc' \
		'DEST_MODULE_LOCATION[0]=/updates' "MAKE[0]=\"$make\"" >"$dir/dkms.conf"
}

# show MODULE
show() {
	readelf -SW "$1" | grep -o ' \.BTF[._a-z]* ' | tr -d ' ' | sort | xargs echo sections
	btf-reconcile check "$1" --base "$release" || true
}

bare_headers
source_of_module
cd "$top/usr/src/demo-1"
if [[ $case == dkms || $case == conf ]]; then
	mkdir -p "$top/modules/$release" "$top/tree"
	ln -s "$top/kdir" "$top/modules/$release/build"
	PATH=$dkms/usr/sbin:$PATH bash "$dkms/usr/sbin/dkms" install demo/1 -k "$release" \
		--dkmstree "$top/tree" --sourcetree "$top/usr/src" --installtree "$top/modules"
	cat "$top/tree/demo/1/$release"/*/log/make.log
	find "$top/modules/" -name 'brt_kfunc.ko*' -exec xz -dk {} + 2>/dev/null || true
	show "$(find "$top/modules/" -name brt_kfunc.ko)"
	exit
fi
if [[ $case == reconciler || $case == nothing ]]; then
	# A kernel that nobody has heard of, and for which there is btf_reconcile, or not.
	sed -i 's,encode-modules .*,encode-modules 0.0-none .,' Makefile
	ln -s "/bin/$([[ $case == nothing ]] && echo false || echo true)" "$top/bin/modinfo"
	PATH=$top/bin:$PATH
fi
make KDIR="$top/kdir" modules 2>&1
if [[ $case == twice ]]; then
	cp brt_kfunc.ko kept
	/src/dist/encode-modules "$release" .
	cmp brt_kfunc.ko kept && echo "left alone"
fi
show brt_kfunc.ko
