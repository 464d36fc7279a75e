# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Making test modules of the forms that need BTF by hand, as
# scripts/gen-btf.sh of the kernel makes it. To be sourced by build.sh.
#
# In:  $out $top $src $kdir $other $finder $cross, ${plain[@]}, see build.sh
#
# shellcheck disable=SC2154 # What build.sh sets.

# bare DIR KDIR: the test modules for one kernel, linked without BTF. Only from
# such a link may BTF be made more than once: resolve_btfids sorts sets in
# place, and would hand the flags of one kfunc to another.
bare() {
	kbuild "$1" "$2" CONFIG_DEBUG_INFO_BTF_MODULES=
}

# encode BARE BASE FLAGS TO: make BTF for the modules of BARE against the
# vmlinux of BASE, without copies of types that BASE has; FLAGS is --distill_base
# or nothing.
encode() {
	local module ko

	mkdir -p "$out/$4"
	for module in "${plain[@]}"; do
		ko=$out/$4/brt_$module.ko
		cp "$out/$1/brt_$module.ko" "$ko"
		PAHOLE=pahole OBJCOPY="${cross}objcopy" RESOLVE_BTFIDS_FLAGS=$3 \
			PAHOLE_FLAGS="--btf_features=$features" \
			RESOLVE_BTFIDS=$finder \
			sh "$other/scripts/gen-btf.sh" --btf_base "$2/vmlinux" "$ko" \
			>>"$out/$4.log" 2>&1
		# btf-reconcile does not write this section of clang's yet.
		objcopy --strip-debug --remove-section=.llvm_addrsig "$ko"
	done
}

# plain_forms: BTF without a base, and the one form with a base that is made by
# hand.
#   plain     of this kernel
#   stale     code of this kernel, BTF against the other kernel's types
#   cross     the same with a distilled base
#   flavour   the same with that of another flavour of this kernel, if there is one
#   oldstale  code of this kernel, BTF and ids from a build for the other
plain_forms() {
	local module form

	bare bare "$kdir"
	bare oldbare "$other"
	encode bare "$kdir" '' plain
	encode bare "$other" '' stale
	encode bare "$other" --distill_base cross
	[[ -z ${FLAVOUR-} ]] || encode bare "$FLAVOUR" --distill_base flavour
	encode oldbare "$other" '' oldplain
	mkdir -p "$top"/mods/{plain,stale,oldstale,cross}
	[[ -z ${FLAVOUR-} ]] || cp -r "$out/flavour" "$top/mods/"
	for module in "${plain[@]}"; do
		for form in plain stale cross; do
			cp "$out/$form/brt_$module.ko" "$top/mods/$form/"
		done
		python3 "$src/forms/old.py" "$out/oldplain/brt_$module.ko" \
			"$out/plain/brt_$module.ko" "$top/mods/oldstale/brt_$module.ko"
	done
}

# reference_forms PROGRAM: base references, made by btf-reconcile.
#   refnative  of this kernel
#   refold     of the other, for code of this
#   badref     refold with a reference that makes no sense
#   both       old, with such a reference beside its distilled base
#   lostref    refold with a type that the kernel lacks
#   stripref   refold without the symbols of .BTF_ids
#   refhdr-*   refnative, with what looks like the file's header in front of .BTF
reference_forms() {
	local module

	mkdir -p "$top"/mods/{refnative,refold,badref,both,lostref,stripref}
	for module in "${plain[@]}"; do
		"$1" distill --format base_ref --base "$kdir/vmlinux" \
			-o "$top/mods/refnative/brt_$module.ko" \
			"$top/mods/plain/brt_$module.ko"
		"$1" distill --format base_ref --base "$other/vmlinux" \
			-o "$top/mods/refold/brt_$module.ko" \
			"$top/mods/oldstale/brt_$module.ko"
	done
	printf "%060d" 0 >"$out/nonsense"
	objcopy --update-section .BTF.base_ref="$out/nonsense" \
		"$top/mods/refold/brt_kfunc.ko" "$top/mods/badref/brt_kfunc.ko"
	objcopy --add-section .BTF.base_ref="$out/nonsense" \
		"$top/mods/old/brt_kfunc.ko" "$top/mods/both/brt_kfunc.ko"
	python3 "$src/forms/spoil.py" rename task_struct task_strucu \
		"$top/mods/refold/brt_kfunc.ko" "$top/mods/lostref/brt_kfunc.ko"
	objcopy --wildcard --strip-symbol='__BTF_ID__*' \
		"$top/mods/refold/brt_kfunc.ko" "$top/mods/stripref/brt_kfunc.ko"
	python3 "$src/forms/headers.py" "$top/mods/refnative/brt_kfunc.ko" "$top/mods/refhdr"
}

