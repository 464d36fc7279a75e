#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make seeds for the fuzz targets of the selftests' modules.
#
# Out: $out/fuzz/seeds/TARGET/; none where no selftests have been built
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"

seeds=$out/fuzz/seeds
mkdir -p "$seeds"/{parse,sections,elf}
# Not by head, which ends before what it reads from has ended.
find "$out" -path "$out/fuzz" -prune -o -name '*.ko' -size -200k -print | sort | sed -n 1,40p |
	while read -r module; do
		name=$(basename "$(dirname "$module")")-$(basename "$module" .ko)
		[[ ! -e $seeds/elf/$name ]] || continue
		part=$(mktemp -d "$seeds/.part.XXXXXX")
		for section in .BTF .BTF.base; do
			"$tree/scripts/enter.sh" objcopy -O binary --only-section="$section" \
				--set-section-flags "$section"=alloc \
				"/out/${module#"$out/"}" "/out/${part#"$out/"}/$section" 2>/dev/null || true
		done
		if [[ -s $part/.BTF && -s $part/.BTF.base ]]; then
			# Four bytes, least first: how long the base is.
			perl -e 'print pack "V", -s shift' "$part/.BTF.base" >"$part/both"
			cat "$part/.BTF.base" "$part/.BTF" >>"$part/both"
			mv "$part/both" "$seeds/sections/$name"
			mv "$part/.BTF.base" "$seeds/parse/$name"
		fi
		cp "$module" "$seeds/elf/$name"
		rm -r "$part"
	done
