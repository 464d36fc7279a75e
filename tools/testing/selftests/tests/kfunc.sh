#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Kfuncs called from BPF programs return the right value.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

ktap_plan 9
for form in native old copies; do
	compare "$form: plain arguments" ret=42 \
		probe_run $form brt_kfunc add
	compare "$form: a struct of the module" ret=42 \
		probe_run $form brt_kfunc pair_sum
done
for form in native old; do
	compare "$form: the current task is the caller" ret=mypid \
		probe_run $form brt_kfunc task_pid
done
# The copy of task_struct is a type of the module's own: no task of the
# kernel's may pass for one.
of_copies "copies: the current task is of another type" '*refused*' \
	probe_run copies brt_kfunc task_pid
finish
