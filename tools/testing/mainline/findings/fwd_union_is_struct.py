# SPDX-License-Identifier: GPL-2.0
"""A declaration of a union is mapped to a struct.

btf_relocate_map_distilled_base() never looks at what the declaration is of, see
fwd_bitfields.py.
"""

from blob import Blob
from seen import EINVAL


def make(kernel):
    """A typedef of such a declaration."""
    name, _ = kernel.a_struct()
    base = Blob()
    fwd = base.fwd(name, union=True)
    split = base.split()
    split.typedef("seen", fwd)
    return base, split


def reproduced(seen):
    """The typedef is of the struct."""
    return seen.has_type(r"typedef seen struct \w+")


def absent(seen):
    """There is no such union."""
    return seen.refused(EINVAL, "is not mapped")
