#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""make.py VMLINUX MODULES OUT: the module of each finding.

MODULES has carrier.ko, without BTF, and the selftests' that findings start from. In
OUT then are NAME.ko; together and alone, which list them by how they are to be run;
and missing, with lines "NAME: WHY" of those that the kernel has not the types for.
"""

import os
import subprocess
import sys
import tempfile

import catalogue
from kernel import Kernel, Missing
from kofile import Ko

OBJCOPY = os.environ.get("CROSS_COMPILE", "") + "objcopy"


def objcopy(*arguments):
    """Edit a module's sections."""
    subprocess.run([OBJCOPY, *arguments], check=True)


def carry(finding, kernel, modules, target):
    """The module that does nothing, with BTF made by hand."""
    sections = zip((".BTF.base", ".BTF"), finding.make(kernel))
    arguments = []
    with tempfile.TemporaryDirectory() as work:
        for name, blob in sections:
            if blob is None:
                continue
            path = os.path.join(work, name)
            with open(path, "wb") as file:
                file.write(blob.bytes())
            arguments += ["--add-section", f"{name}={path}"]
        objcopy(*arguments, os.path.join(modules, "carrier.ko"), target)


def edit(finding, modules, target):
    """One of the selftests' modules, of which something is changed."""
    ko = Ko(os.path.join(modules, finding.MODULE + ".ko"))
    if hasattr(finding, "change"):
        finding.change(ko)
    ko.save(target)
    for section in getattr(finding, "DROP", ()):
        objcopy("--remove-section", section, target)


def main():
    """Make them all."""
    vmlinux, modules, out = sys.argv[1:]
    kernel = Kernel(vmlinux)
    lists = {"together": [], "alone": [], "missing": []}
    for name, finding in catalogue.every():
        target = os.path.join(out, name + ".ko")
        try:
            if hasattr(finding, "make"):
                carry(finding, kernel, modules, target)
            else:
                edit(finding, modules, target)
        except Missing as missing:
            lists["missing"].append(f"{name}: {missing}")
            continue
        lists["alone" if hasattr(finding, "ALONE") else "together"].append(name)
    for name, lines in lists.items():
        with open(os.path.join(out, name), "w", encoding="ascii") as file:
            file.writelines(line + "\n" for line in lines)


main()
