#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""report.py < OUTPUT of vm.sh: a table of medians.

The first round of each module is left out: the emulator translates the code
in it. The time of a function is from its entry to its return, probes included.
"""

import collections
import re
import statistics
import sys

EVENT = re.compile(r"^ *(?P<task>.+)-(?P<pid>\d+) +(\([^)]*\) +)?\[\d+\] \S+ +"
                   r"(?P<time>[\d.]+): (?P<name>\w+): (?P<rest>.*)$")
PAGE = 4096


class Load:
    """One load: times by function, and the most pages held at once.

    Functions are called again when the module goes live: the first call, when
    it is coming, is the one that works on its BTF.
    """

    def __init__(self, label, pid):
        self.label = label
        self.pid = pid
        self.entered = {}
        self.times = {}
        self.pages = 0
        self.peak = 0

    def event(self, time, name, rest):
        """Take in one event."""
        if name.endswith("_in"):
            self.entered[name[:-3]] = time
        elif name.endswith("_out"):
            begin = self.entered.pop(name[:-4], None)
            if begin is not None and name[:-4] not in self.times:
                self.times[name[:-4]] = time - begin
        elif name.startswith("mm_page_"):
            order = int(re.search(r"order=(\d+)", rest)[1])
            self.pages += (1 if name == "mm_page_alloc" else -1) << order
            self.peak = max(self.peak, self.pages)


def read(lines):
    """By (kind, label): loads, and total times."""
    kind, now = None, None
    loads, totals = (collections.defaultdict(list) for _ in range(2))
    for line in lines:
        words = line.split()
        if words in (["stock"], ["ours"], ["unify"], ["all-stock"], ["all-unify"]):
            kind = words[0]
        elif len(words) == 3 and words[1] == "load":
            totals[kind, words[0]].append(int(words[2]) / 1e3)
        elif match := EVENT.match(line):
            time = float(match["time"]) * 1e6
            mark = match["rest"].split()
            if match["name"] == "tracing_mark_write" and mark[0] == "begin":
                now = Load(mark[1], match["pid"])
                loads[kind, mark[1]].append(now)
            elif match["name"] == "tracing_mark_write":
                now = None
            elif now and match["pid"] == now.pid:
                now.event(time, match["name"], match["rest"])
        elif "refused" in line:
            print(kind, line.strip(), file=sys.stderr)
    return loads, totals


def median(values):
    """Of all but the first; nothing of nothing."""
    return statistics.median(values[1:]) if len(values) > 1 else None


def show(value):
    """One cell."""
    return "-" if value is None else f"{value:.0f}"


def ratio(slow, fast):
    """How many times."""
    return "-" if not slow or not fast else f"{slow / fast:.1f}"


def distilled(label):
    """The module that the stock kernel is asked of: what stands on its own it refuses."""
    form, _, name = label.partition("/")
    if form != "whole":
        return label
    return "native/" + name if name.startswith("brt_") else name


def report_ratios(what, ratios):
    """Of several modules."""
    if ratios:
        print(f"ratio of btf_relocate to {what}: median {statistics.median(ratios):.1f},"
              f" least {min(ratios):.1f}")


def report_all(totals):
    """Of hundreds of modules: how long all took, and which are slower with us."""
    # The least of some loads: what else the machine does only adds to it. The first
    # does not count, and what can't be unloaded is loaded only once.
    least = {key: min(values[1:]) for key, values in totals.items() if len(values) > 1}
    labels = [label for kind, label in least
              if kind == "all-stock" and ("all-unify", label) in least]
    pairs = [(least["all-stock", label], least["all-unify", label], label)
             for label in labels]
    stock, ours = (sum(column) for column in list(zip(*pairs))[:2])
    slower = sorted((pair for pair in pairs if pair[1] > pair[0]),
                    key=lambda pair: pair[0] - pair[1])
    print(f"{len(pairs)} modules of the kernel's own, distilled, loaded (us): "
          f"stock {stock:.0f}, with us, unifying, {ours:.0f}; "
          f"{len(slower)} are slower with us")
    for before, after, label in slower:
        print(f"  {label}: {before:.0f}, {after:.0f}")


def main():
    """Print the table."""
    loads, totals = read(sys.stdin)
    labels = [label for kind, label in totals
              if kind == "ours" and not label.endswith("-memory")]

    def time(kind, label, name):
        """Of a function."""
        return median([load.times[name] for load in loads[kind, label]
                       if name in load.times])

    def peak(kind, label):
        """In the second load with memory events."""
        found = loads[kind, label + "-memory"]
        return found[-1].peak * PAGE / 1024 if found else None

    print("medians in us; peak of pages held in KiB")
    form = "{:18}" + " {:>8}" * 13
    print(form.format("module", "relocate", "ours", "ratio", "ours and", "notify", "notify",
                      "load", "load", "load", "ratio", "peak", "peak", "peak"))
    print(form.format("", "stock", "", "", "unifying", "stock", "with us", "stock",
                      "with us", "unifying", "", "stock", "with us", "unifying"))
    ratios, ratios_whole = [], []
    for label in labels:
        # In the stock kernel a module that stands on its own here is distilled.
        stock = distilled(label)
        slow, fast = time("stock", stock, "relocate"), time("ours", label, "ours")
        unifying = time("unify", label, "ours")
        if stock != label and slow and unifying:
            ratios_whole.append(slow / unifying)
        elif slow and fast:
            ratios.append(slow / fast)
        columns = ("stock", stock), ("ours", label), ("unify", label)
        load = [median(totals[kind, name]) for kind, name in columns]
        peaks = [peak(kind, name) for kind, name in columns]
        print(form.format(
            label, show(slow), show(fast), ratio(slow, fast), show(unifying),
            show(time("stock", stock, "notify")), show(time("ours", label, "notify")),
            *map(show, load), ratio(load[0], load[2]), *map(show, peaks)))
    report_ratios("ours", ratios)
    report_ratios("ours of what stands on its own, unifying", ratios_whole)
    report_all(totals)


main()
