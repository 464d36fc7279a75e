#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make BTF that stands on its own of modules' DWARF. Runs inside the Debian 13
# root file system.
#
# In:  OUT KO...  a folder, and modules
# Out: OUT/NAME.btf for each
set -euo pipefail

# shellcheck source=tools/testing/selftests/forms/pahole.sh
. "$(dirname "$0")/../selftests/forms/pahole.sh"

for ko in "${@:2}"; do
	encode_to "$1/$(basename "$ko" .ko).btf" "$ko"
done
