# SPDX-License-Identifier: GPL-2.0
"""What is logged of a string that is not mapped is always an empty string.

btf_relocate_rewrite_strs() looks up the offset that it did not find, which is 0.
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
    return seen.refused(ENOENT, r"string '' \[offset \d+\] is not mapped")


def absent(seen):
    """It loads."""
    return seen.loaded() or seen.logged("string 'mainline_string' ")
