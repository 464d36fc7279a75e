#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does `make clean` remove what was made here, and nothing else?
#
# In:  nothing: the cache is a made-up one
# Out: KTAP
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
tree=$(cd "$here/../../.." && pwd -P)
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$here/lib/ktap.sh"

top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
export BTF_RECONCILE_CACHE=$top/cache
unset O MAKEFLAGS MFLAGS MAKELEVEL

# clean [O=DIR]: as from the command line, with a kernel tree that says how it
# is called.
mkdir "$top/kdir"
# shellcheck disable=SC2016 # it is make that expands it
printf 'clean:\n\t@echo "kernel: O=$(O)"\n' >"$top/kdir/Makefile"
clean() { make -s -C "$tree" KDIR="$top/kdir" "$@" clean; }
# build [O=DIR]: as a run does it that leaves something behind.
build() {
	# shellcheck disable=SC2016 # The arguments are the inner shell's.
	env "$@" bash -c '. "$1/scripts/lib.sh"; mkdir -p "$out/docs"; echo x >"$out/run.log"
		echo "$out"' bash "$tree"
}
# files: all that is in DIR, in one line.
files() { (cd "$top/dir" && find . -type f | sort | tr '\n' ' '); }

plan 8
mkdir -p "$top"/dir/{docs,log,cargo-notes,7.3-amd64}
for name in docs/mine log/mine cargo-notes/mine 7.3-amd64/mine vm.mine my.log; do
	echo mine >"$top/dir/$name"
done
before=$(files)

expect "what is not ours stays" "kernel: O=" "$(clean O="$top/dir")"
expect "all of it" "$before" "$(files)"
built=$(build O="$top/dir")
expect "something was built" "yes" "$([[ -e $built/run.log ]] && echo yes)"
clean O="$top/dir" >/dev/null
expect "what was built is gone" "no" "$([[ -e $built ]] || echo no)"
expect "and still nothing else" "$before" "$(files)"
clean O="$top/none" >/dev/null
expect "no folder is made for it" "no" "$([[ -e $top/none ]] || echo no)"
built=$(build A=b)
clean >/dev/null
expect "in the cache it is gone too" "no" "$([[ -e $built ]] || echo no)"
expect "but not the cache" "yes" "$([[ -d $top/cache/lock ]] && echo yes)"
