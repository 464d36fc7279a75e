#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""many.py COUNT IN OUT: give a module's distilled base COUNT more structs.

They are of no kernel. All ids and string offsets of the module's own move up
by what is added.
"""

import struct
import sys

from kofile import KIND_STRUCT, TYPE, Btf, Ko


def grow(btf, count):
    """The base with more in it, and by how many bytes its strings grew."""
    records, strings = bytearray(), bytearray()
    for number in range(count):
        records += TYPE.pack(btf.str_len + len(strings), KIND_STRUCT << 24, 8)
        strings += f"brt_absent_{number:06}".encode() + b"\0"
    blob = btf.blob[:btf.types + btf.type_len] + records + \
        btf.blob[btf.strings:btf.strings + btf.str_len] + strings
    struct.pack_into("<5I", blob, 4, btf.hdr_len, 0, btf.type_len + len(records),
                     btf.type_len + len(records), btf.str_len + len(strings))
    return blob, len(strings)


def shift(blob, places, start, by):
    """Move up the words at these places that are start or more."""
    for at in places:
        value, = struct.unpack_from("<I", blob, at)
        if value >= start:
            struct.pack_into("<I", blob, at, value + by)


def main():
    """Grow the base, then shift what refers to what comes after it."""
    count = int(sys.argv[1])
    ko = Ko(sys.argv[2])
    base, split, ids = Btf(ko.get(".BTF.base")), Btf(ko.get(".BTF")), ko.get(".BTF_ids")
    first = len(list(base.records())) + 1
    grown, bytes_added = grow(base, count)
    names = list(split.name_places())
    shift(split.blob, names, base.str_len, bytes_added)
    shift(split.blob, list(split.id_places()), first, count)
    places = [at for at, name, _ in ko.symbols("__BTF_ID__") if "__set" not in name]
    shift(ids, places, first, count)
    ko.put(".BTF.base", grown)
    ko.put(".BTF", split.blob)
    ko.put(".BTF_ids", ids)
    ko.save(sys.argv[3])


main()
