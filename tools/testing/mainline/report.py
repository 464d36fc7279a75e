#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Tell what came out, and whether that is what the documentation says.

report.py results KERNEL COLUMN MADE SAID  KTAP; MADE is make.py's folder, SAID what
                         vm.sh printed, COLUMN that of the table, or "patched": then
                         those that have a cure are not to come out. What came out
                         goes to SAID.table.
report.py table FILE...  the same of several kernels, side by side
"""

import os
import sys

import catalogue
from seen import Seen, parse

WORDS = {True: "reproduced", False: "not reproduced", None: "unclear"}


def outcome(finding, seen):
    """Did it come out as found? None if neither that nor as it should."""
    found, absent = finding.reproduced(seen), finding.absent(seen)
    return found if found != absent else None


def wanted(row, column):
    """What the documentation says of a kernel."""
    if column == "patched":
        return not row["cure"]
    return {"yes": True, "no": False}[row[column]]


def results(kernel, column, made, said):
    """One result a finding."""
    with open(os.path.join(made, "missing"), encoding="ascii") as file:
        missing = dict(line.rstrip().split(": ", 1) for line in file)
    with open(said, encoding="utf-8", errors="replace") as file:
        seen = parse(file)
    rows = catalogue.expected()
    print(f"KTAP version 1\n1..{len(rows)}")
    with open(said + ".table", "w", encoding="ascii") as table:
        table.write(f"kernel: {kernel}\n")
        for number, (name, finding) in enumerate(catalogue.every(), 1):
            if name in missing:
                print(f"ok {number} {name} # SKIP {missing[name]}")
                table.write(f"{name}: -\n")
                continue
            what = seen.get(name, Seen([]))
            came = outcome(finding, what)
            table.write(f"{name}: {WORDS[came]}\n")
            want = wanted(rows[name], column)
            if came == want:
                print(f"ok {number} {name}: {WORDS[came]}")
                continue
            print("\n".join("# " + line for line in what.lines[:60]))
            print(f"not ok {number} {name}: {WORDS[came]}, not as expected")


def table(files):
    """A line a finding, a column a kernel."""
    columns = []
    for path in files:
        with open(path, encoding="ascii") as file:
            columns.append(dict(line.rstrip().split(": ", 1) for line in file))
    names = ["kernel", *catalogue.expected()]
    for name in names:
        cells = [column.get(name, "?") for column in columns]
        cells = [f"{cell:22}" for cell in cells]
        print(f"{name if name != 'kernel' else '':22} {' '.join(cells)}".rstrip())


def main():
    """Run the command."""
    if sys.argv[1] == "results":
        results(*sys.argv[2:])
    else:
        table(sys.argv[2:])


main()
