# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# The newer kernel and the drivers, and nothing of ours.
sources repo-old
drivers
get "linux-image-$NEW"
files >/files
