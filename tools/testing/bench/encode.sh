#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Make BTF that stands on its own of modules' DWARF. Runs inside the Debian 13
# root file system.
#
# In:  OUT KO...  a folder, and modules
# Out: OUT/NAME.btf for each
set -euo pipefail

features=encode_force,var,float,enum64,decl_tag,type_tag,optimized_func,consistent_func
for ko in "${@:2}"; do
	to=$1/$(basename "$ko" .ko).btf
	# pahole does not cut the file that it writes to.
	rm -f "$to"
	pahole -J --btf_features="$features" --btf_encode_detached="$to" "$ko"
done
