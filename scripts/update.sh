#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Look for newer kernels: read Debian's lists again and forget the choices.
#
# In:  KERNEL OTHER
# Out: which releases are used from now on; the others' pieces are
#      removed
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

architectures() {
	local kernel
	for kernel in "$@" debug; do
		"$tree/scripts/kernel.sh" arch "$kernel"
	done | sort -u
}

lock packages
for arch in $(architectures "$@"); do
	step packages 10 "reading Debian's package lists for $arch" \
		"$tree/scripts/packages.sh" -a "$arch" update
done
unlock
"$tree/scripts/kernel.sh" forget
used=()
for kernel in "$@" debug; do
	release=$("$tree/scripts/kernel.sh" resolve "$kernel")
	# Tests have things of its other flavours, which go and come with it.
	used+=("$release" "${release%%+*}" "$("$tree/scripts/kernel.sh" version "$kernel")")
	say "$kernel: $release"
done
# Not while somebody works with them.
exec 9>"$cache/lock/rootfs.use"
flock -n 9 || exit 0
for dir in "$cache"/{kernels,source}/*; do
	name=${dir##*/}
	[[ " ${used[*]} " == *" $name "* ]] && continue
	base=${name%%+*}
	[[ " ${used[*]} " == *" ${base%-debug*} "* ]] && continue
	[[ ! -d $dir ]] || say "removing $dir"
	remove "$dir"
done
