#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make a book of Documentation/, by Sphinx, in the root file system.
#
# In:  Documentation/
# Out: HTML in $out/docs, whose place is printed; status 1 for any warning
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# Sphinx and what it needs. Beside the root file system and not in it, so that
# nothing else is made anew for its sake.
packages=(python3-sphinx sphinx-common python3-alabaster python3-babel
	python-babel-localedata python3-certifi python3-charset-normalizer
	python3-docutils docutils-common python3-roman python3-idna
	python3-imagesize python3-jinja2 python3-markupsafe python3-packaging
	python3-pygments python3-requests python3-snowballstemmer
	python3-urllib3 libjs-sphinxdoc)
fetch_sphinx() { "$tree/scripts/packages.sh" fetch "$1" "${packages[@]}"; }

# Every file is read each time: what was warned of once is warned of again.
build() {
	rm -rf "$out/docs"
	# It looks for its files below /usr, so that is where they are shown.
	# shellcheck disable=SC2016 # The arguments are the inner shell's.
	"$tree/scripts/enter.sh" bash -ec '
		mount -t overlay overlay -o "lowerdir=$1/usr:/usr" /usr
		exec python3 -m sphinx "${@:2}"' \
		bash /cache/sphinx -E -W --keep-going -n -d /out/doctrees \
		/src/Documentation /out/docs
}

"$tree/scripts/rootfs.sh"
piece "$cache/sphinx" "${packages[*]}" sphinx 5 "fetching Sphinx" fetch_sphinx
lock "docs-$(basename "$out")"
step docs 5 "making the documentation" build
echo "$out/docs/index.html"
