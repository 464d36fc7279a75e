// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Where a kernel's BTF lies.

use rustix::system;
use std::{
    fs,
    path::{
        Path,
        PathBuf, //
    },
};

/// BTF of the running kernel.
pub const RUNNING: &str = "/sys/kernel/btf/vmlinux";

/// Notes of the running kernel.
pub const RUNNING_NOTES: &str = "/sys/kernel/notes";

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

/// Where its image is, which has to be unpacked, after all of them.
const IMAGES: [&str; 3] = [
    "/boot/vmlinuz-{}",
    "/lib/modules/{}/vmlinuz",
    "/usr/lib/modules/{}/vmlinuz",
];

/// What a file in one of the places may be compressed by.
const COMPRESSED: [&str; 4] = ["", ".xz", ".gz", ".zst"];

/// The release of the running kernel.
pub fn running_release() -> String {
    let uname = system::uname();
    uname.release().to_string_lossy().into_owned()
}

/// The release of the kernel whose vmlinux is at `path`, if that really is in the folder where it was
/// built, or in what is left of that to build modules with.
pub fn release_beside(path: &Path) -> Option<String> {
    let path = fs::canonicalize(path).ok()?;
    let release = path.with_file_name("include/config/kernel.release");
    let release = fs::read_to_string(release).ok()?;
    Some(release.trim_end().to_owned())
}

/// What people call the kernel that has its BTF at `base`, or was asked for by that name.
pub fn called(base: &str) -> String {
    if base == RUNNING {
        running_release()
    } else {
        base.to_owned()
    }
}

/// The machine that this runs on.
pub fn machine() -> String {
    let uname = system::uname();
    uname.machine().to_string_lossy().into_owned()
}

/// Where the BTF of the kernel `release` may be, best first.
pub fn of_release(release: &str) -> Vec<PathBuf> {
    with_running(release, release == running_release())
}

/// The same on a machine that runs that kernel or another one.
pub fn with_running(release: &str, is_running: bool) -> Vec<PathBuf> {
    let running = is_running.then(|| RUNNING.to_owned());
    let places = plain(release).flat_map(|place| {
        let packed = COMPRESSED.iter().map(move |end| format!("{place}{end}"));
        packed.collect::<Vec<_>>()
    });
    let all = running.into_iter().chain(places).chain(images(release));
    all.map(PathBuf::from).collect()
}

/// The same in words.
pub fn in_words(release: &str) -> String {
    let places: Vec<_> = plain(release).collect();
    let images: Vec<_> = images(release).collect();
    let (places, images) = (places.join(", "), images.join(", "));
    format!("{places} (or one of these with .xz, .gz or .zst), {images}")
}

/// Those of the places that may have something at their ends.
pub fn plain(release: &str) -> impl Iterator<Item = String> + '_ {
    PLACES.iter().map(|place| place.replace("{}", release))
}

/// Those that have an image.
pub fn images(release: &str) -> impl Iterator<Item = String> + '_ {
    IMAGES.iter().map(|place| place.replace("{}", release))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_come_last() {
        let places = of_release("1.2.3-none");
        let (first, images) = places.split_at(places.len() - IMAGES.len());
        let is_image = |place: &PathBuf| place.to_string_lossy().contains("/vmlinuz");
        assert_eq!(first.len(), PLACES.len() * COMPRESSED.len());
        assert!(!first.iter().any(is_image));
        assert!(images.iter().all(is_image));
        assert_eq!(images[0], PathBuf::from("/boot/vmlinuz-1.2.3-none"));
    }

    #[test]
    fn a_tree_tells_its_release() {
        let top = tempfile::tempdir().unwrap();
        let vmlinux = top.path().join("vmlinux");
        assert_eq!(release_beside(&vmlinux), None);
        fs::create_dir_all(top.path().join("include/config")).unwrap();
        fs::write(&vmlinux, b"").unwrap();
        fs::write(top.path().join("include/config/kernel.release"), "1.2.3\n").unwrap();
        assert_eq!(release_beside(&vmlinux).as_deref(), Some("1.2.3"));
    }
}
