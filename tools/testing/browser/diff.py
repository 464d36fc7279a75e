# SPDX-License-Identifier: GPL-2.0
"""What `diff --html` has made, used as people do: seen, typed, clicked and read aloud.

In:  PAGE JSON SHOTS: the page, what `diff --json` says of the same, where pictures go
Out: KTAP
"""

import json
import os
import sys
import tempfile

from chromium import CONTRAST, Page
from ktap import Results
import table
from table import COUNT, FOCUS, NAMES, OPEN

USERS = "[...document.querySelectorAll('#table td.users')].map((td) => Number(td.textContent))"
TEXT = "document.querySelector('#report-text').textContent"


def main():
    path, told, shots = sys.argv[1:]
    with open(told, encoding="utf-8") as file:
        document = json.load(file)
    own = [item for item in document["types"] if item["change"] != "through"]
    others = [item for item in document["types"] if item["change"] == "through"]
    names = [item["name"] for item in own]
    results = Results(25)
    expect = results.expect
    with tempfile.TemporaryDirectory(dir=shots, ignore_cleanup_errors=True) as profile:
        page = Page(os.path.abspath(path), profile)
        shot = lambda name: page.screenshot(f"{shots}/diff-{name}.png")

        light = table.background(page)
        shot("light")
        table.first_sight(page, expect, names)
        title = page.ask("document.querySelector('h1').textContent")
        expect("both kernels are named", True, all(name in title for name in document["kernels"]))

        page.click("thead th[data-key=name] button")
        expect("a heading sorts", sorted(names)[:8], page.ask(NAMES)[:8])
        page.click("thead th[data-key=users] button")
        most = sorted((len(item.get("modules", [])) for item in own), reverse=True)
        expect("what most modules depend on comes first", most[:8], page.ask(USERS)[:8])
        expect("and it says so", "ascending", page.ask(table.sorted_by("users")))
        page.click("thead th[data-key=users] button")
        page.click("thead th[data-key=users] button")
        expect("three times is as before", names[:8], page.ask(NAMES)[:8])

        table.choose(page, "show", "changed")
        changed = [item["name"] for item in own if item["change"] == "changed"]
        expect("what changed is told apart", [len(changed)] + changed[:4],
               [page.ask(COUNT)] + page.ask(NAMES)[:4])
        table.choose(page, "what", "struct")
        structs = [item for item in own if item["change"] == "changed" and item["what"] == "struct"]
        expect("and structs among that", len(structs), page.ask(COUNT))
        page.click("#used")
        expect("and what modules depend on", sum("modules" in item for item in structs), page.ask(COUNT))
        page.click("#used")
        table.choose(page, "what", "")
        table.choose(page, "show", "")

        page.ask("document.querySelector('#find').focus()")
        sought = changed[len(changed) // 2]
        page.type(sought)
        expect("what is typed filters", True,
               sought in page.ask(NAMES) and 0 < page.ask(COUNT) < len(own))
        shot("found")
        page.ask("document.querySelector('#find').value = ''; show()")

        page.ask("document.querySelector('#table tbody th button').focus()")
        page.key("End")
        expect("End goes to the last row", names[-1], page.ask(FOCUS))
        page.key("Home")
        page.key("ArrowDown")
        expect("an arrow goes to the next", names[1], page.ask(FOCUS))

        table.choose(page, "show", "changed")
        table.choose(page, "what", "struct")
        page.click("thead th[data-key=users] button")
        page.click("tbody tr[aria-rowindex='2'] td")
        page.until(f"{TEXT} !== 'Unpacking ...'")
        top = max(structs, key=lambda item: len(item.get("modules", [])))
        opened = page.ask(TEXT)
        expect("a click opens all of it", [True, top["name"]],
               [page.ask(OPEN), page.ask("document.querySelector('#report-name').textContent")])
        expect("its members", True, all(part["name"] in opened for part in top["parts"]))
        modules = page.ask("document.querySelectorAll('#report li').length")
        expect("and the modules that depend on it", len(top["modules"]), modules)
        shot("report")

        page.scheme("dark")
        contrast = page.ask(CONTRAST)
        page.key("Escape")
        page.settle()
        expect("Escape closes it", False, page.ask(OPEN))
        both = [contrast, page.ask(CONTRAST)]
        dark = table.background(page)
        expect("it is dark where that is wished", True, dark != light)
        expect("dark text can be read", [], [what for ratio, what in both if ratio < 4.5])
        table.choose(page, "what", "")
        table.choose(page, "show", "through")
        page.until(f"{COUNT} === {len(others)}")
        page.click("thead th[data-key=users] button")
        page.click("thead th[data-key=users] button")
        expect("what only leads to changes is unpacked if wanted",
               [len(others)] + [item["name"] for item in others[:4]],
               [page.ask(COUNT)] + page.ask(NAMES)[:4])
        shot("dark")
        page.do("Emulation.setDeviceMetricsOverride", width=400, height=700,
                deviceScaleFactor=1, mobile=False)
        page.settle()
        shot("narrow")
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        complaints = page.complaints() + (["too wide"] if page.ask(wide) else [])
        expect("nothing is wrong, too wide or fetched", [], complaints)
        page.close()
    sys.exit(results.failed != 0)


main()
