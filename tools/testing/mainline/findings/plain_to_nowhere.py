# SPDX-License-Identifier: GPL-2.0
"""BTF without a base is accepted though a pointer leads to no type.

btf_parse_module() does not check where types lead; without a base nothing is
relocated either, so nobody notices.
"""

from blob import Blob
from seen import EINVAL


def make(kernel):
    """A pointer to an id that neither the kernel nor the module has."""
    split = Blob(kernel.count, kernel.strings)
    split.pointer(kernel.count + 1000)
    return None, split


def reproduced(seen):
    """It loads."""
    return seen.loaded()


def absent(seen):
    """The module is refused."""
    return seen.refused(EINVAL)
