# SPDX-License-Identifier: GPL-2.0
"""A pointer to no type: the kernel reads what is behind its map of ids.

btf_relocate_rewrite_type_id() takes the id for one that the map has, see
member_of_nowhere.py. Whatever it finds there is where the pointer leads to.
"""

from blob import Blob
from seen import EINVAL


def make(kernel):
    """A pointer some 4000 bytes behind the map."""
    base = Blob()
    base.strct(kernel.a_struct()[0], 16)
    split = base.split()
    split.pointer(1000)
    return base, split


def reproduced(seen):
    """It loads."""
    return seen.loaded()


def absent(seen):
    """The module is refused."""
    return seen.refused(EINVAL)
