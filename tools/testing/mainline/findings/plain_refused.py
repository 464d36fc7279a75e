# SPDX-License-Identifier: GPL-2.0
"""A module with BTF without a base, of another kernel, is refused.

btf_parse_module() takes the kernel's types for those that it was made with. Most
often a check of btf_check_all_metas() notices.
"""

from blob import SIGNED, Blob
from seen import EINVAL


def make(kernel):
    """An integer, for a kernel that has 1000 types and 10000 bytes of names more."""
    split = Blob(kernel.count + 1000, kernel.strings + 10000)
    integer = split.integer("mainline_int", 4, SIGNED)
    split.typedef("seen", integer)
    return None, split


def reproduced(seen):
    """A name is not where it was."""
    return seen.refused(EINVAL, "Invalid name_offset")


def absent(seen):
    """It loads, with its BTF or without."""
    return seen.loaded()
