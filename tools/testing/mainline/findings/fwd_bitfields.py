# SPDX-License-Identifier: GPL-2.0
"""A declaration of a struct finds no struct that has bitfields.

The kind flag of a declaration says that it is of a union, that of a struct that its
members may be bitfields. btf_relocate_map_distilled_base() asks the one of the
struct where it means that of the declaration.
"""

from blob import Blob
from kofile import KIND_STRUCT
from seen import EINVAL


def make(kernel):
    """A typedef of such a declaration."""
    name, _ = kernel.only("struct with bitfields", KIND_STRUCT, lambda only: only.flag)
    base = Blob()
    fwd = base.fwd(name)
    split = base.split()
    split.typedef("seen", fwd)
    return base, split


def reproduced(seen):
    """It finds none."""
    return seen.refused(EINVAL, "is not mapped")


def absent(seen):
    """It finds the struct."""
    return seen.has_type(r"typedef seen struct \w+")
