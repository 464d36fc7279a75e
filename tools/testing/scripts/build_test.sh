#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Is building the module quiet where rustfmt is not installed, and where objtool
# looks at each object by itself? It does on a kernel without IBT, live patches and
# link-time optimization; here the kernel is made to look like one.
#
# In:  KERNEL  that environment.sh has prepared
# Out: KTAP
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=scripts/lib.sh
. "$here/../../../scripts/lib.sh"
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$here/lib/ktap.sh"

kernel=${KERNEL:-7.3}
release=$("$tree/scripts/kernel.sh" resolve "$kernel")
remove "$out/$release/quiet"
said=$("$tree/scripts/kbuild.sh" "$kernel" quiet RUSTFMT=/none KCFLAGS=-Wno-attributes \
	CONFIG_X86_KERNEL_IBT= CONFIG_KLP_BUILD= modules 2>&1) || said+=$'\nmake failed'

plan 2
expect "nothing but what is done" "" \
	"$(grep -vE '^(make(\[[0-9]+\])?: (Enter|Leav)ing |  [A-Z]+ )' <<<"$said" || true)"
# So that the test is one: objtool has looked at the object whose names are short.
grep -qx CONFIG_OBJTOOL=y "$cache/kernels/$release/build/.config" || {
	echo "ok 2 each object is marked by itself # SKIP no objtool on this architecture"
	exit
}
expect "each object is marked by itself" y \
	"$(grep -q '/objtool .*rust/main_short.o$' "$out/$release/quiet/rust/.main_short.o.cmd" && echo y)"
