#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""nonsense.py VMLINUX DIR OUT: modules that stock kernels load with wrong types.

DIR holds modules with BTF without a base that fit VMLINUX. Each result,
OUT/SORT/MODULE.ko, has one thing in it that the kernel does not look at:
what BTF without a base has here and there when it meets another kernel.
"""

import os
import struct
import sys

from kofile import (KIND_ARRAY, KIND_FUNC, KIND_FUNC_PROTO, KIND_PTR,
                    KIND_STRUCT, TYPE, Btf, Ko)


class Module:
    """One module, with the kernel's BTF that its own goes on from."""

    def __init__(self, kernel, path):
        self.kernel = kernel
        self.ko = Ko(path)
        self.btf = Btf(self.ko.get(".BTF"))

    def own(self, kind, name=None):
        """Position of the module's first record of a kind, maybe of a name."""
        for pos, offset, found, _ in self.btf.records():
            if found != kind:
                continue
            if name is None or self.name(offset) == name:
                return pos
        sys.exit(f"no type of kind {kind} called {name}")

    def name(self, offset):
        """A string of the module's own, empty for one of the kernel's."""
        if offset < self.kernel.btf.str_len:
            return ""
        return self.btf.name(offset - self.kernel.btf.str_len)

    def put(self, at, value):
        """Write one word of the module's BTF."""
        struct.pack_into("<I", self.btf.blob, at, value)

    def word(self, at):
        """Read one word of the module's BTF."""
        return struct.unpack_from("<I", self.btf.blob, at)[0]


class Kernel:
    """The kernel's BTF, and an id of each kind in it, of a large type."""

    def __init__(self, path):
        self.btf = Btf(Ko(path).get(".BTF"))
        self.ids = {}
        for number, (pos, _, kind, _) in enumerate(self.btf.records(), 1):
            size = TYPE.unpack_from(self.btf.blob, pos)[2]
            if kind != KIND_STRUCT or size > 64:
                self.ids.setdefault(kind, number)


def function_is_array(module):
    """A FUNC that leads to an array."""
    module.put(module.own(KIND_FUNC, "brt_kfunc_init") + 8,
               module.kernel.ids[KIND_ARRAY])


def pointer_to_function(module):
    """A pointer that leads to a FUNC, not to its prototype."""
    module.put(module.own(KIND_PTR) + 8, module.kernel.ids[KIND_FUNC])


def argument_is_prototype(module):
    """An argument that is a function."""
    module.put(module.own(KIND_FUNC_PROTO) + TYPE.size + 4,
               module.kernel.ids[KIND_FUNC_PROTO])


def name_inside(module):
    """A name that starts inside of another."""
    at = module.own(KIND_FUNC, "brt_kfunc_init")
    module.put(at, module.word(at) + 1)


def no_symbol(module):
    """A function that the module does not have."""
    at = module.own(KIND_FUNC, "brt_kfunc_init")
    end = module.btf.strings + module.word(at) - module.kernel.btf.str_len + \
        len("brt_kfunc_init")
    module.btf.blob[end - 1] = ord("x")


def member_too_large(module):
    """A member that its struct has no room for."""
    at = module.own(KIND_STRUCT, "brt_pair")
    module.put(at + TYPE.size + 4, module.kernel.ids[KIND_STRUCT])


def slot_names_another(module):
    """Two ids of a list in each other's place."""
    ids = module.ko.get(".BTF_ids")
    ids[0:4], ids[4:8] = ids[4:8], ids[0:4]
    module.ko.put(".BTF_ids", ids)


SORTS = (("brt_kfunc", function_is_array), ("brt_kfunc", pointer_to_function),
         ("brt_kfunc", argument_is_prototype), ("brt_kfunc", name_inside),
         ("brt_kfunc", no_symbol), ("brt_kfunc", member_too_large),
         ("brt_ids", slot_names_another))


def main():
    """Make one of each."""
    vmlinux, source, target = sys.argv[1:]
    kernel = Kernel(vmlinux)
    for name, spoil in SORTS:
        module = Module(kernel, os.path.join(source, name + ".ko"))
        spoil(module)
        module.ko.put(".BTF", module.btf.blob)
        folder = os.path.join(target, spoil.__name__.replace("_", "-"))
        os.makedirs(folder, exist_ok=True)
        module.ko.save(os.path.join(folder, name + ".ko"))


main()
