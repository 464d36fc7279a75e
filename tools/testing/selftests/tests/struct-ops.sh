#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# BPF programs implement operations of the module: one that takes numbers, and one
# that takes a struct of the kernel.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

ktap_plan 6
for form in native old copies; do
	compare "$form: numbers" "sum=42 " probe_ops $form brt_ops
done
for form in native old; do
	compare "$form: a task" "pid=mypid " probe_ops $form brt_opstask
done
# See fentry.sh.
compare "copies: a task, or not" "refused or right *" \
	refused_or_right probe_ops copies brt_opstask
finish
