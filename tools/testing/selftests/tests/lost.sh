#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A base type that the kernel lacks (cgroup, renamed to cgrouq), one that has
# another size (completion, embedded), one of a name that the kernel refuses, and
# one that changed between two real releases: the module loads, its other kfuncs
# work, the log names what was carried.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

ktap_plan 15
compare "native: nothing is carried" "ret=42" \
	logged "carried [A-Z]" probe_run native brt_lost answer
compare "native: a kfunc with the type that will be lost" "ret=0" \
	probe_run native brt_lost level

compare "lost: a kfunc beside it" "ret=42, logged" \
	logged "carried STRUCT .cgrouq" probe_run lost brt_lost answer
compare "lost: a kfunc with another kernel type" "ret=mypid" \
	probe_run lost brt_lost pid
compare "lost: no cgroup passes for the lost type" "*refused*cgrouq*" \
	probe_run lost brt_lost level
compare "lost: types" "* types, 0 missing, 1 added" probe_types lost brt_lost

# The kernel takes no such name, and would refuse all that comes with it.
compare "badname: a kfunc beside it" "ret=42, logged" \
	logged "for the kernel to take the rest of its BTF, " \
	probe_run badname brt_lost answer
compare "badname: a kfunc with another kernel type" "ret=mypid" \
	probe_run badname brt_lost pid
compare "badname: BTF" "loads, BTF" probe_btf badname brt_lost

compare "resized: a kfunc beside it" "ret=42, logged" \
	logged "carried STRUCT .completion" probe_run resized brt_lost answer
compare "resized: a kfunc with another kernel type" "ret=mypid" \
	probe_run resized brt_lost pid
compare "resized: a kfunc with a third" "ret=0" probe_run resized brt_lost level
compare "resized: types" "* types, 0 missing, 1 added" \
	probe_types resized brt_lost

for form in old copies; do
	compare "$form: a struct that changed between releases" "ret=80*" \
		logged "carried [A-Z]" probe_run $form brt_grown charge
done
finish
