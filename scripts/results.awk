# SPDX-License-Identifier: GPL-2.0
#
# Count test results.
#
# In:  the output of KTAP tests or of `cargo test`; "# exit N" at the end if
#      the command that wrote it failed
# Out: "passed failed skipped"
#
# A plan that promises more results than came counts the rest as failed, and
# so does a run that failed, or ended, without any result that says so.

# KTAP, the outermost level only: what is nested is summed up there.
/^1\.\.[0-9]+/ { planned += substr($1, 4); plan = 1 }
/^(not )?ok( |$)/ {
	ktap++
	if (toupper($0) ~ /# SKIP/) skipped++
	else if ($1 == "not") failed++
	else passed++
}

# cargo test.
/^test .* \.\.\. ok$/ { passed++ }
/^test .* \.\.\. FAILED$/ { failed++ }
/^test .* \.\.\. ignored/ { skipped++ }

/^# exit [0-9]+$/ { broken = 1 }

END {
	if (ktap && !plan) failed++
	if (planned > ktap) failed += planned - ktap
	if (broken && !failed) failed++
	if (passed + failed + skipped == 0) failed++
	print passed + 0, failed + 0, skipped + 0
}
