#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Write the patches that cure what `make test-mainline` shows, apart from our own
# module: what mainline can take at once.
#
# In:  [DIR]  the kernel's source that they are for (default: Debian's of 7.3)
# Out: copies of series/mainline/*.patch and the cover letter in
#      $out/series-mainline, whose place is printed; status 1 if one does not
#      apply, each after those before it
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

need git git
source=$(linux_source "${1-}" kernel/bpf/btf.c)

work=$(mktemp -d "$out/series-mainline.XXXXXX")
trap 'rm -rf "$work"' EXIT
patches=("$tree"/series/mainline/*.patch)
# Only what they change is needed to see whether they apply.
sed -n 's,^--- a/,,p' "${patches[@]}" | sort -u |
	(cd "$source" && xargs cp --parents -t "$work")
for patch in "${patches[@]}"; do
	GIT_CEILING_DIRECTORIES=$out git -C "$work" apply "$patch" ||
		die "${patch##*/} does not apply to $source"
done
rm -rf "$out/series-mainline"
mkdir "$out/series-mainline"
cp "${patches[@]}" "$out/series-mainline/"
cp "$tree/series/mainline/cover-letter" "$out/series-mainline/0000-cover-letter.patch"
echo "$out/series-mainline"
