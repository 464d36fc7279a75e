# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# Loading and unloading: test modules by form and name, and btf_reconcile
# itself. To be sourced.
#
# In:  RECONCILE  path of btf_reconcile.ko, or "builtin"
#      TOP        folder of the selftests

is_loaded() {
	[ -d "/sys/module/$1" ]
}

# A program that was closed a moment ago may still hold the module.
unload() {
	unload_tries=0
	while is_loaded "$1"; do
		rmmod "$1" 2>/dev/null && return 0
		unload_tries=$((unload_tries + 1))
		[ "$unload_tries" -lt 50 ] || return 1
		sleep 0.02
	done
}

unload_tests() {
	for unload_dir in /sys/module/brt_*; do
		[ -d "$unload_dir" ] && unload "${unload_dir##*/}"
	done
	return 0
}

# load FORM NAME
load() {
	insmod "$TOP/mods/$1/$2.ko" 2>/dev/null
}

# Is btf_reconcile a part of the kernel?
is_built_in() {
	[ "$RECONCILE" = builtin ]
}

# Was it built with the kernel, built in or not?
is_in_tree() {
	is_built_in || tr '\0' '\n' <"$RECONCILE" | grep -q '^intree=Y'
}

# What is built in stays.
reconcile_out() {
	is_built_in || unload btf_reconcile
}

# Fails if there is no such module or it does not load.
reconcile_in() {
	is_loaded btf_reconcile || insmod "$RECONCILE" 2>/dev/null
}

# set_to PARAMETER VALUE CMD...: CMD while a parameter of btf_reconcile has
# another value; just CMD where that is not loaded.
set_to() (
	set_to_file=/sys/module/btf_reconcile/parameters/$1
	set_to_value=$2
	shift 2
	if [ ! -e "$set_to_file" ]; then
		"$@"
		return
	fi
	set_to_before=$(cat "$set_to_file")
	echo "$set_to_value" >"$set_to_file" || echo "cannot be set"
	"$@"
	echo "$set_to_before" >"$set_to_file"
)
