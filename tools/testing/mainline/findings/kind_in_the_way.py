# SPDX-License-Identifier: GPL-2.0
"""A struct is refused as ambiguous: something else has its name and size.

btf_relocate_map_distilled_base() takes the enumeration for a second candidate.
"""

from blob import Blob
from kofile import KIND_ENUM, KIND_STRUCT
from seen import EINVAL


def is_both(types):
    """One struct, and an enumeration that is as large."""
    return sorted(t.kind for t in types) == [KIND_STRUCT, KIND_ENUM] and \
        types[0].size == types[1].size


def make(kernel):
    """A typedef of the struct."""
    name = kernel.find("struct and enumeration of one name and size", is_both)
    base = Blob()
    both = base.strct(name, kernel.types[name][0].size)
    split = base.split()
    split.typedef("seen", both)
    return base, split


def reproduced(seen):
    """It cannot choose."""
    return seen.refused(EINVAL, "multiple candidates of the same size")


def absent(seen):
    """There is only one struct."""
    return seen.has_type(r"typedef seen struct \w+")
