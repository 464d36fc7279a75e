# SPDX-License-Identifier: GPL-2.0
"""What a module has in a BTF_ID_LIST stays what it was in the distilled base.

btf_relocate_id() is asked when sets of kfuncs and destructors are registered. Ids
that a module looks up by itself, or that the filter of a set compares, nobody
relocates.
"""

MODULE = "brt_ids"


def reproduced(seen):
    """What it found in its list are not the ids of those names."""
    return seen.loaded() and not seen.ids_right()


def absent(seen):
    """It found the ids of those names."""
    return seen.loaded() and seen.ids_right()
