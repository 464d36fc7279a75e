#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Choose some of a stock kernel's own modules, and unpack them.
#
# In:  MODULES  the kernel's folder of modules, with modules.dep
#      EVERY    take one module in so many, and what it depends on
#      ALSO     a file with paths in MODULES of some more that are to be taken
#      OUT      where to put them
#      AT       where OUT will be when they are loaded
# Out: OUT/*.ko, and OUT/list: their paths, each after what it depends on
set -euo pipefail

modules=$1 every=$2 also=$3 out=$4 at=$5
# Not because of us:
#   hfi1  a format of a trace event of its own has the kernel warn
skip='/hfi1\.ko'
mkdir -p "$out"
# modules.dep names what must be there first last.
awk -F: -v every="$every" '
	FILENAME != ARGV[ARGC - 1] {
		wanted[$0]
		next
	}
	function take(file) {
		if (!(file in taken))
			print file
		taken[file] = 1
	}
	FNR % every == 1 || $1 in wanted {
		for (i = split($2, needed, " "); i > 0; i--)
			take(needed[i])
		take($1)
	}' "$also" "$modules/modules.dep" >"$out/files"
grep -vE "$skip" "$out/files" | while read -r file; do
	name=$(basename "$file")
	name=${name%.xz}
	case $file in
	*.xz) xz -dc "$modules/$file" >"$out/$name" ;;
	*) cp "$modules/$file" "$out/$name" ;;
	esac
	echo "$at/$name"
done >"$out/list"
rm "$out/files"
