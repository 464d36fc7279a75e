# SPDX-License-Identifier: GPL-2.0
"""The findings, a file each in ../findings/, and what is expected of them.

A file says what is found, and where in the kernel; and has
  make(kernel)      the base, or None, and what is split from it, as Blobs; or
  MODULE, change(ko), DROP
                    the selftests' module to start from, what is changed in it (maybe
                    nothing), and the sections that it loses (maybe none)
  ALONE             if the machine does not outlive it
  reproduced(seen)  did it come out as found?
  absent(seen)      did it come out as it should?
"""

import csv
import importlib.util
import os

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TABLE = os.path.join(TOP, "../../../Documentation/mainline.csv")


def every():
    """(name, module) of each, in the order of the table."""
    for name in expected():
        path = os.path.join(TOP, "findings", name + ".py")
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield name, module


def expected():
    """The rows of the documentation's table, by name."""
    with open(TABLE, encoding="utf-8", newline="") as file:
        return {row["finding"].strip("`"): row for row in csv.DictReader(file)}
