#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# The destructor kfunc runs, on the right object, when a map that holds a kptr
# goes away.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

ktap_plan 3
for form in native old copies; do
	compare "$form: destructor" "calls=1 value=77" probe_dtor $form
done
finish
