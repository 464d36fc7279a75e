// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The kernels that are installed on a machine.

use crate::{
    error::Error,
    folders::OWN,
    names,
    root::Root, //
};
use std::{
    cmp::Ordering,
    collections::BTreeMap,
    fs,
    io::ErrorKind,
    path::{
        Path,
        PathBuf, //
    },
};

/// Where kernels have their modules; one may be a link to the other.
const MODULES: [&str; 2] = ["lib/modules", "usr/lib/modules"];

/// How the files of a kernel in /boot are named, before its release.
const IMAGES: [&str; 4] = ["vmlinuz-", "vmlinux-", "Image-", "kernel-"];

/// What such a name may end with.
const COMPRESSED: [&str; 3] = [".gz", ".xz", ".zst"];

/// What the folder of a kernel has in it that is installed, not only left over from one.
const PARTS: [&str; 4] = [OWN, "modules.builtin", "modules.order", "vmlinuz"];

/// A kernel of a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// Its release.
    pub release: String,
    /// The folder of its modules.
    pub folder: Option<PathBuf>,
    /// Whether the machine runs it.
    pub is_running: bool,
    /// Whether there is more of it than a folder with modules of others.
    pub is_whole: bool,
}

/// The kernels that are installed in `root`, the oldest first; and the one that runs there, installed
/// or not. Folders that can't be read are added to `unread`.
pub fn installed(root: &Root, unread: &mut Vec<Error>) -> Vec<Installed> {
    let mut found: BTreeMap<String, Installed> = BTreeMap::new();
    let running = root.running();
    let new = |release: &str| Installed {
        release: release.to_owned(),
        folder: None,
        is_running: running.as_deref() == Some(release),
        is_whole: false,
    };
    for place in MODULES {
        let place = root.at(place);
        for folder in entries(&place, unread) {
            let real = root.follow(&folder);
            if !real.is_dir() || is_other_name(&folder, &real, &place) {
                continue;
            }
            let release = name(&folder);
            let kernel = found
                .entry(release.clone())
                .or_insert_with(|| new(&release));
            kernel.is_whole |= PARTS.iter().any(|part| real.join(part).exists());
            kernel.folder.get_or_insert(folder);
        }
    }
    for file in entries(&root.at("boot"), unread) {
        let name = name(&file);
        if let Some(release) = of_image(&name) {
            let kernel = found.entry(release.to_owned());
            kernel.or_insert_with(|| new(release)).is_whole = true;
        }
    }
    if let Some(release) = &running {
        let kernel = found.entry(release.clone());
        kernel.or_insert_with(|| new(release)).is_whole = true;
    }
    let mut kernels: Vec<_> = found.into_values().collect();
    kernels.sort_by(|a, b| by_version(&a.release, &b.release));
    kernels
}

/// What is in a folder, if that is there.
fn entries(folder: &Path, unread: &mut Vec<Error>) -> Vec<PathBuf> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(error) => {
            if error.kind() != ErrorKind::NotFound {
                unread.push(Error::Io(error).at(folder));
            }
            Vec::new()
        }
    }
}

/// Whether `folder` is a link to another folder in the same `place`, where it is `real`.
fn is_other_name(folder: &Path, real: &Path, place: &Path) -> bool {
    let real = fs::canonicalize(real).unwrap_or_default();
    let place = fs::canonicalize(place).unwrap_or_default();
    folder.is_symlink() && real.parent() == Some(&place)
}

fn name(path: &Path) -> String {
    names::plain(path.file_name().unwrap_or_default())
}

/// The release of the kernel in a file of this name: none of those that are kept to fall back on, and
/// whose names say nothing of the release.
fn of_image(name: &str) -> Option<&str> {
    let release = IMAGES.iter().find_map(|start| name.strip_prefix(start))?;
    let end = COMPRESSED.iter().find_map(|end| release.strip_suffix(end));
    let release = end.unwrap_or(release);
    let is_release = release.starts_with(|first: char| first.is_ascii_digit())
        && release.contains('.')
        && !release.ends_with(".old")
        && !release.contains("rescue");
    is_release.then_some(release)
}

/// Compares releases as people do: numbers in them count as such.
fn by_version(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    while !a.is_empty() && !b.is_empty() {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (in_a, in_b) = (digits(a), digits(b));
        if in_a == 0 || in_b == 0 {
            let (first_a, first_b) = (a.chars().next(), b.chars().next());
            let len = |first: Option<char>| first.map_or(0, char::len_utf8);
            if first_a != first_b {
                return first_a.cmp(&first_b);
            }
            (a, b) = (a.split_at(len(first_a)).1, b.split_at(len(first_b)).1);
            continue;
        }
        let ((number_a, rest_a), (number_b, rest_b)) = (a.split_at(in_a), b.split_at(in_b));
        let [number_a, number_b] = [number_a, number_b].map(|n| n.trim_start_matches('0'));
        let order = number_a.len().cmp(&number_b.len());
        let order = order.then_with(|| number_a.cmp(number_b));
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (rest_a, rest_b);
    }
    a.len().cmp(&b.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn releases_are_sorted_as_numbers() {
        let mut releases = [
            "7.10.1-a", "7.2.12-a", "7.2.9-b", "7.2.9-a", "7.2.9", "10.1",
        ];
        releases.sort_by(|a, b| by_version(a, b));
        assert_eq!(
            releases,
            ["7.2.9", "7.2.9-a", "7.2.9-b", "7.2.12-a", "7.10.1-a", "10.1"]
        );
    }

    #[test]
    fn images_are_told_by_their_names() {
        for (name, release) in [
            ("vmlinuz-7.3.4-a", Some("7.3.4-a")),
            ("Image-7.3.4", Some("7.3.4")),
            ("vmlinux-7.3.4.xz", Some("7.3.4")),
            ("vmlinuz-7.3.4.old", None),
            ("vmlinuz-0-rescue-1f.2e", None),
            ("vmlinuz-linux", None),
            ("initrd.img-7.3.4", None),
        ] {
            assert_eq!(of_image(name), release, "{name}");
        }
    }

    #[test]
    fn what_is_left_over_is_no_kernel() {
        let top = tempfile::tempdir().unwrap();
        let at = |name: &str| top.path().join(name);
        for folder in [
            "lib/modules/1.0/kernel",
            "lib/modules/2.0/updates/dkms",
            "boot/grub",
            "proc/sys/kernel",
        ] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        fs::write(at("boot/vmlinuz-3.0"), "").unwrap();
        fs::write(at("proc/sys/kernel/osrelease"), "10.0\n").unwrap();
        symlink("1.0", at("lib/modules/now")).unwrap();
        fs::create_dir(at("usr")).unwrap();
        symlink("../lib", at("usr/lib")).unwrap();
        let root = Root::new(top.path()).unwrap();
        let mut unread = Vec::new();
        let kernels = installed(&root, &mut unread);
        assert!(unread.is_empty(), "{unread:?}");
        let short = |kernel: &Installed| {
            let has_folder = kernel.folder.is_some();
            let release = kernel.release.clone();
            (release, has_folder, kernel.is_whole, kernel.is_running)
        };
        let kernels: Vec<_> = kernels.iter().map(short).collect();
        assert_eq!(
            kernels,
            [
                ("1.0".to_owned(), true, true, false),
                ("2.0".to_owned(), true, false, false),
                ("3.0".to_owned(), false, true, false),
                ("10.0".to_owned(), false, true, true),
            ]
        );
    }
}
