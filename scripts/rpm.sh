#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the RPM packages with Debian's rpmbuild, to see that they can be built and
# what is in them: they are for other distributions, whose kernels are not here.
#
# In:  KERNEL  the Debian kernel that stands for one of theirs
# Out: $out/rpm: the packages, and for each of them NAME.files, what is in it: modes and names
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# Runs in the root file system.
inside() {
	local build=$1 cc=$2 top=/out/rpm.work version file
	version=$(sed -n 's/^Version: *//p' /src/dist/rpm/btf-reconcile.spec)
	rm -rf "$top"
	mkdir -p "$top"/SOURCES
	tar -C /src -czf "$top/SOURCES/btf-reconcile-$version.tar.gz" --exclude=target \
		--transform "s,^,btf-reconcile-$version/," \
		Makefile Kbuild README.md dkms.conf LICENSES dist rust scripts tools/btf-reconcile
	# The names of what has to be there first are of other distributions.
	rpmbuild -bb --nodeps --define "_topdir $top" --define "_tmppath $top" \
		--define "_dbpath $top/db" --define "kdir $build" \
		--define "kmake CC=$cc" --define "_smp_mflags -j$(nproc)" \
		/src/dist/rpm/btf-reconcile.spec
	rm -rf /out/rpm
	mkdir /out/rpm
	find "$top/RPMS" -name '*.rpm' -exec mv -t /out/rpm {} +
	for file in /out/rpm/*.rpm; do
		rpm --dbpath "$top/db" -qp --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' "$file" \
			>"/out/rpm/$(rpm --dbpath "$top/db" -qp --qf '%{NAME}' "$file").files"
	done
	rm -rf "$top"
}

if [[ $1 == --inside ]]; then
	inside "$2" "$3"
	exit
fi

"$tree/scripts/rootfs.sh"
"$tree/scripts/kernel.sh" prepare "$1" build
release=$("$tree/scripts/kernel.sh" resolve "$1")
cc=$("$tree/scripts/kernel.sh" environment "$1" | sed -n 's/^CC=//p')
step rpm 300 "building RPM packages" "$tree/scripts/enter.sh" bash /src/scripts/rpm.sh \
	--inside "/cache/kernels/$release/build" "$cc"
ls -l "$out"/rpm/*.rpm
