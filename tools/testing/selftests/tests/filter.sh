#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# A kfunc filter that searches sets of the module allows and refuses what it
# says. The sets keep ids of the module's build on the stock kernel, so it
# finds nothing in them.

# shellcheck source=tools/testing/selftests/lib/compare.sh
. "$(dirname "$0")/../lib/compare.sh"

ktap_plan 8
for want in syscall_listed=allowed syscall_guarded=allowed \
	syscall_unlisted=refused tc_listed=allowed tc_guarded=refused \
	tc_unlisted=allowed; do
	compare "old: ${want%=*} is ${want#*=}" "${want#*=}" \
		probe_filter old "${want%=*}"
done
compare "native: all six" "6 of 6 right" probe_filter_all native
compare "copies: all six" "6 of 6 right" probe_filter_all copies
finish
