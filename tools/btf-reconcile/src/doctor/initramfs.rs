// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is in the initramfs of a kernel.
//!
//! Reference: [Documentation/driver-api/early-userspace/buffer-format.rst](srctree/Documentation/driver-api/early-userspace/buffer-format.rst).

use crate::{
    error::{
        Error,
        Result, //
    },
    files::{
        self,
        Contents, //
    },
    root::Root,
};
use std::{
    fs,
    io::ErrorKind,
    path::{
        Path,
        PathBuf, //
    },
};

/// How the initramfs of release `{}` is called by initramfs-tools, dracut and SUSE.
const PLACES: [&str; 4] = [
    "boot/initrd.img-{}",
    "boot/initramfs-{}.img",
    "boot/initrd-{}",
    "lib/modules/{}/initrd",
];

/// Folders that have one for each machine, and in that one for each release.
const MACHINES: [&str; 3] = ["boot", "efi", "boot/efi"];

/// How an archive starts, and the name that ends it.
const MAGICS: [&[u8]; 2] = [b"070701", b"070702"];
const TRAILER: &[u8] = b"TRAILER!!!";

/// Bytes of the header of a file in it, and where in that the lengths of the file and its name are.
const HEADER: usize = 110;
const FILE_SIZE: usize = 54;
const NAME_SIZE: usize = 94;
/// Digits of a number in it.
const DIGITS: usize = 8;
/// All starts at a multiple of this.
const ALIGN: usize = 4;

/// The initramfs of the kernel `release` in `root`, if one is found.
///
/// # Errors
///
/// None is found, but a folder that it may be in can't be read.
pub fn of_release(root: &Root, release: &str) -> Result<Option<PathBuf>> {
    let places = PLACES.map(|place| root.at(place.replace("{}", release)));
    if let Some(path) = places.into_iter().find(|path| path.is_file()) {
        return Ok(Some(path));
    }
    let mut unread = None;
    for folder in MACHINES.map(|folder| root.at(folder)) {
        let machines = match fs::read_dir(&folder) {
            Ok(machines) => machines,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => {
                unread.get_or_insert(Error::Io(error).at(&folder));
                continue;
            }
        };
        let mut images = machines.flatten().map(|machine| {
            let image = machine.path().join(release).join("initrd");
            root.follow(&image)
        });
        if let Some(path) = images.find(|path| path.is_file()) {
            return Ok(Some(path));
        }
    }
    unread.map_or(Ok(None), Err)
}

/// Whether the initramfs at `path` has a file in it whose name is `wanted`.
///
/// # Errors
///
/// It can't be read or unpacked.
pub fn has(path: &Path, wanted: &dyn Fn(&[u8]) -> bool) -> Result<bool> {
    let contents = files::read(path)?;
    // A file that is packed as a whole was unpacked already.
    let found = find(&contents, wanted).map_err(|error| error.at(path))?;
    match found {
        Found::Yes => Ok(true),
        Found::No => Ok(false),
        Found::NotIn(rest) => {
            let unpacked = files::unpack(rest).map_err(|error| Error::Io(error).at(path))?;
            let Some(unpacked) = unpacked else {
                let why = "packed by means that are not known";
                return Err(Error::Unfit(why.to_owned()).at(path));
            };
            let contents = Contents::Read(unpacked);
            let found = find(&contents, wanted).map_err(|error| error.at(path))?;
            Ok(matches!(found, Found::Yes))
        }
    }
}

/// What the archives at the start of a file have.
#[derive(Debug, PartialEq, Eq)]
enum Found<'f> {
    Yes,
    No,
    /// Not up to here, where something else starts.
    NotIn(&'f [u8]),
}

/// Looks for a name in the archives that follow one another in `file`.
fn find<'f>(file: &'f [u8], wanted: &dyn Fn(&[u8]) -> bool) -> Result<Found<'f>> {
    let cut = || Error::Unfit("an initramfs that is cut off".to_owned());
    let mut at = 0;
    loop {
        let rest = file.get(at..).unwrap_or_default();
        if rest.is_empty() {
            return Ok(Found::No);
        }
        // What is between archives.
        if rest.first() == Some(&0) {
            at += rest.iter().take_while(|&&byte| byte == 0).count();
            continue;
        }
        if !MAGICS.iter().any(|magic| rest.starts_with(magic)) {
            return Ok(Found::NotIn(rest));
        }
        let number = |offset: usize| {
            let digits = rest.get(offset..offset + DIGITS)?;
            let digits = std::str::from_utf8(digits).ok()?;
            usize::from_str_radix(digits, 16).ok()
        };
        let size = number(FILE_SIZE).ok_or_else(cut)?;
        let name_size = number(NAME_SIZE).ok_or_else(cut)?;
        let name = rest.get(HEADER..).and_then(|rest| rest.get(..name_size));
        let name = name.ok_or_else(cut)?;
        let name = name.strip_suffix(b"\0").unwrap_or(name);
        if name != TRAILER && wanted(name) {
            return Ok(Found::Yes);
        }
        let contents = next(at + HEADER + name_size);
        at = contents.checked_add(size).map(next).ok_or_else(cut)?;
        if at > next(file.len()) {
            return Err(cut());
        }
    }
}

fn next(at: usize) -> usize {
    at.next_multiple_of(ALIGN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// An archive of empty files, and one that is not, before them.
    fn archive(names: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut put = |name: &str, contents: &[u8]| {
            let mut header = format!("070701{}", "00000000".repeat(13));
            for (at, number) in [(FILE_SIZE, contents.len()), (NAME_SIZE, name.len() + 1)] {
                header.replace_range(at..at + DIGITS, &format!("{number:08x}"));
            }
            bytes.extend_from_slice(header.as_bytes());
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(0);
            bytes.resize(next(bytes.len()), 0);
            bytes.extend_from_slice(contents);
            bytes.resize(next(bytes.len()), 0);
        };
        put("first", b"070701 contents");
        for name in names {
            put(name, b"");
        }
        put("TRAILER!!!", b"");
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }

    #[test]
    fn names_are_found_in_all_archives() {
        let top = tempfile::tempdir().unwrap();
        let path = top.path().join("initrd");
        let early = archive(&["kernel/x86/microcode"]);
        let late = archive(&["init", "lib/x.ko"]);
        let zst = zstd::stream::encode_all(&late[..], 3).unwrap();
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), Default::default());
        gz.write_all(&late).unwrap();
        let gz = gz.finish().unwrap();
        let has = |bytes: &[u8], name: &str| {
            fs::write(&path, bytes).unwrap();
            has(&path, &|found| found == name.as_bytes()).map_err(|error| error.to_string())
        };
        for image in [
            late.clone(),
            [&early[..], &late].concat(),
            zst.clone(),
            [&early[..], &zst].concat(),
            [&early[..], &early, &gz].concat(),
        ] {
            assert_eq!(has(&image, "lib/x.ko"), Ok(true));
            assert_eq!(has(&image, "x.ko"), Ok(false));
        }
        assert_eq!(has(&early, "lib/x.ko"), Ok(false));
        assert_eq!(has(b"", "lib/x.ko"), Ok(false));
        for broken in [
            &late[..HEADER],
            &late[..HEADER + 12],
            &[&early[..], b"\x02\x21\x4c\x18"].concat(),
            &[&early[..], &zst[..9]].concat(),
        ] {
            has(broken, "lib/x.ko").unwrap_err();
        }
    }
}
