# SPDX-License-Identifier: GPL-2.0
"""An integer is mapped to one of the same name and size that has more bits.

btf_relocate_map_distilled_base() compares the encoding only.
"""

from blob import SIGNED, Blob
from seen import EINVAL


def make(_):
    """An integer of four bytes, of which it uses three bits."""
    base = Blob()
    narrow = base.integer("int", 4, SIGNED, bits=3)
    split = base.split()
    split.typedef("seen", narrow)
    return base, split


def reproduced(seen):
    """It loads."""
    return seen.has_type(r"typedef seen int int")


def absent(seen):
    """There is no such integer."""
    return seen.refused(EINVAL, "is not mapped")
