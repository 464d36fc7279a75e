# SPDX-License-Identifier: GPL-2.0
"""A declaration finds none where the kernel has two structs of its name.

btf_relocate_map_distilled_base() then has sizes compared too, as it does for structs
that are there twice, and a declaration has none.
"""

from blob import Blob
from kofile import KIND_STRUCT
from seen import EINVAL


def are_two(types):
    """Two structs of two sizes, without bitfields."""
    return [t.kind for t in types] == [KIND_STRUCT] * 2 and \
        types[0].size != types[1].size and not any(t.flag for t in types)


def make(kernel):
    """A pointer to what is declared."""
    name = kernel.find("two structs of one name", are_two)
    base = Blob()
    fwd = base.fwd(name)
    split = base.split()
    split.typedef("seen", split.pointer(fwd))
    return base, split


def reproduced(seen):
    """It finds none."""
    return seen.refused(EINVAL, "is not mapped")


def absent(seen):
    """It takes one, or leaves the declaration."""
    return seen.loaded()
