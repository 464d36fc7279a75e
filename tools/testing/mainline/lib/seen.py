# SPDX-License-Identifier: GPL-2.0
"""What came of a module in the machine, as vm.sh in this folder tells it."""

import re

# As <asm/errno.h> has them.
ENOENT = 2
EINVAL = 22


class Seen:
    """The lines "WORD: TEXT" of one finding."""

    def __init__(self, lines):
        self.lines = lines

    def told(self, word):
        """All that was told by this word."""
        start = word + ": "
        return [line[len(start):] for line in self.lines if line.startswith(start)]

    def logged(self, pattern):
        """Did the kernel say such a thing?"""
        return any(re.search(pattern, line) for line in self.told("log"))

    def loaded(self):
        """Did the module load?"""
        return self.told("insmod") == ["0"]

    def failed(self, error):
        """Did loading it fail with this errno?"""
        return self.told("insmod") == [str(error)]

    def has_type(self, pattern):
        """Did it load, and does the kernel then have such a type for it?"""
        return self.loaded() and \
            any(re.fullmatch(pattern, line.strip()) for line in self.told("type"))

    def ids_right(self):
        """Did it find in its lists the ids of the types that these name?"""
        return any(re.fullmatch(r"(\d+) of \1 ids right", line)
                   for line in self.told("ids"))

    def no_ids(self):
        """Did it find nothing but zeroes in its lists?"""
        found = [line.split()[-1] for line in self.told("id")]
        return set(found) == {"0"}

    def refused(self, error, pattern=""):
        """Did the kernel refuse its BTF with this errno, and say why?"""
        return not self.loaded() and self.logged(pattern) and \
            self.logged(rf"failed to validate module \[\w+\] BTF: -{error}$")

    def oopsed(self, function):
        """Did this function go to memory that is none?"""
        return self.logged(r"Unable to handle kernel|BUG: (unable|kernel NULL)") and \
            self.logged(rf"(RIP: 0010:|pc : ?)({function})\b")

    def busy(self):
        """Was the module still being loaded when time was over, by a busy processor?"""
        return self.told("insmod") == ["busy"]


def parse(lines):
    """A Seen for each finding, by name."""
    found = {}
    for line in lines:
        line = line.rstrip("\r\n")
        if line.startswith("= "):
            found[line[2:]] = []
        elif found:
            list(found.values())[-1].append(line)
    return {name: Seen(lines) for name, lines in found.items()}
