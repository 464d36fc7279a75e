#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make seeds for the fuzz targets of the selftests' modules.
#
# Out: $out/fuzz/seeds/TARGET/; none where no selftests have been built
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"

# sections DIR: the sections in DIR as one input, see sections.rs, with a symbol
# for a set of kfuncs over all of .BTF_ids, and one for each of these.
sections() {
	local ids=$1/.BTF_ids
	[[ -e $ids ]] || : >"$ids"
	# CFI, known functions, both registered, and all copies left out.
	perl -e 'print pack "CVV", 0xdc, map { -s } @ARGV' "$1/.BTF.base" "$1/.BTF"
	cat "$1/.BTF.base" "$1/.BTF"
	perl -e '
		my $words = int((-s shift) / 4);
		my @kfuncs = map { (0x80, 2 * $_, 1) } 1 .. $words / 2 - 1;
		print pack "C*", 1 + @kfuncs / 3, 0, 0, $words, @kfuncs if $words < 200;
	' "$ids"
	cat "$ids"
}

seeds=$out/fuzz/seeds
mkdir -p "$seeds"/{parse,sections,elf}
# Not by head, which ends before what it reads from has ended.
find "$out" -path "$out/fuzz" -prune -o -name '*.ko' -size -200k -print | sort | sed -n 1,40p |
	while read -r module; do
		name=$(basename "$(dirname "$module")")-$(basename "$module" .ko)
		[[ ! -e $seeds/elf/$name ]] || continue
		part=$(mktemp -d "$seeds/.part.XXXXXX")
		for section in .BTF .BTF.base .BTF_ids; do
			"$tree/scripts/enter.sh" objcopy -O binary --only-section="$section" \
				--set-section-flags "$section"=alloc \
				"/out/${module#"$out/"}" "/out/${part#"$out/"}/$section" 2>/dev/null || true
		done
		if [[ -s $part/.BTF && -s $part/.BTF.base ]]; then
			sections "$part" >"$part/all"
			mv "$part/all" "$seeds/sections/$name"
			mv "$part/.BTF.base" "$seeds/parse/$name"
		fi
		cp "$module" "$seeds/elf/$name"
		rm -r "$part"
	done
