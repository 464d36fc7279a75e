#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Run a command in a virtual machine on an unmodified Debian kernel.
#
# In:  [-k KERNEL]  which one: 7.3 (default), 7.2, 7.3-cloud, a whole release
#      [-d DIR]     a directory tree to lay over the machine's root
#      [-b PROGRAM] a program of the root file system to take along
#      [-m MODULE]  a module of the kernel's own to load at boot
#      [-t SECONDS] when to give up (default 300)
#      [-l NAME]    names the console log (default vm): $out/NAME.log
#      [-v]         show the whole console instead of only the command's output
#      CMD...       run by busybox's shell in the machine
#      VM_SMP, VM_MEM, VM_APPEND, VM_ACCEL: processors, memory, more kernel
#      parameters, QEMU's accelerator (default tcg; kvm where it works)
#      Paths are as seen inside the root file system: /src, /out, /cache.
# Out: the command's output; its exit status, or 124 after a timeout, 125 when
#      the machine died. The kernel's log is kept in either case.
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=scripts/arch.sh
. "$tree/scripts/arch.sh"

kernel=7.3 seconds=300 name=vm verbose='' content=()
while getopts k:d:b:m:t:l:v option; do
	case $option in
	k) kernel=$OPTARG ;;
	d | b) content+=("-$option" "$OPTARG") ;;
	m) content+=("-$option" "$OPTARG") want_modules=y ;;
	t) seconds=$OPTARG ;;
	l) name=$OPTARG ;;
	v) verbose=y ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
(($#)) || die "no command; see the top of $0"

release=$("$tree/scripts/kernel.sh" resolve "$kernel")
use_arch "$release"
pieces=(vmlinuz)
[[ -v want_modules ]] && pieces+=(modules)
"$tree/scripts/kernel.sh" prepare "$release" "${pieces[@]}"

work=$(mktemp -d "$out/vm.XXXXXX")
trap 'rm -rf "$work"' EXIT
inside=/out/${work##*/}

# One word per line would lose the words' borders: quote them for any shell.
for word; do
	printf "'%s' " "${word//\'/\'\\\'\'}"
done >"$work/command"

"$tree/scripts/enter.sh" -a "$arch" bash /src/scripts/initramfs.sh -o "$inside/initramfs" \
	-c "$inside/command" -p "${ports[*]:1}" -a "${foreign:+$foreign/target}" \
	-k "/cache/kernels/$release/modules" -r "$release" \
	"${content[@]}"

if [[ $release == *-debug* ]]; then
	VM_APPEND="$debug_append ${VM_APPEND-}"
fi
log=$out/$name.log
: >"$work/status"
qemu=("${machine[@]}" -accel "${VM_ACCEL:-tcg,thread=multi}"
	-smp "${VM_SMP:-2}" -m "${VM_MEM:-1G}" -nodefaults -display none -no-reboot
	-kernel "/cache/kernels/$release/vmlinuz/vmlinuz" -initrd "$inside/initramfs"
	-append "console=${ports[0]} panic=-1 quiet loglevel=7 ${VM_APPEND-}")
# Serial ports: the kernel's log, the command's output, its status.
if [[ -n $verbose ]]; then
	qemu+=(-chardev "stdio,id=log,signal=on,logfile=/out/$name.log" -chardev "null,id=output")
else
	qemu+=(-chardev "file,id=log,path=/out/$name.log" -chardev "stdio,id=output,signal=on")
fi
qemu+=(-chardev "file,id=status,path=$inside/status")
for name in log output status; do
	port "$name"
	qemu+=("${port[@]}")
done

# QEMU takes an interrupt for an order to end well: end as interrupted.
trap 'trap - INT; rm -rf "$work"; kill -INT $$' INT
died=0
timeout --foreground -k 5 "$seconds" "$tree/scripts/enter.sh" -a "$arch" "${qemu[@]}" \
	</dev/null 2>"$work/errors" || died=$?
status=$(tr -dc 0-9 <"$work/status")
[[ -n $status ]] && exit "$status"

# No status: say why, and show where it happened.
if ((died == 124 || died == 137)); then
	reason="no end after $seconds s" code=124
else
	reason="the machine died" code=125
fi
cat "$work/errors" >&2
tail -n 40 "$log" >&2
say "vm.sh: $reason; the whole console: $log"
exit $code
