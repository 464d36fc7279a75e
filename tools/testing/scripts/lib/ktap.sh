# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# Results in KTAP, for the tests of scripts.
#
# In:  plan N; expect NAME WANTED GOT; matches NAME GOT PATTERN...
# Out: KTAP on standard output. To be sourced.

number=0

plan() {
	echo "KTAP version 1"
	echo "1..$1"
}

expect() {
	number=$((number + 1))
	if [[ $2 == "$3" ]]; then
		echo "ok $number $1"
	else
		printf '# wanted: %s\n# got:    %s\n' "${2//$'\n'/$'\n# '}" "${3//$'\n'/$'\n# '}"
		echo "not ok $number $1"
	fi
}

# matches NAME GOT PATTERN...: each has to match a line of GOT.
matches() {
	local pattern
	for pattern in "${@:3}"; do
		if ! grep -qE "$pattern" <<<"$2"; then
			expect "$1" "$pattern" "$2"
			return
		fi
	done
	expect "$1" y y
}
