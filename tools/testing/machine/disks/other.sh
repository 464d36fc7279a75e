# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The newer kernel, which nobody has built the module for yet.
sources repo-old
get "linux-image-$NEW" | tee /tmp/got
installed "linux-image-$NEW"
made /tmp/got "$NEW" 1
! in_initramfs "$NEW" || fail "a module of another kernel is in the initramfs"
