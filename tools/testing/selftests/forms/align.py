#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""align.py SECTION BYTES KO: say that a section is aligned to so many bytes.

Where it is in the file stays the same; the loader places it anew.
"""

import sys

from kofile import Ko


def main():
    """Change the section's header."""
    section, align, path = sys.argv[1:]
    ko = Ko(path)
    index = ko.find(section)
    fields = list(ko.shdr(index))
    fields[8] = int(align)
    ko.set_shdr(index, fields)
    ko.save(path)


main()
