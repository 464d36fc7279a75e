#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""old.py FROM TO OUT: give TO the BTF sections that FROM was built with.

FROM and TO are one source compiled for two kernels. The result runs on TO's
kernel, and what it says of its types is what FROM's kernel was like: a module
kept over a kernel update.
"""

import re
import sys

from kofile import Ko


def slots(ko):
    """The id symbols without the counter that differs between headers."""
    return [(offset, re.sub(r"\d+$", "", name), size)
            for offset, name, size in ko.symbols("__BTF_ID__")]


def main():
    """Transplant, after a look whether the ids would land in their places."""
    source, target = Ko(sys.argv[1]), Ko(sys.argv[2])
    if slots(source) != slots(target):
        sys.exit("the two builds lay their .BTF_ids out differently")
    for name in ".BTF", ".BTF.base", ".BTF_ids":
        content = source.get(name)
        if content is not None:
            target.put(name, content)
    target.save(sys.argv[3])


main()
