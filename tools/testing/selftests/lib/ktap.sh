# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=sh
#
# KTAP output of one test script. To be sourced.
#
# In:  ktap_plan N, then N times one of ktap_pass, ktap_fail, ktap_skip NAME
# Out: KTAP on stdout; ktap_finish exits 0, 1 after a failure, 4 if all was
#      skipped

ktap_count=0
ktap_failed=0
ktap_skipped=0

ktap_plan() {
	echo "KTAP version 1"
	echo "1..$1"
	ktap_planned=$1
}

# Each line of the arguments as a diagnostic.
ktap_diag() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

ktap_pass() {
	ktap_count=$((ktap_count + 1))
	echo "ok $ktap_count $1"
}

ktap_fail() {
	ktap_count=$((ktap_count + 1))
	ktap_failed=$((ktap_failed + 1))
	echo "not ok $ktap_count $1"
}

ktap_skip() {
	ktap_count=$((ktap_count + 1))
	ktap_skipped=$((ktap_skipped + 1))
	echo "ok $ktap_count $1 # SKIP $2"
}

ktap_finish() {
	if [ "$ktap_count" != "$ktap_planned" ]; then
		ktap_diag "planned $ktap_planned, ran $ktap_count"
		exit 1
	fi
	[ "$ktap_failed" = 0 ] || exit 1
	[ "$ktap_skipped" != "$ktap_count" ] || exit 4
	exit 0
}
