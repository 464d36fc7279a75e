#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Build the Debian packages.
#
# In:  KERNEL...  the kernels to build for
#                 all of one architecture
#      SIGN=KEY,CERT  sign the prebuilt modules with this key (PEM) and
#                     certificate (PEM or DER)
#      PACKAGES_LOCKED  the caller has the lock already
# Out: $out/deb/*.deb, which it lists
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

work=$out/packages

# The program, and what its command line is like.
build_program() {
	local manifest=/src/tools/btf-reconcile/Cargo.toml
	if [[ -n $cross ]]; then
		"$tree/scripts/program.sh" "$arch"
	else
		"$tree/scripts/enter.sh" cargo build --quiet --locked --release --manifest-path "$manifest"
	fi
	"$tree/scripts/enter.sh" cargo run --quiet --locked --release --manifest-path "$manifest" \
		--example pages /out/packages/pages
}

# signing: what to put into the environment of build.sh; the key is where it
# can be read from inside only as long as that runs.
signing() {
	[[ -n ${SIGN-} ]] || return 0
	[[ -r ${SIGN%%,*} && -r ${SIGN#*,} && $SIGN == *,* ]] ||
		die "SIGN=$SIGN: expected the names of two files, KEY,CERT"
	install -Dm 600 "${SIGN%%,*}" "$work/sign/key"
	install -Dm 600 "${SIGN#*,}" "$work/sign/cert"
	sign=(SIGN_KEY=/out/packages/sign/key SIGN_CERT=/out/packages/sign/cert)
}

(($#)) || die "no kernel to build packages for"
[[ -n ${PACKAGES_LOCKED-} ]] || lock "$(basename "$out")-packages"
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work/sign"' EXIT
"$tree/scripts/rootfs.sh"
architectures=$(for kernel; do "$tree/scripts/kernel.sh" arch "$kernel"; done | sort -u)
[[ $architectures != *[[:space:]]* ]] || die "one architecture at a time: $*"
use_arch "-$architectures"
program=/out/cargo/release/btf-reconcile
[[ -z $cross ]] || program=/out/program/$arch/btf-reconcile
for kernel; do
	release=$("$tree/scripts/kernel.sh" resolve "$kernel")
	version=$("$tree/scripts/kernel.sh" version "$kernel")
	"$tree/scripts/kernel.sh" prepare "$kernel" build
	# For this kernel alone, so that what is tested meanwhile stays as it is.
	step "deb-module-$release" 20 "building btf_reconcile for $release" \
		"$tree/scripts/kbuild.sh" "$kernel" deb-module modules
	echo "$release $version /out/$release/deb-module /cache/kernels/$release/build"
done | sort -u >"$work/kernels"
step deb-program 60 "building btf-reconcile" build_program
sign=()
signing
step deb 90 "making packages" "$tree/scripts/enter.sh" -a "$arch" env "${sign[@]}" \
	bash /src/dist/debian/build.sh /out/packages "$program" /out/packages/pages "$arch"
remove "$out/deb"
mv "$work/deb" "$out/deb"
ls -l "$out"/deb/*.deb
