# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What every script here shares: messages, the cache folder, locks, pieces.
#
# In:  BTF_RECONCILE_CACHE  where to keep what was made (optional)
#      O                    where built objects go, in a folder of their own
#                           (optional)
# Out: $tree, $cache, $out and the functions below. To be sourced.
#
# shellcheck disable=SC2034 # What is set here is for those who source it.

tree=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
cache=${BTF_RECONCILE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/btf-reconcile}
# An ordinary user's PATH often lacks chroot's place.
PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$cache"/{lock,times,cargo,home}
cache=$(cd "$cache" && pwd -P)
# A folder of its own even in O: what is in it was made from this tree.
out=$(printf %s "$tree" | sha256sum | cut -c1-12)
if [[ -n ${O-} ]]; then
	out=$O/btf-reconcile-$out
else
	out=$cache/out/$out
fi
mkdir -p "$out/log"
out=$(cd "$out" && pwd -P)

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }

# need TOOL PACKAGE...: the packages are Debian's names.
need() {
	local tool
	while (($#)); do
		tool=$1
		command -v "$tool" >/dev/null ||
			die "$tool not found: apt-get install $2"
		shift 2
	done
}

# hash_of FILE... and standard input: a short key of what they hold.
hash_of() { cat "$@" - | sha256sum | cut -c1-16; }

# lock NAME: hold it until this process ends; says so when it has to wait.
lock() {
	exec {lock_fd}>"$cache/lock/$1"
	flock -n "$lock_fd" && return
	say "waiting for another run that has $1 in hand"
	flock "$lock_fd"
}
unlock() { exec {lock_fd}>&-; }

duration() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# ticker TITLE EXPECTED: one updating line on a terminal, else one now and then.
ticker() {
	local begin=$SECONDS gone left never pause=15
	[[ ! -t 2 ]] || pause=1
	# Locks end with who took them, however that ends: neither we nor a
	# sleep, which would outlive us, may hold them.
	[[ ! -v lock_fd ]] || exec {lock_fd}>&-
	exec {never}<> <(:) 9>&-
	while kill -0 $$ 2>/dev/null; do
		read -rt "$pause" -u "$never" || true
		gone=$((SECONDS - begin)) left=
		if (($2 > gone)); then
			left=", about $(duration $(($2 - gone))) left"
		elif (($2 > 0)); then
			left=", longer than the expected $(duration "$2")"
		fi
		if [[ -t 2 ]]; then
			printf '\r\e[K%s: %s%s' "$1" "$(duration $gone)" "$left" >&2
		else
			say "$1: $(duration $gone)$left"
		fi
	done
}

# took NAME SECONDS: how long NAME took the last time, or else may take.
took() {
	if [[ -s $cache/times/$1 ]]; then
		cat "$cache/times/$1"
	else
		echo "$2"
	fi
}

# attempt NAME SECONDS TITLE CMD...: run CMD with progress, its output to $log,
# its status to $status. SECONDS is how long it takes where no earlier run has
# told. Not for use in conditions: `set -e` would not hold inside CMD.
attempt() {
	local expected title=$3 begin=$SECONDS tick
	log=$out/log/$1.log
	expected=$(took "$1" "$2")
	((expected <= 5)) || say "$title (about $(duration "$expected"))"
	ticker "$title" "$expected" >/dev/null &
	tick=$!
	set +e
	(set -e; "${@:4}") >"$log" 2>&1 </dev/null
	status=$?
	set -e
	kill "$tick" 2>/dev/null
	wait "$tick" 2>/dev/null || true
	[[ ! -t 2 ]] || printf '\r\e[K' >&2
	((status == 0)) || return 0
	((SECONDS - begin <= 5)) || say "$title: done in $(duration $((SECONDS - begin)))"
	echo $((SECONDS - begin)) >"$cache/times/$1"
}

# step NAME SECONDS TITLE CMD...: the same, and the end when it fails.
step() {
	attempt "$@"
	((status)) || return 0
	tail -n 20 "$log" >&2
	die "failed: $3 (the whole log: $log)"
}

# whole DIR KEY: is it there, complete, and made from what KEY stands for?
whole() { [[ -e $1/.key && $(<"$1/.key") == "$2" ]]; }

# piece DIR KEY NAME SECONDS TITLE CMD...: have DIR, made by `CMD... NEW` from
# what KEY stands for. It is made in NEW beside it and takes its place only
# when whole; who comes second waits for the first.
piece() {
	local dir=$1 key=$2 name=$3 seconds=$4 title=$5
	shift 5
	whole "$dir" "$key" && return
	lock "$name"
	if ! whole "$dir" "$key"; then
		remove "$dir.new" "$dir.old"
		mkdir -p "$dir.new"
		step "$name" "$seconds" "$title" "$@" "$dir.new"
		echo "$key" >"$dir.new/.key"
		[[ -e $dir ]] && mv "$dir" "$dir.old"
		mv -T "$dir.new" "$dir"
		remove "$dir.old"
	fi
	unlock
}

# In a user namespace not all files there belong to the user.
remove() {
	local dir
	for dir; do
		[[ ! -e $dir ]] || "$tree/scripts/ns.sh" rm -rf -- "$dir"
	done
}

# linux_source DIR FILE: the kernel's source that DIR is, which has FILE, or if DIR
# is empty Debian's of 7.3.
linux_source() {
	local source=$1
	if [[ -z $source ]]; then
		"$tree/scripts/rootfs.sh"
		"$tree/scripts/kernel.sh" prepare 7.3 source
		source=$cache/source/$("$tree/scripts/kernel.sh" version 7.3)
	fi
	[[ -e $source/$2 ]] || die "no kernel source: $source"
	(cd "$source" && pwd -P)
}
