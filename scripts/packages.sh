#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Debian 13's package lists, in the cache: nothing is installed on the host.
#
# In:  [-a ARCH]        of another architecture than the host's
#      update           read the lists again
#      versions NAME... "package version" of all there are
#      names PREFIX     the names of all packages that begin with it
#      needs NAME       the names of the packages that it depends on
#      fetch DIR PKG[=VERSION]...  unpack packages into DIR
#      download DIR PKG[=VERSION]...  have the packages themselves in DIR
#      complete DIR STATUS PKG...  the same with all that they depend on, without
#                       what is installed as dpkg's file STATUS has it
#      DEBIAN_MIRROR    where Debian is; else the host's own apt knows
# Out: what was asked for, on standard output. The mirror and proxies are the
#      host's: they stand in the cache, never in the tree.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

need apt-get apt dpkg-deb dpkg flock util-linux
arch=$(host_arch)
again=("$0")
apt=$cache/apt lists=packages
if [[ ${1-} == -a ]]; then
	if [[ $2 != "$arch" ]]; then
		arch=$2
		apt+=-$arch lists+=-$arch
		again+=(-a "$arch")
	fi
	shift 2
fi
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
			APT::Architecture "$arch";
			APT::Architectures { "$arch"; };
			APT::Get::List-Cleanup "false";
			Acquire::Languages "none";
		END
	} >"$1/apt.conf"
}

# Where the host's own apt finds Debian: first what it knows to be Debian's,
# then, when it has read no lists yet, all that may be.
mirrors() {
	if [[ -n ${DEBIAN_MIRROR-} ]]; then
		echo "$DEBIAN_MIRROR"
		return
	fi
	# shellcheck disable=SC2016 # $(...) is apt's
	apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' 2>/dev/null |
		awk -F'|' '$1 == "Debian" && $2 == "Debian" && !seen[$3]++ { print $3 }'
	apt-get update --print-uris 2>/dev/null |
		sed -nE "s,^'(.*/)dists/(bookworm|trixie|forky|sid|stable|testing|unstable)/InRelease'.*,\1,p"
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

# The first mirror that has both suites, signed by Debian.
update() {
	local uri keys
	keys=$(keyring)
	mkdir -p "$apt"
	acquire_settings >"$apt/acquire.conf"
	for uri in $(mirrors | awk '!seen[$0]++'); do
		echo "from $uri"
		configure "$apt" "$apt/sources.list.new" /dev/null
		cat >"$apt/sources.list.new" <<-END
			deb [signed-by=$keys] $uri trixie main
			deb [signed-by=$keys] $uri trixie-backports main
		END
		APT_CONFIG=$apt/apt.conf apt-get -q -o APT::Update::Error-Mode=any update || continue
		mv "$apt/sources.list.new" "$apt/sources.list"
		configure "$apt" "$apt/sources.list" /dev/null
		touch "$apt/updated"
		return
	done
	die "no Debian mirror among apt's sources: set DEBIAN_MIRROR=http://..."
}

# ready: have lists, whoever comes first reads them.
ready() {
	[[ -e $apt/updated ]] && return
	lock "$lists"
	[[ -e $apt/updated ]] && return
	step "$lists" 10 "reading Debian's package lists" "${again[@]}" update
}

versions() {
	APT_CONFIG=$apt/apt.conf apt-cache madison "$@" |
		awk -F' *[|] *' '{ sub(/^ +/, "", $1); print $1, $2 }'
}

needs() {
	APT_CONFIG=$apt/apt.conf apt-cache --no-recommends --no-suggests depends "$1" |
		sed -n 's/^ *Depends: //p'
}

# within DIR CMD...: run CMD, which fetches packages, in DIR.
within() {
	mkdir -p "$1"
	(cd "$1" && APT_CONFIG=$apt/apt.conf "${@:2}") >&2 ||
		die "cannot fetch with ${*:2}; if Debian has newer ones: make update"
}

download() { within "$1" apt-get -q download "${@:2}"; }

# unpack DIR CMD...: what CMD fetches into DIR/.debs, where it is run.
unpack() {
	local dir=$1 file
	shift
	# In there, so that an interrupted run leaves nothing elsewhere.
	within "$dir/.debs" "$@"
	for file in "$dir"/.debs/*.deb; do
		dpkg-deb -x "$file" "$dir"
	done
	rm -r "$dir/.debs"
}

fetch() { unpack "$1" apt-get -q download "${@:2}"; }

complete() {
	mkdir -p "$1/.debs/partial" # As apt wants it.
	unpack "$1" apt-get -q --yes --download-only --no-install-recommends \
		-o "Dir::State::status=$2" -o "Dir::Cache::archives=$1/.debs" \
		install "${@:3}"
}

case ${1-} in
update) update ;;
ready) ready ;;
versions | needs | fetch | download | complete)
	ready
	"$@"
	;;
names)
	ready
	APT_CONFIG=$apt/apt.conf apt-cache pkgnames "${2-}"
	;;
*) die "see the top of $0" ;;
esac
