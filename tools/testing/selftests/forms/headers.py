#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""headers.py KO DIR: modules in which a page in front of .BTF looks like the
header of the file, for whoever looks for that from .BTF on.

DIR-FORM/NAME.ko, of a module that has no base or a base reference; the forms:
  overflow   its .BTF is at such an offset as wraps around
  large      all of it is there, but a base reference of 2 GiB
  elsewhere  the same with one far from the file
  many       thousands of them, with tables that are not there
  tables     thousands of them, with the largest of tables
On a stock kernel, which does not look for anything, they load as the module
does that they are made from.
"""

import os
import struct
import sys

from kofile import SHDR, Ko

PAGE = 4096
ET_REL = 1
PROGBITS = 1
NAMES = b"\0.BTF\0.BTF.base_ref\0"


def header(shoff, count, names):
    """An ELF header that names a section table."""
    page = bytearray(PAGE)
    page[:7] = b"\x7fELF\x02\x01\x01"
    struct.pack_into("<H", page, 16, ET_REL)
    struct.pack_into("<Q", page, 40, shoff)
    struct.pack_into("<HHH", page, 58, SHDR.size, count, names)
    return page


def section(name, offset, size):
    """An entry of a section table."""
    return SHDR.pack(name, PROGBITS, 0, 0, offset, size, 0, 0, 1, 0)


def with_table(btf_offset, size, reference):
    """A page that is a header, with its table and names in it."""
    page = header(64, 4, 3)
    table = bytes(SHDR.size) + section(1, btf_offset, size) + \
        section(6, *reference) + section(0, 2048, len(NAMES))
    page[64:64 + len(table)] = table
    page[2048:2048 + len(NAMES)] = NAMES
    return page


def main():
    """Write every form."""
    source, target = sys.argv[1:]
    size = len(Ko(source).get(".BTF"))
    forms = {
        "overflow": with_table(2 ** 64 - 1, size, (0, 0)),
        "large": with_table(PAGE, size, (0, 2 ** 31 - 1)),
        "elsewhere": with_table(PAGE, size, (2 ** 40, 64)),
        "many": header(2 ** 30, 4, 1) * 2000,
        "tables": header(64, 0xffff, 1) * 2000,
    }
    for form, pages in forms.items():
        ko = Ko(source)
        btf = ko.get(".BTF")
        ko.data += bytes(-len(ko.data) % PAGE) + pages
        index = ko.find(".BTF")
        fields = list(ko.shdr(index))
        fields[4] = len(ko.data)
        ko.set_shdr(index, fields)
        ko.data += btf
        os.makedirs(f"{target}-{form}", exist_ok=True)
        ko.save(os.path.join(f"{target}-{form}", os.path.basename(source)))


main()
