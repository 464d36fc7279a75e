#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Change one type of a module's base, so that the kernel lacks it; where there is
no base, of the module's own.

spoil.py rename NAME NEW IN OUT     another name of the same length
spoil.py resize NAME DELTA IN OUT   a struct of that name, DELTA bytes larger
"""

import struct
import sys

from kofile import KIND_STRUCT, Btf, Ko


def rename(btf, name, new):
    """In the strings, so wherever the module uses that string."""
    if len(name) != len(new):
        sys.exit("both names must be of one length")
    start = btf.strings
    old = b"\0" + name.encode() + b"\0"
    at = btf.blob.find(old, start)
    if at < 0:
        sys.exit(f"no string {name} in the base")
    btf.blob[at + 1:at + 1 + len(new)] = new.encode()


def resize(btf, name, delta):
    """In the type record; a distilled struct has no members to mend."""
    for pos, offset, kind, _ in btf.records():
        if kind == KIND_STRUCT and btf.name(offset) == name:
            size, = struct.unpack_from("<I", btf.blob, pos + 8)
            struct.pack_into("<I", btf.blob, pos + 8, size + int(delta))
            return
    sys.exit(f"no struct {name} in the base")


def main():
    """Run the command."""
    command, name, value, source, target = sys.argv[1:]
    ko = Ko(source)
    sections = ".BTF.base", ".BTF.base_ref", ".BTF"
    section = next(name for name in sections if ko.find(name) is not None)
    btf = Btf(ko.get(section))
    {"rename": rename, "resize": resize}[command](btf, name, value)
    ko.put(section, btf.blob)
    ko.save(target)


main()
