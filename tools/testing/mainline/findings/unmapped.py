# SPDX-License-Identifier: GPL-2.0
"""One type of the base that the kernel has not, and the module is refused.

btf_relocate_map_distilled_base() wants all of them mapped, though a module that
has a pointer to one could do without.
"""

from blob import Blob
from seen import EINVAL


def make(kernel):
    """A pointer to a struct that the kernel has not."""
    base = Blob()
    gone = base.strct(kernel.absent("mainline_gone"), 8)
    split = base.split()
    split.typedef("seen", split.pointer(gone))
    return base, split


def reproduced(seen):
    """It says which."""
    return seen.refused(EINVAL, "'mainline_gone' .* is not mapped")


def absent(seen):
    """It loads, whatever stands for the type."""
    return seen.loaded()
