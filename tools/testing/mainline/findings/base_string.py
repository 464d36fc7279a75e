# SPDX-License-Identifier: GPL-2.0
"""A module is refused for a string of its base that is the name of none of its types.

btf_relocate_rewrite_strs() knows new offsets of the names of mapped types only.
"""

from blob import SIGNED, Blob
from seen import ENOENT


def make(_):
    """A typedef whose name is in the base."""
    base = Blob()
    integer = base.integer("int", 4, SIGNED)
    name = base.string("mainline_string")
    split = base.split()
    split.typedef(name, integer)
    return base, split


def reproduced(seen):
    """It finds no such name."""
    return seen.refused(ENOENT, "is not mapped to base BTF")


def absent(seen):
    """It loads."""
    return seen.loaded()