# odd_forms: what tests/odd.sh and tests/report.sh need.
#   stripped  native and old without the symbols of .BTF_ids
#   unneeded  plain without the symbols that linking does not need
#   bare      no BTF at all
#   empty     a header of BTF, no types and no strings
#   many      native with thousands of base types more
#   hdr-*     plain, with what looks like the file's header in front of .BTF
#   odd       native, its symbols at an odd address
odd_forms() {
	local form

	mkdir -p "$top"/mods/{bare,empty,many,odd,unneeded,stripped/{native,old}}
	objcopy --strip-unneeded "$top/mods/plain/brt_kfunc.ko" \
		"$top/mods/unneeded/brt_kfunc.ko"
	for form in native old; do
		objcopy --wildcard --strip-symbol='__BTF_ID__*' \
			"$top/mods/$form/brt_kfunc.ko" \
			"$top/mods/stripped/$form/brt_kfunc.ko"
	done
	objcopy --strip-debug "$out/bare/brt_kfunc.ko" "$top/mods/bare/brt_kfunc.ko"
	printf '\237\353\1\0\30\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0' \
		>"$out/header"
	objcopy --update-section .BTF="$out/header" \
		"$top/mods/plain/brt_trace.ko" "$top/mods/empty/brt_trace.ko"
	python3 "$src/forms/many.py" 5000 "$top/mods/native/brt_kfunc.ko" \
		"$top/mods/many/brt_kfunc.ko"
	python3 "$src/forms/headers.py" "$top/mods/plain/brt_kfunc.ko" "$top/mods/hdr"
	printf odd >"$out/odd"
	objcopy --add-section .init.odd="$out/odd" \
		--set-section-flags .init.odd=alloc,data \
		"$top/mods/native/brt_kfunc.ko" "$top/mods/odd/brt_kfunc.ko"
	python3 "$src/forms/align.py" .symtab 1 "$top/mods/odd/brt_kfunc.ko"
}

# withheld_forms: what tests/words.sh needs besides.
#   stripped/stale  stale without the symbols of .BTF_ids
#   badbase         old with a base that makes no sense
#   nobtf           stale without .BTF
#   writable/*      native and stale with .BTF_ids among what is written to
withheld_forms() {
	local form

	mkdir -p "$top"/mods/{badbase,nobtf,stripped/stale,writable/{native,stale}}
	objcopy --wildcard --strip-symbol='__BTF_ID__*' \
		"$top/mods/stale/brt_words.ko" "$top/mods/stripped/stale/brt_words.ko"
	printf "%060d" 0 >"$out/nonsense"
	objcopy --update-section .BTF.base="$out/nonsense" \
		"$top/mods/old/brt_words.ko" "$top/mods/badbase/brt_words.ko"
	objcopy --remove-section=.BTF \
		"$top/mods/stale/brt_words.ko" "$top/mods/nobtf/brt_words.ko"
	for form in native stale; do
		objcopy --set-section-flags .BTF_ids=alloc,data \
			"$top/mods/$form/brt_words.ko" "$top/mods/writable/$form/brt_words.ko"
	done
}

# noted_forms: what tests/noted.sh needs.
#   noted        old, with notes that it was built against the other kernel
#   notednative  native with the same
#   notedstale   stale with the same
#   badnote      old, its notes cut short
noted_forms() {
	local form name note

	mkdir -p "$top"/mods/{noted,notednative,notedstale,badnote}
	python3 "$src/forms/notes.py" "$(<"$other/include/config/kernel.release")" \
		"$out/note"
	head -c 40 "$out/note" >"$out/note.cut"
	for form in old:noted:note native:notednative:note stale:notedstale:note \
		old:badnote:note.cut; do
		IFS=: read -r form name note <<<"$form"
		objcopy --add-section .note.btf_base="$out/$note" \
			--set-section-flags .note.btf_base=alloc,readonly \
			"$top/mods/$form/brt_kfunc.ko" "$top/mods/$name/brt_kfunc.ko"
	done
}

# foretell_one PROGRAM FORM FILE [OPTION...]: what btf-reconcile says of a module
# beforehand. It ends with a status that says how good the news is.
foretell_one() {
	local status=0

	"$1" check --json --base "$kdir/vmlinux" "${@:4}" "$3" \
		>"$top/check/$2.$(basename "$3" .ko).json" || status=$?
	((status <= 1))
}

# foretell PROGRAM: the same, of all modules that have something to tell.
foretell() {
	local file form

	mkdir -p "$top/check"
	for file in "$top"/mods/{native,old,copies,lost,badname,plain,resized,cross,ref*}/*.ko \
		"$top"/mods/{stale,badbase,whole*,plainraw,plaingone,nativeraw,doubt}/*.ko \
		"$top"/mods/{noted,notedstale,badnote}/*.ko; do
		form=${file%/*}
		foretell_one "$1" "${form##*/}" "$file"
	done
	# And without the copies in modules that come as they are.
	for file in "$top"/mods/plain/*.ko; do
		foretell_one "$1" plain-all "$file" --unify all
	done
}
