// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Where a kernel's BTF lies.

use rustix::system;
use std::path::PathBuf;

/// BTF of the running kernel.
pub const RUNNING: &str = "/sys/kernel/btf/vmlinux";

/// Where a kernel of release `{}` is looked for, best first: the places of libbpf's
/// `btf__load_vmlinux_btf()`, and what distributions have besides.
const PLACES: [&str; 13] = [
    "/boot/vmlinux-{}",
    "/lib/modules/{}/vmlinux-{}",
    "/lib/modules/{}/build/vmlinux",
    "/usr/lib/modules/{}/kernel/vmlinux",
    "/usr/lib/debug/boot/vmlinux-{}",
    "/usr/lib/debug/boot/vmlinux-{}.debug",
    "/usr/lib/debug/lib/modules/{}/vmlinux",
    // Debian's headers, without the links of the kernel itself.
    "/usr/src/linux-headers-{}/vmlinux",
    // Fedora's headers, likewise.
    "/usr/src/kernels/{}/vmlinux",
    // Fedora and SUSE, where SUSE compresses it.
    "/lib/modules/{}/vmlinux",
    "/usr/lib/modules/{}/vmlinux",
    "/usr/lib/debug/usr/lib/modules/{}/vmlinux",
    "/usr/lib/debug/usr/lib/modules/{}/vmlinux.debug",
];

/// What a file in one of the places may be compressed by.
const COMPRESSED: [&str; 4] = ["", ".xz", ".gz", ".zst"];

/// The release of the running kernel.
pub fn running_release() -> String {
    let uname = system::uname();
    uname.release().to_string_lossy().into_owned()
}

/// The machine that this runs on.
pub fn machine() -> String {
    let uname = system::uname();
    uname.machine().to_string_lossy().into_owned()
}

/// Where the BTF of the kernel `release` may be, best first.
pub fn of_release(release: &str) -> Vec<PathBuf> {
    let running = (release == running_release()).then(|| PathBuf::from(RUNNING));
    let places = named(release).into_iter().flat_map(|place| {
        let packed = COMPRESSED.iter().map(move |end| format!("{place}{end}"));
        packed.map(PathBuf::from)
    });
    running.into_iter().chain(places).collect()
}

/// The same in words.
pub fn in_words(release: &str) -> String {
    let places = named(release).join(", ");
    format!("{places} (or one of these with .xz, .gz or .zst)")
}

/// The same without what may be at their ends, and but for [`RUNNING`].
pub fn named(release: &str) -> Vec<String> {
    PLACES
        .iter()
        .map(|place| place.replace("{}", release))
        .collect()
}
