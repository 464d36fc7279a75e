#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Copy the libraries that a program needs. Runs in the root file system.
#
# In:  PROGRAM  of any architecture whose libraries are there
#      TOP      where to put them
# Out: its libraries and theirs in TOP, in the folders that they are in here
set -euo pipefail
program=$1 top=$2

# Unlike ldd this runs nothing, so that the architecture does not matter.
linker=$(readelf -l "$program" | sed -n 's/.*program interpreter: \(.*\)\]/\1/p')
[[ -n $linker ]] || exit 0
# It lies where the architecture's libraries are.
folder=$(dirname "$(realpath "$linker")")
needed=("$program")
while ((${#needed[@]})); do
	file=${needed[0]}
	needed=("${needed[@]:1}")
	while read -r name; do
		[[ ! -e $top$folder/$name ]] || continue
		mkdir -p "$top$folder"
		cp -L "$folder/$name" "$top$folder/"
		needed+=("$folder/$name")
	done < <(readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
done
mkdir -p "$top$(dirname "$linker")"
cp -L "$linker" "$top$linker"
