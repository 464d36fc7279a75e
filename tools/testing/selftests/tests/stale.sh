#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Modules with BTF that was made for another kernel and has no base: they load,
# without BTF, with one line in the log that names the kfuncs they lose.
# stale= has them refused, or leaves them to the kernel. One of this kernel is
# not touched.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

ktap_plan 33
for module in brt_kfunc brt_filter brt_ids brt_trace; do
	compare "plain: $module stays as it is" "fits plain" \
		probe_verdict plain $module
	withheld="$module: .*; made for another kernel, its BTF is withheld.*rebuild"
	for form in stale oldstale; do
		compare "$form: $module" "loads, no BTF, logged" \
			logged "$withheld" probe_btf $form $module
	done
done
compare "plain: nothing is said" "loads, BTF, 0 lines" \
	lines probe_btf plain brt_kfunc
compare "plain: a kfunc" ret=mypid probe_run plain brt_kfunc task_pid
for form in stale oldstale; do
	compare "$form: one line" "loads, no BTF, 1 lines" \
		lines probe_btf $form brt_kfunc
	compare "$form: its kfuncs are named" "loads, no BTF, logged" \
		logged "brt_kfunc: .*not registered: brt_add, brt_task_pid, brt_pair_sum" \
		probe_btf $form brt_kfunc
	once="brt_listed, brt_guarded, brt_unlisted"
	compare "$form: each is named once" "loads, no BTF, logged" \
		logged "brt_filter: .*not registered: $once: rebuild" \
		probe_btf $form brt_filter
	compare "$form: verdict" "stale plain" probe_verdict $form brt_kfunc
	compare "$form: its kfuncs are not to be had" "*refused*" \
		probe_run $form brt_kfunc add
	compare "$form: stale=refuse" "module refused, logged" \
		set_to stale refuse logged "brt_ids: .*stale=refuse" \
		probe_btf $form brt_ids
	compare "$form: stale=leave" "$(on_stock $form brt_ids), logged" \
		set_to stale leave logged "brt_ids: .*left to the kernel" \
		probe_btf $form brt_ids
done
compare "plain: stale=refuse" "loads, BTF" \
	set_to stale refuse probe_btf plain brt_kfunc
# With a base, nothing is stale.
compare "cross: a kfunc" ret=42 probe_run cross brt_kfunc add
compare "cross: the module's struct" \
	"width=6 height=7 layer=9 scale_seen=3 name=hexagon " \
	probe_fentry cross brt_trace
# Small kernels lack some of the many types that hang on the module's.
case $(uname -r) in
*+deb*) want="reconciled base" ;;
*) want="[rc]* base" ;;
esac
compare "cross: verdict" "$want" probe_verdict cross brt_kfunc
compare "old: stale=refuse" ret=42 \
	set_to stale refuse probe_run old brt_kfunc add
finish
