# SPDX-License-Identifier: GPL-2.0
"""An integer finds none of the name that another compiler has for it.

btf_relocate_map_distilled_base() goes by names. clang's "unsigned long long" is gcc's
"long long unsigned int".
"""

from blob import Blob
from seen import EINVAL

SPELLINGS = "unsigned long long", "long long unsigned int"


def make(kernel):
    """The spelling that the kernel has not."""
    name = next((name for name in SPELLINGS if name not in kernel.types), SPELLINGS[0])
    base = Blob()
    integer = base.integer(kernel.absent(name), 8)
    split = base.split()
    split.typedef("seen", integer)
    return base, split


def reproduced(seen):
    """It finds none."""
    return seen.refused(EINVAL, "is not mapped")


def absent(seen):
    """It finds that of the other name."""
    return seen.loaded()
