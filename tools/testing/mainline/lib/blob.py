# SPDX-License-Identifier: GPL-2.0
"""BTF made by hand: a distilled base, and what is split from it."""

import struct

from kofile import (KIND_ARRAY, KIND_ENUM, KIND_FUNC, KIND_FUNC_PROTO, KIND_FWD,
                    KIND_INT, KIND_PTR, KIND_STRUCT, KIND_TYPEDEF, KIND_UNION,
                    KIND_VAR, TYPE)

SIGNED = 1


class Blob:
    """Types and strings that go on from so many of a base."""

    def __init__(self, types=0, strings=0):
        self.first_type, self.first_string = types, strings
        self.count = types
        self.records = b""
        self.strings = b"" if strings else b"\0"

    def split(self):
        """One that goes on from this."""
        return Blob(self.count, self.first_string + len(self.strings))

    def string(self, text):
        """The offset of a string, which is added."""
        if not text:
            return 0
        offset = self.first_string + len(self.strings)
        self.strings += text.encode() + b"\0"
        return offset

    def add(self, kind, name, third, words=(), vlen=0, flag=False):
        """Add a record, whose name may be an offset; its id."""
        offset = name if isinstance(name, int) else self.string(name)
        info = int(flag) << 31 | kind << 24 | vlen
        self.records += TYPE.pack(offset, info, third)
        self.records += struct.pack(f"<{len(words)}I", *words)
        self.count += 1
        return self.count

    def integer(self, name, size, encoding=0, bits=None):
        """An integer."""
        bits = 8 * size if bits is None else bits
        return self.add(KIND_INT, name, size, [encoding << 24 | bits])

    def strct(self, name, size, member=None):
        """A struct with one member or none."""
        words = [] if member is None else [self.string("member"), member, 0]
        return self.add(KIND_STRUCT, name, size, words, len(words) // 3)

    def union(self, name, size):
        """A union without members."""
        return self.add(KIND_UNION, name, size)

    def enum(self, name, size):
        """An enumeration without values."""
        return self.add(KIND_ENUM, name, size)

    def fwd(self, name, union=False):
        """A declaration."""
        return self.add(KIND_FWD, name, 0, flag=union)

    def pointer(self, target):
        """A pointer."""
        return self.add(KIND_PTR, 0, target)

    def array(self, element, index):
        """An array of one element."""
        return self.add(KIND_ARRAY, 0, 0, [element, index, 1])

    def typedef(self, name, target):
        """A typedef."""
        return self.add(KIND_TYPEDEF, name, target)

    def variable(self, name, target):
        """A static variable."""
        return self.add(KIND_VAR, name, target, [0])

    def function(self, name, argument):
        """A function of one argument, which returns nothing."""
        proto = self.add(KIND_FUNC_PROTO, 0, 0, [self.string("argument"), argument], 1)
        return self.add(KIND_FUNC, name, proto)

    def bytes(self):
        """As it stands in a section."""
        size = len(self.records)
        header = struct.pack("<HBBIIIII", 0xeb9f, 1, 0, 24, 0, size, size,
                             len(self.strings))
        return header + self.records + self.strings
