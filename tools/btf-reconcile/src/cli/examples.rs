// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the help of each command ends with: examples, and its exit status.

pub(super) const PROGRAM: &[&str] = &[
    "btf-reconcile check x.ko",
    "btf-reconcile check --base 7.3.4+deb13-amd64 /lib/modules/7.2.12+deb13-amd64/updates",
];
pub(super) const CHECK: &[&str] = &[
    "btf-reconcile check x.ko",
    "btf-reconcile check -v --base /boot/vmlinuz-7.3.4+deb13-amd64 x.ko",
    "btf-reconcile check report.tar.zst",
    "btf-reconcile check --brief --base 7.3.4 /lib/modules/7.2.12/updates",
];
pub(super) const DIFF: &[&str] = &[
    "btf-reconcile diff 7.2.12+deb13-amd64 7.3.4+deb13-amd64",
    "btf-reconcile diff OLD/vmlinux NEW/vmlinux --modules /lib/modules/OLD/updates --html diff.html",
];
pub(super) const MATRIX: &[&str] = &[
    "btf-reconcile matrix /lib/modules/7.2.12/updates --base 7.2.12 --base 7.3.4",
    "btf-reconcile matrix modules --base old/vmlinux --base new/vmlinux --html matrix.html",
];
pub(super) const BUNDLE: &[&str] = &[
    "btf-reconcile bundle /lib/modules/7.3.4/updates/x.ko --with-base -o report.tar.zst",
    "btf-reconcile bundle x.ko y.ko --base vmlinux -o -",
];
pub(super) const DOCTOR: &[&str] = &[
    "btf-reconcile doctor --kernel 7.3.4+deb13-amd64",
    "btf-reconcile doctor --root /mnt --json",
    "btf-reconcile doctor --brief --out-of-tree --kernel 7.3.4+deb13-amd64",
];
pub(super) const RECONCILE: &[&str] =
    &["btf-reconcile reconcile x.ko --base 7.3.4+deb13-amd64 -o new/x.ko"];
pub(super) const DISTILL: &[&str] = &["btf-reconcile distill x.ko --base vmlinux -o x.ko"];
pub(super) const ENCODE: &[&str] = &[
    "btf-reconcile encode x.ko -o x.ko",
    "btf-reconcile encode x.ko --debug x.ko.debug --base 7.3.4+deb13-amd64 -o new/x.ko",
];

/// What the help ends with. Manual pages are made of it, too: what comes first in each of its parts is
/// the heading.
pub(super) fn with(examples: &[&str], exit: &str) -> String {
    format!("Examples:\n  {}\n\n{exit}", examples.join("\n  "))
}
