# SPDX-License-Identifier: GPL-2.0
"""A base without any type: what leads to void then leads to the module's first type.

btf_add_type() counts void when it adds a type. btf_parse_module() takes the base's
number of types, which is 0 then, for the first id of the module's.
"""

from blob import Blob


def make(_):
    """A struct, and a typedef of void."""
    base = Blob()
    split = base.split()
    split.strct("mainline_struct", 0)
    split.typedef("seen", 0)
    return base, split


def reproduced(seen):
    """The typedef is of the struct."""
    return seen.has_type("typedef seen struct mainline_struct")


def absent(seen):
    """The typedef is of void."""
    return seen.has_type("typedef seen void")
