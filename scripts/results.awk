# SPDX-License-Identifier: GPL-2.0
#
# Count test results.
#
# In:  the output of KTAP tests or of `cargo test`; "# exit N" at the end if
#      the command that wrote it failed
# Out: "passed failed skipped"
#
# Of nested KTAP results the innermost count, not those that sum them up. A
# plan that promises more results than came counts the rest as failed. So does
# a run that fails or ends without any result that says so.

# end_below DEPTH: the tests nested deeper are over; are there any?
function end_below(depth,    d, any) {
	for (d in came) {
		if (d + 0 <= depth) continue
		any = 1
		short = (d in planned) ? planned[d] - came[d] : 1
		if (short > 0) { failed += short; broke = 1 }
		delete came[d]
		delete planned[d]
	}
	return any
}

{ match($0, /^ */); depth = RLENGTH }

/^ *1\.\.[0-9]+/ {
	planned[depth] += substr($1, 4)
	came[depth] += 0
}

/^ *(not )?ok( |$)/ {
	nested = end_below(depth)
	came[depth]++
	bad = $1 == "not"
	if (nested) {
		# A sum, which may know of a failure that no part of it tells.
		if (bad && !broke) failed++
		broke = 0
	} else if (toupper($0) ~ /# SKIP/) {
		skipped++
	} else if (bad) {
		failed++
		broke = 1
	} else {
		passed++
	}
}

# cargo test.
/^test .* \.\.\. ok$/ { passed++ }
/^test .* \.\.\. FAILED$/ { failed++ }
/^test .* \.\.\. ignored/ { skipped++ }

/^# exit [0-9]+$/ { ended_badly = 1 }

END {
	end_below(-1)
	if (ended_badly && !failed) failed++
	if (passed + failed + skipped == 0) failed++
	print passed + 0, failed + 0, skipped + 0
}
