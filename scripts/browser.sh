#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run a command inside the root file system where there is a browser, too.
#
# In:  CMD...  what enter.sh takes
# Out: its exit status; the browser is /usr/bin/chromium-headless-shell
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# The one without windows needs least, and fonts have to be named.
packages=(chromium-headless-shell fonts-dejavu-core)
status=$cache/rootfs/var/lib/dpkg/status

fetch_browser() {
	# A copy, since apt locks what is beside it.
	mkdir "$1/dpkg"
	cp "$status" "$1/dpkg/status"
	"$tree/scripts/packages.sh" complete "$1" "$1/dpkg/status" "${packages[@]}"
	rm -r "$1/dpkg" "$1"/usr/share/{doc,man,locale}
}

"$tree/scripts/rootfs.sh"
piece "$cache/browser" "$(hash_of "$0" "$status" </dev/null)" browser 30 \
	"fetching a browser" fetch_browser
# Where its configuration would tell of fonts is outside of what is laid over.
# shellcheck disable=SC2016 # The arguments are the inner shell's.
exec "$tree/scripts/enter.sh" bash -ec '
	mount -t overlay overlay -o "lowerdir=$1/usr:/usr" /usr
	export FONTCONFIG_FILE=/src/tools/testing/browser/fonts.conf
	exec "${@:2}"' \
	bash /cache/browser "$@"
