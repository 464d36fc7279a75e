# SPDX-License-Identifier: GPL-2.0
"""An id in a set of kfuncs that no type has: the kernel reads behind its map of ids.

btf_relocate_id() does not know how long the map is. The section .BTF_ids is a
module's to fill, and is stale when one half of a build is.
"""

import struct

from seen import EINVAL

MODULE = "brt_kfunc"
ALONE = True

# A set starts with its size and flags.
FIRST = 8


def change(ko):
    """The first id of the set so far out that nothing can be there."""
    ids = ko.get(".BTF_ids")
    start = next(offset for offset, name, _ in ko.symbols("__BTF_ID__set8__"))
    struct.pack_into("<I", ids, start + FIRST, 0xfffffff0)
    ko.put(".BTF_ids", ids)


def reproduced(seen):
    """An oops."""
    return seen.oopsed(
        r"btf_relocate_id|\w*register_btf_kfunc_id_set|btf_populate_kfunc_set")


def absent(seen):
    """The set is not accepted."""
    return seen.failed(EINVAL) and not seen.logged("Oops|BUG:")
