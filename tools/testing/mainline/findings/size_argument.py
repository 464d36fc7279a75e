# SPDX-License-Identifier: GPL-2.0
"""A struct of another size is accepted where it is the type of an argument.

btf_mark_embedded_composite_type_ids() has sizes compared of what is inside of
structs and unions only.
"""

from blob import Blob
from seen import EINVAL


def make(kernel):
    """A argument of a struct that is now larger."""
    name, only = kernel.a_struct()
    base = Blob()
    grown = base.strct(name, only.size - 8)
    split = base.split()
    split.function("seen", grown)
    return base, split


def reproduced(seen):
    """It loads."""
    return seen.loaded()


def absent(seen):
    """It finds no struct of that size."""
    return seen.refused(EINVAL, "is not mapped")
