# SPDX-License-Identifier: GPL-2.0
"""Results of tests, as lines of KTAP."""


class Results:
    def __init__(self, plan):
        self.number = self.failed = 0
        print(f"1..{plan}", flush=True)

    def expect(self, name, expected, got):
        """One result: whether both are the same."""
        self.number += 1
        word = "ok" if expected == got else "not ok"
        print(f"{word} {self.number} - {name}", flush=True)
        if expected != got:
            self.failed += 1
            print(f"# expected {expected!r}, got {got!r}", flush=True)
