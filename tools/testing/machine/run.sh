#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# On a whole Debian 13 machine: the packages are installed, the kernel is updated,
# dkms builds the module, signatures are demanded, all is purged; and each time the
# machine is booted and asked what it has come up with.
#
# In:  KERNEL OTHER  the kernel that it is updated to, and the one before
#      [PART...]     what to try (default all): the machine's disks without
#                    prebuilt other update dkms signed purged, and rpm
#      SECONDS_LEFT  how long all may take: what does not fit is skipped, and said
# Out: as checks.sh says; the logs and reports are in $out/machine
set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "$0")/../../../scripts/lib.sh"
# shellcheck source=scripts/checks.sh
. "$tree/scripts/checks.sh"

here=$tree/tools/testing/machine
all=$out/machine
kernel=$1 other=$2
shift 2
(($#)) || set -- without prebuilt other update dkms signed purged rpm
new=$("$tree/scripts/kernel.sh" resolve "$kernel")
old=$("$tree/scripts/kernel.sh" resolve "$other")

# What each disk starts from.
declare -A from=([without]=base [prebuilt]=base [other]=prebuilt [update]=prebuilt
	[dkms]=base [signed]=prebuilt [purged]=update)

# timed NAME SECONDS CMD...: a check, if it fits.
timed() {
	! fits "$1" "$(took "test-${1// /-}" "$2")" || check "$@"
}

# repository DIR KERNEL...
repository() {
	"$tree/scripts/repo.sh" "${@:2}"
	remove "$1"
	mv "$out/repo" "$1"
}

# A certificate, and the modules that were signed with its key.
signed() {
	local dir=$all/test/signed
	mkdir -p "$dir"
	"$tree/scripts/enter.sh" openssl req -new -x509 -nodes -days 36500 -newkey rsa:2048 \
		-subj "/CN=test machine" -outform PEM -keyout /out/machine/key.pem -out /out/machine/cert.pem
	SIGN=$all/key.pem,$all/cert.pem "$tree/scripts/deb.sh" "$other"
	cp "$out"/deb/btf-reconcile-modules-"$old"_*.deb "$dir/"
}

# What the machine's administrator finds in /srv, and the report.
supplies() {
	local form
	mkdir -p "$all"/{debs,test,base}
	repository "$all/repo-old" "$other"
	repository "$all/repo-new" "$kernel" "$other"
	cp "$cache"/machine/debs/*.deb "$all/debs/"
	"$tree/scripts/enter.sh" sh -c "cd /out/machine/debs && apt-ftparchive packages . >Packages"
	for form in old stale; do
		cp -r "$out/$new/vm/selftests/mods/$form" "$all/test/"
	done
	signed
}

# disk NAME
disk() {
	local commands=$all/$1.commands
	{
		printf 'OLD=%s NEW=%s\n' "$old" "$new"
		cat "$here/disks/lib.sh" "$here/disks/$1.sh"
	} >"$commands"
	"$tree/scripts/enter.sh" bash /src/tools/testing/machine/disk.sh \
		"$1" "${from[$1]}" "/out/machine/$1.commands"
}

# boot DISK NAME RELEASE [ARGS...]: QEMU's, the kernel's after --; the report is
# $all/NAME.report.
boot() {
	local dir=/out/machine/$1 name=$2 release=$3
	local qemu=() report=$all/$2.report
	shift 3
	while (($#)) && [[ $1 != -- ]]; do
		qemu+=("$1")
		shift
	done
	timeout --foreground -k 5 600 "$tree/scripts/enter.sh" env TMPDIR=/out/machine \
		qemu-system-x86_64 \
		-accel "${VM_ACCEL:-tcg,thread=multi}" -cpu max -smp 2 -m 2G -nodefaults \
		-display none -no-reboot "${qemu[@]}" \
		-drive "file=$dir/image,format=raw,if=virtio,snapshot=on" \
		-kernel "$dir/boot/vmlinuz-$release" -initrd "$dir/boot/initrd.img-$release" \
		-append "root=/dev/vda rw console=ttyS0 panic=-1 loglevel=7 systemd.show_status=0 ${*:2}" \
		-chardev "file,id=log,path=/out/machine/$name.log" -serial chardev:log \
		-chardev "file,id=report,path=/out/machine/$name.report" -serial chardev:report || true
	# Firmware draws on every console that it finds.
	tr -d '\r' <"$report" | sed -e 's/\x1b\[[0-9;=?]*[A-Za-z]//g' -e 's/^log \[[^]]*\] /log /' >"$report.new"
	mv "$report.new" "$report"
	cat "$report"
	grep -qx end "$report" || { echo "the machine did not report: $all/$name.log"; return 1; }
}

# A release as it is, in an expression.
new_is=${new//[.+]/\\&} old_is=${old//[.+]/\\&}

# said NAME LINE...: does the report of NAME have a line that matches each, and
# none that matches what comes after `!`?
said() {
	local report=$all/$1.report want=0 line status=0
	shift
	for line; do
		if [[ $line == ! ]]; then
			want=1
		elif grep -qE "$line" "$report"; then
			((want == 0)) || { echo "FAILED: there is $line"; status=1; }
		else
			((want == 1)) || { echo "FAILED: there is no $line"; status=1; }
		fi
	done
	return "$status"
}

# refused NAME: a stock kernel refuses the driver whose BTF has no base.
refused() {
	said "$1" '^state degraded' '^failed systemd-modules-load' "^kernel $new_is" \
		'^log .*failed to validate module .brt_filter. BTF' ! '^module b.*(_filter|reconcile)' '^unit'
}

boots_without() {
	boot without without "$new"
	refused without
}

# The kernel that it was built for, and no driver that needs it.
boots_prebuilt() {
	boot prebuilt prebuilt "$old"
	said prebuilt '^state running' "^kernel $old_is" '^module btf_reconcile' \
		'^summary .*fit' ! '^failed' '^unit'
	early prebuilt
}

# It was there in the initramfs.
early() {
	local ours init real
	init=$(grep -n '^log .*Run /init' "$all/$1.report" | head -n 1 | cut -d: -f1)
	ours=$(grep -n '^log .*btf_reconcile: ' "$all/$1.report" | head -n 1 | cut -d: -f1)
	real=$(grep -n '^log systemd\[1\]: systemd .* running in' "$all/$1.report" | tail -n 1 | cut -d: -f1)
	((init && ours && real && init < ours && ours < real)) ||
		{ echo "FAILED: not loaded between /init and systemd"; return 1; }
}

# Lockdown takes no module without a signature, and that is no failure.
boots_lockdown() {
	boot prebuilt lockdown "$old" -- lockdown=integrity
	said lockdown '^state running' '^unit btf_reconcile is not loaded \(kernel .* does not permit it' \
		! '^module' '^failed'
	(($(grep -c '^unit' "$all/lockdown.report") == 1))
}

# A kernel that it was not built for boots as ever.
boots_other() {
	boot other other "$new"
	said other '^state running' "^kernel $new_is" \
		"^unit btf_reconcile is not loaded .there is none for kernel $new_is" ! '^module' '^failed'
	(($(grep -c '^unit' "$all/other.report") == 1))
}

# helped NAME: both drivers are there, and what became of them is told.
helped() {
	said "$1" '^state running' "^kernel $new_is" '^module btf_reconcile' '^module brt_kfunc' \
		'^module brt_filter' '^log .*btf_reconcile: brt_kfunc: reconciled' \
		'^log .*btf_reconcile: brt_filter: .* withheld' \
		'^table brt_kfunc +(reconciled|carries)' '^table brt_filter +stale' ! '^failed' '^unit'
}

boots_update() {
	boot update update "$new"
	helped update
	early update
}

boots_dkms() {
	boot dkms dkms "$new"
	helped dkms
}

# The machine's own key is among those of its firmware, as an enrolled one is.
boots_signed() {
	"$tree/scripts/enter.sh" virt-fw-vars --input /usr/share/OVMF/OVMF_VARS_4M.fd \
		--output /out/machine/vars.fd --add-db OvmfEnrollDefaultKeys /out/machine/cert.pem
	boot signed signed "$old" -machine q35 \
		-drive "if=pflash,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd" \
		-drive "if=pflash,format=raw,file=/out/machine/vars.fd" \
		-- lockdown=integrity module.sig_enforce=1
	said signed '^state running' '^module btf_reconcile' '^log .*X.509.*test machine' ! '^failed' '^unit'
}

# As where it never was: the same files, and the same boot.
boots_purged() {
	diff "$all/without/upper/files" "$all/purged/upper/files"
	boot purged purged "$new"
	refused purged
}

# RPM packages have no machine here: what is in them is looked at. The source for dkms
# is as it is in the tree.
rpm_files() {
	"$tree/scripts/rpm.sh" "$kernel"
	cat "$out"/rpm/{btf-reconcile,btf-reconcile-dkms,kmod-btf-reconcile}.files |
		grep -v '/rust/' | sed -E "s/$new_is/RELEASE/" | diff "$here/rpm.files" -
}

# What all disks need.
prepare() {
	"$tree/scripts/environment.sh" "$kernel" "$other"
	"$here/root.sh" "$old" "$new"
	"$tree/scripts/build.sh" module "$kernel"
	"$tree/scripts/build.sh" selftests "$kernel" "$other"
}

lock "$(basename "$out")-machine"
remove "$all"
mkdir -p "$all"
# How long it took when it was there already says nothing.
"$here/root.sh" --whole "$old" "$new" || rm -f "$cache/times/test-a-Debian-machine"
timed "a Debian machine" 600 prepare
((passed == 0)) || timed packages 480 supplies
for disk; do
	if [[ $disk == rpm ]]; then
		timed "rpm: files" 300 rpm_files
		continue
	fi
	# What failed or was skipped has taken what follows from it along.
	[[ $passed -ge 2 && (${from[$disk]} == base || -e $all/${from[$disk]}/made) ]] || {
		skip "$disk" "not run: what it needs is not there"
		continue
	}
	timed "$disk: install" 90 disk "$disk"
	[[ -e $all/$disk/made ]] || continue
	timed "$disk: boot" 240 "boots_$disk"
	[[ $disk != prebuilt ]] || timed "lockdown: boot" 240 boots_lockdown
	# It is large, and what starts from the disk does not need it.
	rm -f "$all/$disk/image"
done
total
