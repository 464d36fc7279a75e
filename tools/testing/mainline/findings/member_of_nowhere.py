# SPDX-License-Identifier: GPL-2.0
"""A member whose type is none: the kernel follows a null pointer.

btf_mark_embedded_composite_type_ids() takes what btf_type_by_id() gives it for a
type. Nobody has looked at ids before that: btf_parse_module() does not check where
types lead, as btf_parse() does.
"""

from blob import Blob
from seen import EINVAL

ALONE = True


def make(kernel):
    """A struct with that member."""
    base = Blob()
    base.strct(kernel.a_struct()[0], 16)
    split = base.split()
    split.strct("mainline_struct", 4, 4000)
    return base, split


def reproduced(seen):
    """An oops."""
    return seen.oopsed(r"btf_relocate\w*|btf_mark_embedded\w*")


def absent(seen):
    """The module is refused."""
    return seen.refused(EINVAL)
