# SPDX-License-Identifier: GPL-2.0
"""A declaration of a union finds no union, unless that has bitfields.

btf_relocate_map_distilled_base() asks the kind flag of the union where it means that
of the declaration, see fwd_bitfields.py.
"""

from blob import Blob
from kofile import KIND_UNION
from seen import EINVAL


def make(kernel):
    """A typedef of such a declaration."""
    name, _ = kernel.only("union without bitfields", KIND_UNION,
                          lambda only: not only.flag)
    base = Blob()
    fwd = base.fwd(name, union=True)
    split = base.split()
    split.typedef("seen", fwd)
    return base, split


def reproduced(seen):
    """It finds none."""
    return seen.refused(EINVAL, "is not mapped")


def absent(seen):
    """It finds the union."""
    return seen.has_type(r"typedef seen union \w+")
