#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make an apt repository of the packages, for the kernels that trixie-backports
# has today: what a job that follows it would publish.
#
# In:  [KERNEL...]  other kernels instead
#      ARCHITECTURES  what it is for, as Debian calls them (default: the host's own)
#      REPO_KEY  a secret OpenPGP key (a file) to sign with; else one is made,
#                once, and kept in the cache
#      SIGN      as deb.sh says
# Out: $out/repo: dists/, pool/, and key.asc for apt's signed-by
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

repo=$out/repo
suite=trixie

# kernels ARCH: the newest release of each flavour that has Rust, of each version
# that this is for.
kernels() {
	local version flavour
	use_arch "-$1"
	for version in 7.2 7.3; do
		for flavour in '' "${flavours[@]}"; do
			"$tree/scripts/kernel.sh" resolve "$version$flavour-$arch" || continue
		done
	done
}

# Runs in the root file system.
inside() {
	local repo=/out/$1 dir arch
	export GNUPGHOME=$repo/gnupg
	dir=$repo/dists/$2
	shift 2
	mkdir -m 700 "$GNUPGHOME"
	umask 022
	cd "$repo"
	for arch; do
		mkdir -p "$dir/main/binary-$arch"
		apt-ftparchive --arch "$arch" packages pool >"$dir/main/binary-$arch/Packages"
		xz -k "$dir/main/binary-$arch/Packages"
	done
	apt-ftparchive -o "APT::FTPArchive::Release::Origin=btf-reconcile" \
		-o "APT::FTPArchive::Release::Label=btf-reconcile" \
		-o "APT::FTPArchive::Release::Suite=${dir##*/}" \
		-o "APT::FTPArchive::Release::Architectures=$*" \
		-o "APT::FTPArchive::Release::Components=main" release "$dir" >"$repo/Release"
	mv "$repo/Release" "$dir/Release"
	gpg --batch --quiet --import key.secret
	gpg --batch --quiet --armor --export >key.asc
	gpg --batch --quiet --yes --detach-sign --armor -o "$dir/Release.gpg" "$dir/Release"
	gpg --batch --quiet --yes --clear-sign -o "$dir/InRelease" "$dir/Release"
	gpgconf --kill all
	rm -r "$GNUPGHOME" key.secret
}

make_key() {
	local home
	home=$(mktemp -d)
	gpg --homedir "$home" --batch --quiet --passphrase '' \
		--quick-generate-key "btf-reconcile packages" ed25519 sign never
	gpg --homedir "$home" --batch --quiet --armor --export-secret-keys
	gpgconf --homedir "$home" --kill all
	rm -r "$home"
}

case ${1-} in
--inside)
	inside "${@:2}"
	exit
	;;
--make-key)
	make_key
	exit
	;;
esac

read -ra architectures <<<"${ARCHITECTURES:-$(host_arch)}"
if (($# == 0)); then
	# Those of today, and not those that were chosen once.
	for arch in "${architectures[@]}"; do
		"$tree/scripts/packages.sh" -a "$arch" update >&2
	done
	"$tree/scripts/kernel.sh" forget
	mapfile -t kernels < <(for arch in "${architectures[@]}"; do kernels "$arch"; done)
	((${#kernels[@]})) || die "trixie-backports has no kernel that this is for"
	set -- "${kernels[@]}"
fi
lock "$(basename "$out")-packages"
remove "$repo" "$repo.new"
# Not even what goes wrong leaves the key where others read.
trap 'rm -rf "$repo.new/key.secret" "$repo.new/gnupg"' EXIT
mkdir -p "$repo.new/pool"
for arch in "${architectures[@]}"; do
	mapfile -t kernels < <(for kernel; do
		[[ $("$tree/scripts/kernel.sh" arch "$kernel") != "$arch" ]] || echo "$kernel"
	done)
	PACKAGES_LOCKED=y "$tree/scripts/deb.sh" "${kernels[@]}"
	cp "$out"/deb/*.deb "$repo.new/pool/"
done
if [[ -z ${REPO_KEY-} ]]; then
	REPO_KEY=$cache/repo-key
	[[ -s $REPO_KEY ]] ||
		(umask 077; "$tree/scripts/enter.sh" bash /src/scripts/repo.sh --make-key >"$REPO_KEY")
fi
install -m 600 "$REPO_KEY" "$repo.new/key.secret"
step repo 5 "making the repository" "$tree/scripts/enter.sh" \
	bash /src/scripts/repo.sh --inside "${repo##*/}.new" "$suite" "${architectures[@]}"
mv "$repo.new" "$repo"
say "deb [signed-by=/etc/apt/keyrings/btf-reconcile.asc] URL $suite main"
say "where URL leads to $repo, and the key is its key.asc"
