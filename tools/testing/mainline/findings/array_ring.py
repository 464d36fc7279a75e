# SPDX-License-Identifier: GPL-2.0
"""An array of itself in a struct: loading the module never ends.

btf_mark_embedded_composite_type_ids() goes on from an array to its element, however
often it was there. No signal ends it.
"""

from blob import SIGNED, Blob

ALONE = True


def make(_):
    """The array is the member."""
    base = Blob()
    integer = base.integer("int", 4, SIGNED)
    split = base.split()
    array = split.array(split.count + 1, integer)
    split.strct("mainline_struct", 4, array)
    return base, split


def reproduced(seen):
    """It is still at it."""
    return seen.busy()


def absent(seen):
    """It comes to an end."""
    return seen.refused(r"\d+")
