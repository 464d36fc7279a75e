#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Debian 13's package lists, in the cache: nothing is installed on the host.
#
# In:  update           read the lists again
#      versions NAME... "package version" of all there are
#      names PREFIX     the names of all packages that begin with it
#      fetch DIR PKG[=VERSION]...  unpack packages into DIR
#      DEBIAN_MIRROR    where Debian is; else the host's own apt knows
# Out: what was asked for, on standard output. The mirror and proxies are the
#      host's: they stand in the cache, never in the tree.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"

need apt-get apt dpkg-deb dpkg flock util-linux
apt=$cache/apt
keyrings=/usr/share/keyrings

# The host's settings for how to reach a mirror.
acquire_settings() {
	apt-config dump | grep -iE \
		'^Acquire::(https?|ftp|socks|Retries|Check-Valid-Until|Check-Date|ForceIPv[46]|Proxy-Auto-Detect|ProxyAutoDetect)\b.*"[^"]+"' || true
}

# configure DIR SOURCES SOURCEPARTS: an apt of its own, without the host's hooks.
configure() {
	mkdir -p "$1"/{lists/partial,archives/partial}
	: >"$1/status"
	{
		acquire_settings
		cat <<-END
			Dir::Etc::main "/dev/null";
			Dir::Etc::parts "/dev/null";
			Dir::Etc::preferences "/dev/null";
			Dir::Etc::preferencesparts "/dev/null";
			Dir::Etc::sourcelist "$2";
			Dir::Etc::sourceparts "$3";
			Dir::State::Lists "$1/lists";
			Dir::State::status "$1/status";
			Dir::Cache "$1";
			Dir::Cache::archives "$1/archives";
			APT::Sandbox::User "root";
			APT::Architecture "amd64";
			APT::Architectures { "amd64"; };
			APT::Get::List-Cleanup "false";
			Acquire::Languages "none";
		END
	} >"$1/apt.conf"
}

# The host's own Debian mirror, as apt names it when it has lists, else the
# first one that is neither for security nor for a single folder.
mirror() {
	local uri
	if [[ -n ${DEBIAN_MIRROR-} ]]; then
		echo "$DEBIAN_MIRROR"
		return
	fi
	# shellcheck disable=SC2016 # $(...) is apt's
	uri=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 2>/dev/null |
		awk -F'|' '$1 == "Debian" && $2 == "Debian" { print $3; exit }')
	if [[ -z $uri ]]; then
		# shellcheck disable=SC2016
		uri=$(apt-get indextargets --format '$(RELEASE)|$(REPO_URI)' 2>/dev/null |
			awk -F'|' '$1 ~ /^(bookworm|trixie|forky|sid|stable|testing|unstable)$/ { print $2; exit }')
	fi
	[[ -n $uri ]] || die "no Debian mirror in apt's sources: set DEBIAN_MIRROR=http://..."
	echo "$uri"
}

# A keyring that knows Debian 13's keys: the host's, or the host's suite's newer one.
keyring() {
	local have=("$keyrings"/debian-archive-trixie-stable.*)
	if [[ ! -e ${have[0]} ]]; then
		have=("$apt"/keyring/usr/share/keyrings/debian-archive-trixie-stable.*)
		if [[ ! -e ${have[0]} ]]; then
			configure "$apt/host" "$(apt-config shell f Dir::Etc::sourcelist/f | sed "s/^f='\(.*\)'$/\1/")" \
				"$(apt-config shell f Dir::Etc::sourceparts/d | sed "s/^f='\(.*\)'$/\1/")"
			(
				export APT_CONFIG=$apt/host/apt.conf
				apt-get -q update
				cd "$apt/host"
				apt-get -q download debian-archive-keyring
				dpkg-deb -x debian-archive-keyring_*.deb "$apt/keyring"
			) >&2
			have=("$apt"/keyring/usr/share/keyrings/debian-archive-trixie-stable.*)
		fi
	fi
	[[ -e ${have[0]} ]] || die "no keys of Debian 13: apt-get install debian-archive-keyring"
	echo "${have[0]%/*}/debian-archive-keyring.${have[0]##*.}"
}

update() {
	local uri keys
	mkdir -p "$apt"
	uri=$(mirror)
	keys=$(keyring)
	configure "$apt" "$apt/sources.list" /dev/null
	acquire_settings >"$apt/acquire.conf"
	cat >"$apt/sources.list.new" <<-END
		deb [signed-by=$keys] $uri trixie main
		deb [signed-by=$keys] $uri trixie-backports main
	END
	mv "$apt/sources.list.new" "$apt/sources.list"
	APT_CONFIG=$apt/apt.conf apt-get -q -o APT::Update::Error-Mode=any update
	touch "$apt/updated"
}

# ready: have lists, whoever comes first reads them.
ready() {
	[[ -e $apt/updated ]] && return
	lock packages
	[[ -e $apt/updated ]] && return
	step packages 10 "reading Debian's package lists" "$0" update
}

versions() {
	APT_CONFIG=$apt/apt.conf apt-cache madison "$@" |
		awk -F' *[|] *' '{ sub(/^ +/, "", $1); print $1, $2 }'
}

fetch() {
	local dir=$1 file
	shift
	# In there, so that an interrupted run leaves nothing elsewhere.
	mkdir -p "$dir/.debs"
	(cd "$dir/.debs" && APT_CONFIG=$apt/apt.conf apt-get -q download "$@") >&2 ||
		die "cannot fetch $*; if Debian has newer ones: make update"
	for file in "$dir"/.debs/*.deb; do
		dpkg-deb -x "$file" "$dir"
	done
	rm -r "$dir/.debs"
}

case ${1-} in
update) update ;;
ready) ready ;;
versions | fetch)
	ready
	"$@"
	;;
names)
	ready
	APT_CONFIG=$apt/apt.conf apt-cache pkgnames "${2-}"
	;;
*) die "see the top of $0" ;;
esac
