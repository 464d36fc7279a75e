#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""corrupt.py KO DIR: modules whose .BTF or .BTF.base is cut short or spoilt.

A fixed list and a fixed seed, so that a number in a file's name always stands
for the same damage. A name that ends in -oob has a type id past
the last type, or a section that takes no room in the file: the stock kernel
(7.3.4) goes by it, and oopses.
"""

import os
import random
import struct
import sys

from kofile import (KIND_ARRAY, KIND_CONST, KIND_FUNC, KIND_FUNC_PROTO,
                    KIND_PTR, KIND_STRUCT, KIND_TYPEDEF, Btf, Ko)

NOBITS = 8
SEED = 20241
FLIPS = 12


def u32(blob, at, value):
    """Write one u32."""
    struct.pack_into("<I", blob, at, value & 0xffffffff)


def first(btf, *kinds):
    """Position of the first record of one of the kinds, else the first."""
    for pos, _, kind, _ in btf.records():
        if kind in kinds:
            return pos
    return btf.types


def cuts(blob):
    """Truncations."""
    btf = Btf(blob)
    for name, size in (("empty", 0), ("byte", 1), ("magic", 2),
                       ("header-1", btf.hdr_len - 1), ("header", btf.hdr_len),
                       ("type", btf.hdr_len + 12), ("half", len(blob) // 2),
                       ("types", btf.strings), ("last", len(blob) - 1)):
        yield f"cut-{name}", blob[:size]


def headers(blob):
    """Lies in the header: (name, offset of the field, value)."""
    btf = Btf(blob)
    for name, at, value in (
            ("hdr_len-0", 4, 0), ("hdr_len-23", 4, 23),
            ("hdr_len-huge", 4, 0xfffffff0), ("type_off-1", 8, 1),
            ("type_off-huge", 8, 0xfffffffc), ("type_len-0", 12, 0),
            ("type_len+4", 12, btf.type_len + 4),
            ("type_len-4", 12, btf.type_len - 4),
            ("type_len-huge", 12, 0xfffffffc), ("str_off-0", 16, 0),
            ("str_off-huge", 16, 0xffffffff), ("str_len-0", 20, 0),
            ("str_len-1", 20, btf.str_len - 1), ("str_len-huge", 20, 0xffffffff)):
        new = bytearray(blob)
        u32(new, at, value)
        yield name, new
    for name, at, value in (("foreign", 0, b"\xeb\x9f"), ("magic-0", 0, b"\0\0"),
                            ("version-2", 2, b"\x02"), ("flags-ff", 3, b"\xff")):
        new = bytearray(blob)
        new[at:at + len(value)] = value
        yield name, new


def strings(blob):
    """String sections that break the rules."""
    btf = Btf(blob)
    if btf.str_len:
        new = bytearray(blob)
        new[btf.strings + btf.str_len - 1] = ord("x")
        yield "no-last-nul", new
        new = bytearray(blob)
        new[btf.strings] = ord("x")
        yield "no-first-nul", new
        new = bytearray(blob)
        new[btf.strings:btf.strings + btf.str_len] = bytes(btf.str_len)
        yield "all-nul", new
        new = bytearray(blob)
        new[btf.strings:btf.strings + btf.str_len - 1] = \
            b"\xff" * (btf.str_len - 1)
        yield "all-ff", new


def types(blob):
    """Type records that lead nowhere, or in circles."""
    btf = Btf(blob)
    if not btf.type_len:
        return
    pos = btf.types
    for name, at, value in (
            ("name-huge", pos, 0xfffffff0), ("name-past", pos, 0xffffff),
            ("kind-0", pos + 4, 0), ("kind-31", pos + 4, 31 << 24),
            ("kind-127", pos + 4, 127 << 24), ("vlen-max", pos + 4, 4 << 24 | 0xffffff),
            ("size-huge", pos + 8, 0xffffffff),
            ("func-to-void", first(btf, KIND_FUNC) + 8, 0),
            ("func-to-int", first(btf, KIND_FUNC) + 8, 1),
            ("ptr-huge", first(btf, KIND_PTR, KIND_CONST) + 8, 0xfffffff0),
            ("ptr-past", first(btf, KIND_PTR, KIND_CONST) + 8, 0xfffff),
            ("typedef-loop", first(btf, KIND_TYPEDEF, KIND_PTR) + 8, 2),
            ("array-huge", first(btf, KIND_ARRAY) + 12, 0xfffffff0),
            ("member-huge", first(btf, KIND_STRUCT) + 16, 0xfffffff0),
            ("proto-huge", first(btf, KIND_FUNC_PROTO) + 8, 0xfffffff0)):
        if at + 4 <= len(blob):
            new = bytearray(blob)
            u32(new, at, value)
            yield name, new


def flips(blob, rng):
    """A few random bytes changed."""
    for number in range(FLIPS):
        new = bytearray(blob)
        for _ in range(1 + number // 3):
            new[rng.randrange(len(new))] ^= 1 << rng.randrange(8)
        yield f"flip-{number}", new


def out_of_range(ko):
    """Whether an id of a split part that is otherwise whole leads past its end.

    One that is not whole is refused before any id is looked at.
    """
    try:
        base = len(list(Btf(ko.get(".BTF.base")).records()))
        split = Btf(ko.get(".BTF"))
        return any(id > base + len(list(split.records())) for id in split.ids())
    except struct.error:
        return False


def no_room(ko, section):
    """Have a section be of a type whose bounds the loader does not look at."""
    index = ko.find(section)
    fields = list(ko.shdr(index))
    fields[1], fields[5] = NOBITS, 1 << 30
    ko.set_shdr(index, fields)


def main():
    """Write every variant, numbered."""
    source, target = sys.argv[1:]
    rng = random.Random(SEED)
    number = 0
    for old in os.listdir(target):
        os.unlink(os.path.join(target, old))
    for section in ".BTF", ".BTF.base":
        blob = Ko(source).get(section)
        word = section.strip(".").replace(".", "-")
        for variants in (cuts(blob), headers(blob), strings(blob), types(blob),
                         flips(blob, rng)):
            for name, content in variants:
                number += 1
                ko = Ko(source)
                ko.put(section, content)
                if out_of_range(ko):
                    name += "-oob"
                ko.save(os.path.join(target, f"{number:03}-{word}-{name}.ko"))
        number += 1
        ko = Ko(source)
        no_room(ko, section)
        ko.save(os.path.join(target, f"{number:03}-{word}-nobits-oob.ko"))


main()
