# SPDX-License-Identifier: GPL-2.0
"""register_btf_kfunc_id_set() returns 0 for a module whose BTF is gone.

check_btf_kconfigs() leaves it at a warning. A module that gives programs more than
kfuncs goes on to do that, with ids of nothing (nf_conntrack lets them write to members
of a struct by its id). The same when CONFIG_MODULE_ALLOW_BTF_MISMATCH drops the BTF.
"""

MODULE = "brt_kfunc"
DROP = ".BTF", ".BTF.base"


def reproduced(seen):
    """It loads."""
    return seen.loaded() and seen.logged("missing module BTF, cannot register kfunc")


def absent(seen):
    """Registration fails, and so does what it is part of."""
    return not seen.loaded()
