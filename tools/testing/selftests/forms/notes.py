#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Write what a module says of the kernel that it was built against: the contents
of .note.btf_base, with this release and a build id that no kernel has.

notes.py RELEASE OUT
"""

import struct
import sys

OWNER = b"btf-reconcile\0"
BUILD_ID, RELEASE = 16, 18
# tests/noted.sh looks for it.
NO_ID = b"\xaa" * 20


def padded(data):
    """Filled up to a multiple of four bytes."""
    return data + bytes(-len(data) % 4)


def note(kind, contents):
    """One note of ours."""
    head = struct.pack("<III", len(OWNER), len(contents), kind)
    return head + padded(OWNER) + padded(contents)


def main():
    """Run the command."""
    release, target = sys.argv[1:]
    with open(target, "wb") as file:
        file.write(note(BUILD_ID, NO_ID))
        file.write(note(RELEASE, release.encode()))


main()
