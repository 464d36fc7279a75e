#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Where does an object panic?

In:  OBJECT         from Rust, linked or not
     [OWNER]        only what is core's, glue's, libcore's or the kernel crate's
                    (libcore, kernel)
Out: a line for each place in the source that a panic in it tells, with the
     functions that it is in; and for each function that panics without telling
     a place. Without OWNER how many calls are whose, instead.

The compiler leaves a panic out where it sees that it can't be. What is left is a
call to one of libcore's functions for it, mostly with the place, a
`core::panic::Location`. The place says whose code it is: a function has in it
what was inlined, a closure of ours is part of a function of libcore's that is
made for it.
"""

import bisect
import collections
import re
import struct
import sys

from kofile import Ko

RELA = struct.Struct("<QQq")
SHT_RELA = 4
SHF_ALLOC, SHF_EXECINSTR = 2, 4
STT_FUNC, STT_SECTION = 2, 3

# Functions of libcore that do not return, by the ends of their names.
PANIC = re.compile(r"_4core(9panicking|\w*\d(\w*_fail(ed)?|panic_\w+|do_panic\w*))")
# Those of them that are told no place.
PLACELESS = re.compile(r"panic_(nounwind|cannot_unwind|in_cleanup)")
# A file of source: the directory it was compiled from is not known.
SOURCE = re.compile(rb"[\x20-\x7e]+\.rs\0?")

Place = collections.namedtuple("Place", "file line column")
Call = collections.namedtuple("Call", "function target place")


class Object(Ko):
    """An object's symbols and what refers to them."""

    def __init__(self, path):
        super().__init__(path)
        self.sections = [self.shdr(index) for index in range(self.count)]
        # Name, type, section and value of each symbol.
        self.table = [(name, info & 0xf, section, value)
                      for name, info, section, value, _ in self.symbol_table()]
        self.functions = self.function_table()
        self.places = self.find_places()

    def function_table(self):
        """By section, where its functions start, and their names."""
        functions = collections.defaultdict(list)
        for name, kind, section, value in self.table:
            if kind == STT_FUNC and not name.startswith(("__pfx_", "__cfi_")):
                functions[section].append((value, name))
        for starts in functions.values():
            starts.sort()
        return functions

    def function(self, section, offset):
        """The name of what an offset into a section is in."""
        starts = self.functions[section]
        at = bisect.bisect_right(starts, (offset, "\x7f"))
        return starts[at - 1][1] if at else "?"

    def references(self, flags):
        """(section, offset, symbol, addend) in sections that have these flags."""
        for header in self.sections:
            if header[1] != SHT_RELA:
                continue
            section = header[7]
            if self.sections[section][2] & (SHF_ALLOC | SHF_EXECINSTR) != flags:
                continue
            for offset in range(header[4], header[4] + header[5], RELA.size):
                at, info, addend = RELA.unpack_from(self.data, offset)
                yield section, at, self.table[info >> 32], addend

    def find_places(self):
        """What lies in the object as pointer to a file's name, its length, line
        and column, by section and offset."""
        places = {}
        for section, at, (_, _, target, value), addend in self.references(SHF_ALLOC):
            start = self.sections[section][4] + at
            length, line, column = struct.unpack_from("<QII", self.data, start + 8)
            if not 0 < target < self.count or length > 4096:
                continue
            text = self.sections[target][4] + value + addend
            name = bytes(self.data[text:text + length])
            if SOURCE.fullmatch(name):
                name = name.rstrip(b"\0").decode()
                places[section, at] = Place(name, line, column)
        return places

    def place(self, symbol, addend):
        """The place that a reference in code leads to, if it leads to one."""
        _, _, section, value = symbol
        # On x86 an address is counted from behind the reference to it.
        for offset in (value + addend, value + addend + 4):
            if (section, offset) in self.places:
                return self.places[section, offset]
        return None

    def calls(self):
        """The calls of functions that panic. The place that one tells is loaded
        before it, in its function."""
        found = []
        last = None
        refs = sorted(self.references(SHF_ALLOC | SHF_EXECINSTR),
                      key=lambda ref: ref[:2])
        for section, at, symbol, addend in refs:
            function = self.function(section, at)
            place = self.place(symbol, addend)
            if place:
                last = function, place
            elif PANIC.search(symbol[0]) and symbol[1] != STT_SECTION:
                told = None
                if last and last[0] == function and not PLACELESS.search(symbol[0]):
                    told = last[1]
                found.append(Call(function, symbol[0], told))
        return found


def owner_of_file(name):
    """Whose a file of source is."""
    if "/library/core/" in name:
        return "libcore"
    if "rust/btf/" in name:
        return "core"
    if re.search(r"\brust/(kernel|pin-init|macros|bindings|zerocopy\w*)/", name):
        return "kernel"
    return "glue"


def owner_of_function(name):
    """Whose a function is that tells no place: the first crate in its name."""
    crate = re.search(r"C(?:s[0-9a-zA-Z]*_)?\d+_?(core|kernel|btf_reconcile)", name)
    if crate and crate[1] != "btf_reconcile":
        return {"core": "libcore"}.get(crate[1], crate[1])
    return "core" if "13btf_reconcile3btf" in name else "glue"


def owner(call):
    """Whose a call is."""
    if call.place:
        return owner_of_file(call.place.file)
    return owner_of_function(call.function)


def main(path, only=None):
    """Say what there is."""
    obj = Object(path)
    calls = obj.calls()
    if only is None:
        for whose, count in collections.Counter(map(owner, calls)).most_common():
            print(whose, count)
        return
    functions = collections.defaultdict(set)
    for call in calls:
        if owner(call) == only:
            functions[call.place].add(call.function)
    # One that several calls share: which of them tells it is not known.
    for place in obj.places.values():
        if owner_of_file(place.file) == only:
            functions[place].update()
    for place, names in sorted(functions.items(), key=lambda item: item[0] or ()):
        where = f"{place.file}:{place.line}:{place.column}" if place else "?"
        print(where, *sorted(names))


main(*sys.argv[1:])
