# SPDX-License-Identifier: GPL-2.0
"""BTF without a base is accepted though its function is none.

btf_parse_module() does not check where types lead. So it is with BTF that was made
for another kernel, whose ids are other types here.
"""

from blob import Blob
from kofile import KIND_FUNC, KIND_STRUCT
from seen import EINVAL


def make(kernel):
    """A function whose prototype is a struct."""
    split = Blob(kernel.count, kernel.strings)
    wrong = split.add(KIND_STRUCT, "mainline_struct", 0)
    split.add(KIND_FUNC, "mainline_function", wrong)
    return None, split


def reproduced(seen):
    """It loads."""
    return seen.loaded()


def absent(seen):
    """The module is refused."""
    return seen.refused(EINVAL)
