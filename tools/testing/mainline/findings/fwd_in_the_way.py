# SPDX-License-Identifier: GPL-2.0
"""A struct is refused as ambiguous: there is a declaration of its name besides.

btf_relocate_map_distilled_base() takes the declaration for a second candidate. The
kernel has one where pahole could not tell which of several structs is meant.
"""

from blob import Blob
from kofile import KIND_FWD, KIND_STRUCT
from seen import EINVAL


def has_both(types):
    """A declaration, and structs of which each has its own size."""
    sizes = [t.size for t in types if t.kind == KIND_STRUCT]
    return sizes and len(set(sizes)) == len(sizes) == len(types) - 1 and \
        any(t.kind == KIND_FWD and not t.flag for t in types)


def make(kernel):
    """A typedef of such a struct."""
    name = kernel.find("struct that is declared besides", has_both)
    size = next(t.size for t in kernel.types[name] if t.kind == KIND_STRUCT)
    base = Blob()
    both = base.strct(name, size)
    split = base.split()
    split.typedef("seen", both)
    return base, split


def reproduced(seen):
    """It cannot choose."""
    return seen.refused(EINVAL, "multiple candidates of the same size")


def absent(seen):
    """There is only one struct of that size."""
    return seen.has_type(r"typedef seen struct \w+")
