#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build a small kernel with the patch series that series.sh has written.
#
# In:  start                have the source and an empty build folder, which are
#                           kept as long as they are of the same kernel,
#                           toolchain and configuration
#      apply N              make the source what it is with the first N patches
#      build [OPTION=V...]  build it, with CONFIG_OPTION=V (y, m or n) besides
#      clang [OPTION=V...]  the same with clang and the newest rustc, as the debug
#                           kernel, in a folder of its own
#      clippy [OPTION=V...] look at our files with clippy, in another
#      rustdoc              then with rustdoc
#      prepare RELEASE VERSION PIECE  for kernel.sh: is there vmlinuz or build?
#      environment RELEASE  for kernel.sh: nothing, all that make needs is default
# Out: $cache/kernels/RELEASE/: source, build, vmlinuz. RELEASE ends in -series.
#      Each step rebuilds what it changes and no more.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

release=$("$tree/scripts/kernel.sh" resolve series)
version=$("$tree/scripts/kernel.sh" version series)
dir=$cache/kernels/$release
original=$cache/source/$version
inside=/cache/kernels/$release
# The machine and what the tests need are the debug kernel's.
config=$tree/scripts/config/series.config debug=$tree/scripts/config/debug.config

key() {
	awk '/^Package: / { name = $2 } /^Version: / { print name, $2 }' \
		"$cache/rootfs/var/lib/dpkg/status" |
		grep -E '^(rustc|bindgen|gcc-14|binutils|pahole) ' | hash_of "$config" "$debug"
}

start() {
	"$tree/scripts/kernel.sh" prepare 7.3 source
	local key
	key="$version $(key)"
	whole "$dir" "$key" && return
	remove "$dir"
	mkdir -p "$dir"
	# Links: what is changed becomes a file of its own.
	"$tree/scripts/enter.sh" cp -al "/cache/source/$version" "$inside/source"
	sed '/^# What watches them/,$d; /LOCALVERSION/d' "$debug" | cat - "$config" >"$dir/config"
	echo "$key" >"$dir/.key"
}

# patched N DIR: the files that the first N patches are about, in DIR.
patched() {
	local patches=("$out"/series/0*-*.patch) file
	patches=("${patches[@]:1:$1}")
	command git init -q "$2"
	while read -r file; do
		[[ -e $original/$file ]] || continue
		mkdir -p "$2/$(dirname "$file")"
		cp "$original/$file" "$2/$file"
	done < <(sed -n 's,^--- a/,,p' "${patches[@]}" /dev/null | sort -u)
	((${#patches[@]} == 0)) || command git -C "$2" apply --whitespace=error "${patches[@]}"
	rm -rf "$2/.git"
}

# What has not changed is left alone, so that nothing is built from it again.
apply() {
	local work file from
	work=$(mktemp -d "$out/series.XXXXXX")
	# shellcheck disable=SC2064 # This one.
	trap "rm -rf '$work'" EXIT
	patched "$1" "$work"
	(cd "$work" && find . -type f | cut -c3-) >"$work.files"
	touch "$dir/changed"
	while read -r file; do
		from=$work/$file
		[[ -e $from ]] || from=$original/$file
		if [[ ! -e $from ]]; then
			rm -f "$dir/source/$file"
		elif ! cmp -s "$from" "$dir/source/$file"; then
			mkdir -p "$(dirname "$dir/source/$file")"
			cp "$from" "$dir/source/$file.new"
			chmod --reference="$from" "$dir/source/$file.new"
			mv "$dir/source/$file.new" "$dir/source/$file"
		fi
	done < <(sort -u "$dir/changed" "$work.files")
	sort -u "$dir/changed" "$work.files" -o "$dir/changed"
	rm "$work.files"
}

# configure OPTION=V...: in $build, with the variables of make that $make has.
configure() {
	local option now=$dir/config.now
	cp "$dir/config" "$now"
	for option; do
		sed -i "/CONFIG_${option%=*}[= ]/d" "$now"
		echo "CONFIG_$option" >>"$now"
	done
	make=(make -C "$inside/source" O="$inside/$build" "${make[@]}")
	"$tree/scripts/enter.sh" "${make[@]}" KCONFIG_ALLCONFIG="$inside/config.now" allnoconfig
	# What an option depends on may be missing: Kconfig drops such in silence.
	! grep -E '^CONFIG_.*=' "$now" | grep -v '=n$' | grep -vxFf "$dir/$build/.config" ||
		die "that is not in the configuration"
}

# rustdoc FILE: as the kernel has rustc compile it, but for what comes of it. What is
# private is documented too, since there is nothing else.
rustdoc() {
	local command
	command=$(sed -nE '1 {
		s/^[^:]*:= //; s/ [^ ]*(rustc|clippy-driver) / rustdoc /
		s/ --(emit=|out-dir )[^ ]*//g; p }' \
		"$dir/$build/kernel/bpf/btf_reconcile/.$1.o.cmd")
	"$tree/scripts/enter.sh" env -C "$inside/$build" RUSTC_BOOTSTRAP=1 \
		sh -c "$command --document-private-items -o $inside/$build/rustdoc"
}

run_make() { "$tree/scripts/enter.sh" "${make[@]}" -j"$(nproc)" "$@"; }

build=${1-} make=()
case ${1-} in
start)
	lock series
	start
	;;
apply) apply "$2" ;;
build)
	configure "${@:2}"
	run_make bzImage modules
	mkdir -p "$dir/vmlinuz"
	cp "$dir/build/arch/x86/boot/bzImage" "$dir/vmlinuz/vmlinuz"
	;;
clang)
	"$tree/scripts/kernel.sh" prepare debug rust
	mapfile -t make < <("$tree/scripts/kernel.sh" environment debug)
	configure "${@:2}"
	run_make bzImage modules
	;;
clippy)
	make=(CLIPPY=1 W=1)
	configure "${@:2}"
	run_make prepare
	run_make kernel/bpf/btf_reconcile/
	;;
rustdoc)
	build=clippy
	rustdoc main
	rustdoc btf_reconcile_test
	;;
environment) ;;
prepare) [[ -e $dir/$4 ]] || die "no such piece yet: make test-series" ;;
*) die "see the top of $0" ;;
esac
