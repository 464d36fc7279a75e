# SPDX-License-Identifier: GPL-2.0
"""A struct is refused as ambiguous: the kernel has two that are the same.

btf_relocate_map_distilled_base() does not look whether it matters which one it takes.
Types that differ only far below, or not at all, are there twice where pahole has not
unified them.
"""

from blob import Blob
from kofile import KIND_STRUCT
from seen import EINVAL


def is_twice(types):
    """Two structs of one size."""
    return [t.kind for t in types] == [KIND_STRUCT] * 2 and \
        types[0].size == types[1].size


def make(kernel):
    """A typedef of the struct."""
    name = kernel.find("struct that is there twice, of one size", is_twice)
    base = Blob()
    twice = base.strct(name, kernel.types[name][0].size)
    split = base.split()
    split.typedef("seen", twice)
    return base, split


def reproduced(seen):
    """It cannot choose."""
    return seen.refused(EINVAL, "multiple candidates of the same size")


def absent(seen):
    """It takes one."""
    return seen.has_type(r"typedef seen struct \w+")
