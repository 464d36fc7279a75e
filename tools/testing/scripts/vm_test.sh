#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Does scripts/vm.sh tell how the machine ended?
#
# In:  the environment of scripts/environment.sh; KERNEL (default 7.3)
# Out: KTAP
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=tools/testing/scripts/lib/ktap.sh
. "$here/lib/ktap.sh"

# ended NAME STATUS OUTPUT ARGS...: of vm.sh
ended() {
	local status=0 text
	text=$("$here/../../../scripts/vm.sh" -k "${KERNEL:-7.3}" -l vm-test "${@:4}" 2>&1) || status=$?
	[[ $text == *"$3"* ]] && text=$3
	expect "$1" "$2: $3" "$status: $text"
}

plan 4
# shellcheck disable=SC2016 # for the machine's shell
ended "output and status" 3 "it's \"me\" \$HOME" sh -c 'echo "$1"; exit 3' sh "it's \"me\" \$HOME"
ended "a file and a program" 0 "bpftool v" -d /src/tools/testing/scripts -b bpftool \
	sh -c 'test -e /vm_test.sh && bpftool version'
ended "a panic" 125 "the machine died" sh -c 'echo c >/proc/sysrq-trigger'
ended "no end" 124 "no end after 8 s" -t 8 sleep 60
