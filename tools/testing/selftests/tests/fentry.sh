#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# An fentry program attaches to a function of the module and reads its struct
# argument by CO-RE; another follows a pointer in it to a struct of the
# kernel's.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

ktap_plan 6
for form in native old copies; do
	compare "$form: the module's struct" \
		"width=6 height=7 layer=9 scale_seen=3 name=hexagon " \
		probe_fentry $form brt_trace
done
for form in native old; do
	compare "$form: from there to the kernel's" "owner=mypid " \
		probe_fentry $form brt_owner
done

# The module's own idea of task_struct is of another release. Programs read at
# the kernel's offsets: the verifier refuses that, unless there happens to be a
# number in the module's struct as well. What they read is never wrong.
compare "copies: from there to the kernel's, or not" "refused or right *" \
	refused_or_right probe_fentry copies brt_owner
finish
