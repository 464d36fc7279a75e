#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Run by dracut's init before modules that the command line asks for, and
# before udev. Whatever is wrong with btf_reconcile, the machine has to boot.

modprobe -qb btf_reconcile || :
