# SPDX-License-Identifier: GPL-2.0
"""A struct is mapped to a union of its name.

btf_relocate_map_distilled_base() looks at the kind of what a declaration of the base
is mapped to, and of integers and enumerations, but not of what a struct is.
"""

from blob import Blob
from kofile import KIND_UNION
from seen import EINVAL


def make(kernel):
    """A typedef of a struct whose name the kernel has for something else."""
    name, only = kernel.only("union", KIND_UNION)
    base = Blob()
    wrong = base.strct(name, only.size)
    split = base.split()
    split.typedef("seen", wrong)
    return base, split


def reproduced(seen):
    """The typedef is of something else."""
    return seen.has_type(r"typedef seen union \w+")


def absent(seen):
    """There is no such struct."""
    return seen.refused(EINVAL, "is not mapped")
