# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Making test modules of the forms that need no vmlinux, or no resolve_btfids,
# when they are built. To be sourced by build.sh after forms.sh.
#
# In:  $out $top $src $kdir $finder ${plain[@]} ${whole[@]}, see build.sh and forms.sh; pahole.sh;
#      what odd_forms has made
#
# shellcheck disable=SC2154 # What build.sh and forms.sh set.

# encode_whole BARE TO: BTF that stands on its own for the modules of BARE, in TO
# with ids resolved against it, in TOraw with ids as the assembler left them.
encode_whole() {
	local module ko raw

	mkdir -p "$out/$2" "$out/$2raw"
	for module in "${whole[@]}"; do
		ko=$out/$2/brt_$module.ko
		raw=$out/$2raw/brt_$module.ko
		cp "$out/$1/brt_$module.ko" "$ko"
		encode_to "$raw.BTF" "$out/$1/brt_$module.ko"
		"$finder" --btf "$raw.BTF" "$ko"
		objcopy --strip-debug --remove-section=.llvm_addrsig "$ko"
		objcopy --add-section .BTF="$raw.BTF" "$ko" "$raw"
		objcopy --add-section .BTF="$ko.BTF" "$ko"
		[[ ! -e $ko.BTF_ids ]] || "$finder" --patch_btfids "$ko.BTF_ids" "$ko"
	done
}

# encode_plain TO: plain BTF of this kernel, ids as the assembler left them.
# pahole leaves copies of the kernel's types, see kbuild().
encode_plain() {
	local module

	mkdir -p "$top/mods/$1"
	for module in "${plain[@]}"; do
		encode_to "$out/pahole.BTF" "$out/bare/brt_$module.ko" --btf_base "$kdir/vmlinux"
		objcopy --strip-debug --remove-section=.llvm_addrsig \
			--add-section .BTF="$out/pahole.BTF" \
			"$out/bare/brt_$module.ko" "$top/mods/$1/brt_$module.ko"
	done
}

# unresolve FORM TO MODULE...: FORM with .BTF_ids as the assembler left it.
unresolve() {
	local module

	mkdir -p "$top/mods/$2"
	for module in "${@:3}"; do
		objcopy -O binary --only-section=.BTF_ids \
			"$out/bare/brt_$module.ko" "$out/unresolved"
		objcopy --update-section .BTF_ids="$out/unresolved" \
			"$top/mods/$1/brt_$module.ko" "$top/mods/$2/brt_$module.ko"
	done
}

# misname FORM TO MODULE NAME...: FORM with slots for other names, which no type
# has.
misname() {
	local name symbol redefine=()

	mkdir -p "$top/mods/$2"
	for name in "${@:4}"; do
		for symbol in $(nm -j "$top/mods/$1/brt_$3.ko" |
			grep "^__BTF_ID__[a-z]*__${name}__"); do
			redefine+=(--redefine-sym "$symbol=${symbol/__${name}__/__brt_nobodys__}")
		done
	done
	objcopy "${redefine[@]}" "$top/mods/$1/brt_$3.ko" "$top/mods/$2/brt_$3.ko"
}

# whole_forms:
#   whole         whole BTF, ids resolved against it
#   wholeraw      the same with ids that nobody has resolved
#   wholeold      code of this kernel, whole BTF of a build for the other
#   wholeoldraw   the same with ids that nobody has resolved
#   wholebase     whole, with an empty base
#   wholeleaf     whole, with another name for a member far from task_struct, which a
#                 pointer to signal_struct leads to
#   plainraw      plain BTF of this kernel, ids that nobody has resolved
#   nativeraw     native with ids that nobody has resolved
#   wholegone, plaingone  wholeraw and plainraw with names that nobody has
#   doubt         BTF that could be whole or not
whole_forms() {
	local module form raw

	encode_whole bare whole
	encode_whole oldbare wholeold
	mkdir -p "$top"/mods/{whole,wholeraw,wholeold,wholeoldraw,wholebase,wholeleaf,doubt}
	for module in "${whole[@]}"; do
		for raw in '' raw; do
			cp "$out/whole$raw/brt_$module.ko" "$top/mods/whole$raw/"
			python3 "$src/forms/old.py" "$out/wholeold$raw/brt_$module.ko" \
				"$out/whole$raw/brt_$module.ko" \
				"$top/mods/wholeold$raw/brt_$module.ko"
		done
	done
	encode_plain plainraw
	unresolve native nativeraw kfunc words
	for form in whole plain; do
		misname "${form}raw" "${form}gone" kfunc brt_add
		misname "${form}raw" "${form}gone" ids file
		misname "${form}raw" "${form}gone" words file inode brt_second
	done
	objcopy --add-section .BTF.base="$out/header" \
		"$top/mods/whole/brt_kfunc.ko" "$top/mods/wholebase/brt_kfunc.ko"
	python3 "$src/forms/spoil.py" rename rlim_cur rlim_cus \
		"$top/mods/whole/brt_kfunc.ko" "$top/mods/wholeleaf/brt_kfunc.ko"
	# Nothing but a pointer to void, which makes sense anywhere.
	printf '\237\353\1\0\30\0\0\0\0\0\0\0\14\0\0\0\14\0\0\0\1\0\0\0' >"$out/pointer"
	printf '\0\0\0\0\0\0\0\2\0\0\0\0\0' >>"$out/pointer"
	objcopy --update-section .BTF="$out/pointer" \
		"$top/mods/plain/brt_trace.ko" "$top/mods/doubt/brt_trace.ko"
}
