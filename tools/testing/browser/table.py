# SPDX-License-Identifier: GPL-2.0
"""What is to be seen of any of the program's tables, and can be heard of it."""

from chromium import CONTRAST

ROWS = "document.querySelectorAll('tbody tr[aria-rowindex]').length"
COUNT = "document.querySelector('#table').getAttribute('aria-rowcount') - 1"
NAMES = "[...document.querySelectorAll('#table tbody th button')].map((b) => b.textContent)"
OPEN = "document.querySelector('#report').open"
FOCUS = "document.activeElement.textContent"


def sorted_by(key):
    """How the column says it is sorted."""
    return f"document.querySelector('th[data-key={key}]').getAttribute('aria-sort')"


def choose(page, which, value):
    """Picks what a list of choices has."""
    page.ask(f"$('{which}').value = '{value}'; $('{which}').dispatchEvent(new Event('input'))")
    page.settle()


def background(page):
    """Its colour."""
    return page.ask("getComputedStyle(document.body).backgroundColor")


def first_sight(page, expect, names):
    """Six results: what there is when the page has been opened, by light and to be heard."""
    expect("all that there is is counted", len(names), page.ask(COUNT))
    expect("what matters most comes first", names[:8], page.ask(NAMES)[:8])
    expect("only rows in view are there", True, 8 <= page.ask(ROWS) < 100)
    least, whose = page.ask(CONTRAST)
    expect("light text can be read", "", whose if least < 4.5 else "")
    tree = page.accessible()
    roles = {role for role, _ in tree}
    expect("a screen reader finds a table", True,
           {"table", "columnheader", "rowheader", "row", "cell"} <= roles)
    unnamed = [role for role, name in tree
               if role in ("button", "searchbox", "combobox", "checkbox", "table") and not name]
    expect("and names of all that can be used", [], unnamed)
