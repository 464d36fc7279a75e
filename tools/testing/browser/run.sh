#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The program's pages, of all modules of two kernels, in a browser.
#
# In:  KERNEL OTHER; real modules where the program's tests look for them
#      CI  if set there has to be a browser; else the tests are skipped if none
#          can be had
# Out: KTAP; pictures of what was seen in $out/browser
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"

enter=$tree/scripts/enter.sh
browser=$tree/scripts/browser.sh
shots=$out/browser
rm -rf "$shots"
mkdir -p "$shots"/fonts

if ! "$browser" true >"$shots/browser.log" 2>&1; then
	cat "$shots/browser.log"
	[[ -z ${CI-} ]] || die "no browser"
	echo "1..1"
	echo "ok 1 - pages in a browser # SKIP none can be had"
	exit
fi

program() {
	local status=0
	"$enter" /out/cargo/release/btf-reconcile "$@" || status=$?
	# Some modules lose something; that is not what is tested here.
	((status <= 1))
}

cd "$tree/tools/btf-reconcile"
"$enter" cargo build --quiet --locked --release
testdata=/out/testdata
matrix=(matrix "$testdata/running/modules")
for which in running other other; do
	matrix+=(--base "$testdata/$which/vmlinux")
done
program "${matrix[@]}" --html /out/browser/matrix.html
program "${matrix[@]}" --json >"$shots/matrix.json"
diff=(diff "$testdata"/{other,running}/vmlinux --modules "$testdata/other/modules")
program "${diff[@]}" --html /out/browser/diff.html
program "${diff[@]}" --json >"$shots/diff.json"
status=0
for page in matrix diff; do
	"$browser" python3 -B "/src/tools/testing/browser/$page.py" \
		"/out/browser/$page.html" "/out/browser/$page.json" /out/browser || status=1
done
exit $status
