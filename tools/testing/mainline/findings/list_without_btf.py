# SPDX-License-Identifier: GPL-2.0
"""A module whose BTF is gone keeps the ids that it was built with.

So it is when CONFIG_MODULE_ALLOW_BTF_MISMATCH lets it load: btf_module_notify() drops
the BTF, nobody clears the ids, and they are those of other types.
"""

MODULE = "brt_ids"
DROP = ".BTF", ".BTF.base"


def reproduced(seen):
    """It found ids in its list."""
    return seen.loaded() and not seen.no_ids()


def absent(seen):
    """It found none, or was refused."""
    return not seen.loaded() or seen.no_ids()
