# SPDX-License-Identifier: GPL-2.0
"""Sections of a .ko file and the BTF in them, for scripts that edit modules.

Only what the test forms need: 64-bit little-endian ELF, BTF with a header of
24 bytes or more.
"""

import struct

SHDR = struct.Struct("<IIQQQQIIQQ")
SYM = struct.Struct("<IBBHQQ")
TYPE = struct.Struct("<III")

KIND_INT, KIND_PTR, KIND_ARRAY, KIND_STRUCT, KIND_UNION, KIND_ENUM = range(1, 7)
KIND_FWD, KIND_TYPEDEF, KIND_VOLATILE, KIND_CONST, KIND_RESTRICT = range(7, 12)
KIND_FUNC, KIND_FUNC_PROTO, KIND_VAR, KIND_DATASEC, KIND_FLOAT = range(12, 17)
KIND_DECL_TAG, KIND_TYPE_TAG, KIND_ENUM64 = range(17, 20)

# Bytes that follow a type record: (fixed, for each of vlen).
TAIL = {
    KIND_INT: (4, 0), KIND_ARRAY: (12, 0), KIND_STRUCT: (0, 12),
    KIND_UNION: (0, 12), KIND_ENUM: (0, 8), KIND_FUNC_PROTO: (0, 8),
    KIND_VAR: (4, 0), KIND_DATASEC: (0, 12), KIND_DECL_TAG: (4, 0),
    KIND_ENUM64: (0, 12),
}

# Kinds whose third word is a type id.
REFERENCE = (KIND_PTR, KIND_FWD, KIND_TYPEDEF, KIND_VOLATILE, KIND_CONST,
             KIND_RESTRICT, KIND_FUNC, KIND_VAR, KIND_DECL_TAG, KIND_TYPE_TAG)


class Ko:
    """A module file in memory."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = bytearray(file.read())
        if self.data[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{path}: not a 64-bit little-endian ELF file")
        self.shoff, = struct.unpack_from("<Q", self.data, 40)
        self.count, names = struct.unpack_from("<HH", self.data, 60)
        self.names = self.shdr(names)[4]

    def shdr(self, index):
        """All fields of one section header."""
        return SHDR.unpack_from(self.data, self.shoff + index * SHDR.size)

    def set_shdr(self, index, fields):
        """Replace one section header."""
        SHDR.pack_into(self.data, self.shoff + index * SHDR.size, *fields)

    def string(self, offset):
        """The string at a file offset."""
        return bytes(self.data[offset:self.data.index(b"\0", offset)]).decode()

    def find(self, name):
        """Index of a section, or None."""
        for index in range(self.count):
            if self.string(self.names + self.shdr(index)[0]) == name:
                return index
        return None

    def get(self, name):
        """Contents of a section, or None."""
        index = self.find(name)
        if index is None:
            return None
        offset, size = self.shdr(index)[4:6]
        return bytearray(self.data[offset:offset + size])

    def put(self, name, content):
        """Give a section other contents, at the file's end if they grew."""
        index = self.find(name)
        if index is None:
            raise ValueError(f"no section {name}")
        fields = list(self.shdr(index))
        if len(content) > fields[5]:
            self.data += bytes(-len(self.data) % 8)
            fields[4] = len(self.data)
            self.data += content
        else:
            self.data[fields[4]:fields[4] + len(content)] = content
        fields[5] = len(content)
        self.set_shdr(index, fields)

    def symbol_table(self):
        """(name, info, section, value, size) of each symbol."""
        table = self.shdr(self.find(".symtab"))
        strings = self.shdr(table[6])[4]
        for offset in range(table[4], table[4] + table[5], SYM.size):
            name, info, _, section, value, size = SYM.unpack_from(self.data, offset)
            yield self.string(strings + name), info, section, value, size

    def symbols(self, prefix):
        """(offset, name, size) of the symbols that start so, in order."""
        return sorted((value, name, size)
                      for name, _, _, value, size in self.symbol_table()
                      if name.startswith(prefix))

    def save(self, path):
        """Write the file."""
        with open(path, "wb") as file:
            file.write(self.data)


class Btf:
    """Bounds and type records of one BTF blob; edits go to its bytes."""

    def __init__(self, blob):
        self.blob = blob
        self.hdr_len, type_off, self.type_len, str_off, self.str_len = \
            struct.unpack_from("<5I", blob, 4)
        self.types = self.hdr_len + type_off
        self.strings = self.hdr_len + str_off

    def records(self):
        """(position, name offset, kind, vlen) of every type record."""
        pos = self.types
        while pos < self.types + self.type_len:
            name, info, _ = TYPE.unpack_from(self.blob, pos)
            kind, vlen = info >> 24 & 0x7f, info & 0xffffff
            yield pos, name, kind, vlen
            fixed, each = TAIL.get(kind, (0, 0))
            pos += TYPE.size + fixed + each * vlen

    def id_places(self):
        """Where the type ids in all records are."""
        for pos, _, kind, vlen in self.records():
            tail = pos + TYPE.size
            where = []
            if kind in REFERENCE:
                where = [pos + 8]
            elif kind == KIND_ARRAY:
                where = [tail, tail + 4]
            elif kind in (KIND_STRUCT, KIND_UNION):
                where = [tail + 12 * i + 4 for i in range(vlen)]
            elif kind == KIND_FUNC_PROTO:
                where = [pos + 8] + [tail + 8 * i + 4 for i in range(vlen)]
            elif kind == KIND_DATASEC:
                where = [tail + 12 * i for i in range(vlen)]
            yield from where

    def ids(self):
        """The type ids in all records; stops where the blob does."""
        for at in self.id_places():
            yield struct.unpack_from("<I", self.blob, at)[0]

    def name_places(self):
        """Where the string offsets in all records are."""
        each = {KIND_STRUCT: 12, KIND_UNION: 12, KIND_ENUM: 8,
                KIND_FUNC_PROTO: 8, KIND_ENUM64: 12}
        for pos, _, kind, vlen in self.records():
            yield pos
            for number in range(vlen if kind in each else 0):
                yield pos + TYPE.size + each[kind] * number

    def name(self, offset):
        """The string at an offset of this blob's own strings."""
        start = self.strings + offset
        return bytes(self.blob[start:self.blob.index(b"\0", start)]).decode()
