# SPDX-License-Identifier: GPL-2.0
"""What `matrix --html` has made, used as people do: seen, typed, clicked and read aloud.

In:  PAGE JSON SHOTS: the page, what `matrix --json` says of the same, where pictures go
Out: KTAP
"""

import json
import os
import sys
import tempfile

from chromium import CONTRAST, Page
from ktap import Results
import table
from table import COUNT, FOCUS, NAMES, OPEN, ROWS


def main():
    path, told, shots = sys.argv[1:]
    with open(told, encoding="utf-8") as file:
        document = json.load(file)
    modules = document["modules"]
    kernels = [kernel["name"] for kernel in document["kernels"]]
    names = [module["name"] for module in modules]
    results = Results(25)
    expect = results.expect
    with tempfile.TemporaryDirectory(dir=shots, ignore_cleanup_errors=True) as profile:
        page = Page(os.path.abspath(path), profile)
        shot = lambda name: page.screenshot(f"{shots}/matrix-{name}.png")
        light = table.background(page)
        shot("light")
        table.first_sight(page, expect, names)
        gap = """document.querySelector('tbody tr[aria-rowindex]').getBoundingClientRect().top
            - document.querySelector('thead').getBoundingClientRect().bottom"""
        expect("nothing is between them and the headings", 0, round(page.ask(gap)))

        page.click("thead th[data-key=name] button")
        expect("a heading sorts", sorted(names)[:8], page.ask(NAMES)[:8])
        expect("and says so", "ascending", page.ask(table.sorted_by("name")))
        page.click("thead th[data-key=name] button")
        expect("twice turns it round", sorted(names)[::-1][:8], page.ask(NAMES)[:8])
        page.click("thead th[data-key=name] button")
        expect("three times is as before", names[:8], page.ask(NAMES)[:8])

        page.ask("document.querySelector('#find').focus()")
        sought = names[len(names) // 2]
        page.type(sought)
        expect("what is typed filters", True,
               sought in page.ask(NAMES) and 0 < page.ask(COUNT) < len(modules))
        expect("and is counted aloud", True,
               f"of {len(modules)} modules" in page.ask("document.querySelector('#count').textContent"))
        shot("found")
        page.ask("document.querySelector('#find').value = ''; show()")
        worst = sum(any(cell["loss"] for cell in module["kernels"]) for module in modules)
        table.choose(page, "show", "ours")
        expect("what loses something is told apart", worst, page.ask(COUNT))
        table.choose(page, "show", "all")

        page.ask("document.querySelector('tbody th button').focus()")
        page.key("ArrowDown")
        expect("an arrow goes to the next row", names[1], page.ask(FOCUS))
        page.key("End")
        expect("End goes to the last", names[-1], page.ask(FOCUS))
        expect("of which there are no more then", True, page.ask(ROWS) < 100)
        shot("end")
        page.key("Enter")
        expect("Enter opens the report", True, page.ask(OPEN))
        opened = page.until("document.querySelectorAll('#report h2').length")
        headings = page.ask("[...document.querySelectorAll('#report h2')].map((h) => h.textContent)")
        expect("of every kernel", [True] + [f"On {name}" for name in kernels], [opened] + headings)
        page.key("Escape")
        expect("Escape closes it, back to its row", [False, names[-1]],
               [page.ask(OPEN), page.ask(FOCUS)])
        page.key("Home")
        page.click("tbody tr[aria-rowindex='2'] td")
        page.until("document.querySelectorAll('#report h2').length")
        title = page.ask("document.querySelector('#report-name').textContent")
        expect("a click does, too", [True, names[0]], [page.ask(OPEN), title])
        shot("report")

        page.scheme("dark")
        contrast = page.ask(CONTRAST)
        page.ask("document.querySelector('#report').close()")
        page.settle()
        both = [contrast, page.ask(CONTRAST)]
        shot("dark")
        dark = table.background(page)
        expect("it is dark where that is wished", True, dark != light)
        expect("dark text can be read", [], [what for ratio, what in both if ratio < 4.5])
        page.do("Emulation.setDeviceMetricsOverride", width=400, height=700,
                deviceScaleFactor=1, mobile=False)
        page.settle()
        shot("narrow")
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        expect("a narrow window scrolls the table only", False, page.ask(wide))
        expect("nothing is wrong or fetched", [], page.complaints())
        page.close()
    sys.exit(results.failed != 0)


main()
