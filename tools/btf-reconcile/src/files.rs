// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Finding modules, and reading files that may be compressed.

use crate::error::{
    Error,
    Result, //
};
use memmap2::Mmap;
use std::{
    fs::{
        self,
        File, //
    },
    io::{
        self,
        Read, //
    },
    ops::Deref,
    path::{
        Path,
        PathBuf, //
    },
};

/// How modules in a folder are named.
const ENDINGS: [&str; 4] = [".ko", ".ko.gz", ".ko.xz", ".ko.zst"];

/// Bytes that a compressed file may have when it is unpacked: far more than any module.
const MAX_UNPACKED: u64 = 1 << 30;

/// Finds the modules in `paths`: files as they are, and what is named like a module in folders.
///
/// Folders come in order of their names. Links are followed in `paths` only, so that a kernel's
/// modules are not found twice.
///
/// # Errors
///
/// A path that there is not, or a folder that can't be read.
pub fn modules(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        let at = |error| Error::Io(error).at(path);
        if fs::metadata(path).map_err(at)?.is_dir() {
            walk(path, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

/// Adds the modules below `top` to `found`.
fn walk(top: &Path, found: &mut Vec<PathBuf>) -> Result {
    let from = found.len();
    let mut folders = vec![top.to_owned()];
    while let Some(folder) = folders.pop() {
        let at = |error| Error::Io(error).at(&folder);
        for entry in fs::read_dir(&folder).map_err(at)? {
            let entry = entry.map_err(at)?;
            let kind = entry.file_type().map_err(at)?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() && is_module(&entry.path()) {
                found.push(entry.path());
            }
        }
    }
    if let Some(new) = found.get_mut(from..) {
        new.sort();
    }
    Ok(())
}

/// Whether a file is named like a module.
fn is_module(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// Whether a file is named like a compressed one.
pub fn is_named_compressed(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    ["gz", "xz", "zst"].iter().any(|&known| ending == known)
}

/// What a file holds, unpacked.
pub enum Contents {
    /// A view of the file itself.
    Mapped(Mmap),
    /// A copy.
    Read(Vec<u8>),
}

impl Deref for Contents {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Contents::Mapped(map) => map,
            Contents::Read(bytes) => bytes,
        }
    }
}

/// Reads `path`, and unpacks what gzip, xz or zstd have packed.
///
/// # Errors
///
/// The file can't be read, or its packing is broken; the path is named.
pub fn read(path: &Path) -> Result<Contents> {
    contents(path).map_err(|error| Error::Io(error).at(path))
}

fn contents(path: &Path) -> io::Result<Contents> {
    let contents = map(path)?;
    if contents.starts_with(b"\x1f\x8b") {
        unpack(flate2::read::MultiGzDecoder::new(&contents[..]))
    } else if contents.starts_with(b"\xfd7zXZ\0") {
        unpack(liblzma::read::XzDecoder::new_multi_decoder(&contents[..]))
    } else if contents.starts_with(b"\x28\xb5\x2f\xfd") {
        unpack(zstd::stream::read::Decoder::with_buffer(&contents[..])?)
    } else {
        Ok(contents)
    }
}

/// Maps a file; reads what can't be mapped, as files of sysfs or pipes.
fn map(path: &Path) -> io::Result<Contents> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.len() != 0 {
        // SAFETY: The map is read-only and private. Nothing but the file's contents depends on
        // nobody writing to it meanwhile: all code that reads them copes with any bytes. Who cuts
        // the file short under us ends this process by a signal, as with any program that maps.
        #[allow(unsafe_code)]
        if let Ok(map) = unsafe { Mmap::map(&file) } {
            return Ok(Contents::Mapped(map));
        }
    }
    let mut bytes = Vec::new();
    file.by_ref().take(MAX_UNPACKED).read_to_end(&mut bytes)?;
    Ok(Contents::Read(bytes))
}

/// Reads all that `packed` holds.
fn unpack(packed: impl Read) -> io::Result<Contents> {
    let mut bytes = Vec::new();
    packed.take(MAX_UNPACKED + 1).read_to_end(&mut bytes)?;
    // CAST: A length in memory fits 64 bits.
    if bytes.len() as u64 > MAX_UNPACKED {
        return Err(io::Error::other("more than 1 GiB when unpacked"));
    }
    Ok(Contents::Read(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn folders_are_walked_in_order() {
        let top = tempfile::tempdir().unwrap();
        for name in ["b/x.ko.xz", "a/y.ko", "a/z.o", "a/c/w.ko.zst", "v.ko.gz"] {
            let path = top.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"").unwrap();
        }
        let found = modules(&[top.path().to_owned()]).unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|p| p.strip_prefix(top.path()).unwrap().to_str().unwrap())
            .collect();
        assert_eq!(names, ["a/c/w.ko.zst", "a/y.ko", "b/x.ko.xz", "v.ko.gz"]);
        assert!(modules(&[top.path().join("none")]).is_err());
    }

    #[test]
    fn packed_files_are_unpacked() {
        let top = tempfile::tempdir().unwrap();
        let plain = b"a kernel module, so to say ".repeat(100);
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), Default::default());
        gz.write_all(&plain).unwrap();
        let mut xz = liblzma::write::XzEncoder::new(Vec::new(), 6);
        xz.write_all(&plain).unwrap();
        let zst = zstd::stream::encode_all(&plain[..], 3).unwrap();
        for (name, packed) in [
            ("plain", plain.clone()),
            ("gz", gz.finish().unwrap()),
            ("xz", xz.finish().unwrap()),
            ("zst", zst),
        ] {
            let path = top.path().join(name);
            fs::write(&path, &packed).unwrap();
            assert_eq!(&read(&path).unwrap()[..], &plain[..], "{name}");
            if name != "plain" {
                fs::write(&path, &packed[..packed.len() / 2]).unwrap();
                assert!(read(&path).is_err(), "{name}");
            }
        }
    }
}
