# SPDX-License-Identifier: GPL-2.0
"""The types of the kernel that a finding needs to run into."""

from collections import defaultdict, namedtuple

from kofile import (KIND_ENUM, KIND_ENUM64, KIND_FLOAT, KIND_FWD, KIND_INT,
                    KIND_STRUCT, KIND_UNION, TYPE, Btf, Ko)

# What a distilled base may name.
NAMED = (KIND_INT, KIND_FLOAT, KIND_ENUM, KIND_ENUM64, KIND_STRUCT, KIND_UNION,
         KIND_FWD)

Type = namedtuple("Type", "kind size flag")


class Missing(Exception):
    """The kernel has no such types."""


class Kernel:
    """The types of a vmlinux, by name."""

    def __init__(self, path):
        btf = Btf(bytes(Ko(path).get(".BTF")))
        self.count, self.strings = 0, btf.str_len
        self.types = defaultdict(list)
        for pos, name, kind, _ in btf.records():
            self.count += 1
            if name and kind in NAMED:
                _, info, size = TYPE.unpack_from(btf.blob, pos)
                self.types[btf.name(name)].append(Type(kind, size, bool(info >> 31)))

    def find(self, what, fits):
        """The first name all of whose types fit."""
        for name in sorted(self.types):
            if fits(self.types[name]):
                return name
        raise Missing(f"this kernel has no {what}")

    def only(self, what, kind, fits=lambda only: True):
        """The first name that a single type has, and that type."""
        name = self.find(what, lambda types: len(types) == 1 and
                         types[0].kind == kind and fits(types[0]))
        return name, self.types[name][0]

    def a_struct(self):
        """A struct without bitfields."""
        return self.only("struct without bitfields", KIND_STRUCT,
                         lambda only: only.size >= 16 and not only.flag)

    def absent(self, name):
        """A name that it has not."""
        if name in self.types:
            raise Missing(f"this kernel has a {name}")
        return name
