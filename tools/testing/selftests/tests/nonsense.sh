#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Modules with BTF in which one thing is wrong that the kernel does not look at
# (forms/nonsense.py): stock kernels take the wrong type and say nothing. The
# BTF is withheld, and the log says what is wrong with it.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

# found SORT MODULE REASON
found() {
	compare "$1" "loads, no BTF, logged" \
		logged "$2: \\.BTF.*$3.*withheld" probe_btf "nonsense/$1" "$2"
}

ktap_plan 8
compare "nothing wrong" "loads, BTF, 0 lines" lines probe_btf plain brt_kfunc
found function-is-array brt_kfunc "a ARRAY, which can't stand there"
found pointer-to-function brt_kfunc "a FUNC, which can't stand there"
found argument-is-prototype brt_kfunc "a FUNC_PROTO, which can't stand there"
found name-inside brt_kfunc "starts inside a string"
found no-symbol brt_kfunc "is no function of the module"
found member-too-large brt_kfunc "does not fit into it"
found slot-names-another brt_ids "another name than its symbol says"
finish
