#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Every id that a module reads from its BTF_ID_LIST is the one that user space
# finds by name in /sys/kernel/btf.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

IDS_DETAIL=/tmp/ids

ktap_plan 3
for form in native old copies; do
	compare "$form: ids of a list" "9 of 9 ids right" probe_ids $form
	sed 's/^/# /' $IDS_DETAIL
done
finish
