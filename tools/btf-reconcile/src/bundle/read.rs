// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reading a bundle, whoever has made it.

use super::{
    manifest::FORMAT,
    Manifest,
    KERNEL,
    MANIFEST, //
};
use crate::{
    base::Source,
    error::{
        Error,
        Result, //
    },
    files::{
        self,
        Contents, //
    },
    tar::is_archive,
};
use ::tar::{
    Archive,
    EntryType, //
};
use serde::Deserialize;
use std::{
    fs::{
        self,
        File, //
    },
    io::Read,
    ops::Range,
    path::{
        Path,
        PathBuf, //
    },
};

/// How bundles are named.
const ENDING: &str = ".tar.zst";

/// Bytes of the longest manifest that is read: one of 50,000 modules has as many.
const MAX_MANIFEST: usize = 8 << 20;

/// Bytes that tell an archive.
const HEADER: u64 = 512;

/// Whether the file at `path` is a bundle, by its name or by what it starts with. Only files are
/// looked into: what can be read once has to be read later.
pub fn is_bundle(path: &Path) -> bool {
    if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let Ok(mut file) = File::open(path) else {
        return false;
    };
    let name = path.file_name().unwrap_or_default();
    if name.as_encoded_bytes().ends_with(ENDING.as_bytes()) {
        return true;
    }
    let mut start = Vec::new();
    let mut magic = [0; 4];
    let read = file.read_exact(&mut magic).and_then(|()| {
        let all = magic.chain(file);
        if magic == files::ZSTD {
            zstd::stream::read::Decoder::new(all)?
                .take(HEADER)
                .read_to_end(&mut start)
        } else {
            all.take(HEADER).read_to_end(&mut start)
        }
    });
    read.is_ok() && is_archive(&start)
}

/// A bundle.
pub struct Bundle {
    path: PathBuf,
    contents: Contents,
    /// What it says of itself.
    pub manifest: Manifest,
    kernel: Option<Range<usize>>,
    modules: Vec<Range<usize>>,
}

/// What is asked first of a manifest, before it is known what else is in it.
#[derive(Deserialize)]
struct Versioned {
    format: u32,
}

impl Bundle {
    /// Opens the bundle at `path`.
    ///
    /// # Errors
    ///
    /// It can't be read, or is none: it is cut off, it lacks something, or has something else in it.
    pub fn open(path: &Path) -> Result<Self> {
        let contents = files::read(path)?;
        let (manifest, mut rest) = look(&contents).map_err(|error| error.at(path))?;
        Ok(Self {
            path: path.to_owned(),
            contents,
            kernel: manifest.kernel.is_included.then(|| rest.remove(0)),
            modules: rest,
            manifest,
        })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The kernel that is in it, if there is one.
    ///
    /// # Errors
    ///
    /// It is not the one that the bundle says.
    pub fn kernel(&self) -> Result<Option<Source>> {
        let Some(range) = &self.kernel else {
            return Ok(None);
        };
        let bytes = self.contents.get(range.clone()).unwrap_or_default();
        let entry = &self.manifest.kernel;
        let source = entry.source(&self.path, bytes.to_vec());
        if !entry.is_of(&source.kernel()?) {
            let error = format!("{KERNEL}: not the BTF that {MANIFEST} names");
            return Err(Error::Unfit(error).at(&self.path));
        }
        Ok(Some(source))
    }

    /// The modules, by their names.
    pub fn modules(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let ranges = self.modules.iter();
        let bytes = ranges.map(|range| self.contents.get(range.clone()).unwrap_or_default());
        let names = self.manifest.modules.iter();
        names.map(|module| &module.name[..]).zip(bytes)
    }
}

/// Finds what is in `archive`: the manifest, and where the kernel's file and those of the modules
/// are.
fn look(archive: &[u8]) -> Result<(Manifest, Vec<Range<usize>>)> {
    let unfit = |why: String| Err(Error::Unfit(why));
    if !is_archive(archive) {
        return unfit("no bundle: not a tar archive, packed or not".into());
    }
    let mut members = members(archive)?.into_iter();
    let first = members
        .next()
        .filter(|(name, _)| name == MANIFEST.as_bytes());
    let Some((_, range)) = first else {
        return unfit(format!("no bundle: {MANIFEST} does not come first in it"));
    };
    let manifest = manifest(archive.get(range).unwrap_or_default())?;
    let mut ranges = Vec::new();
    for expected in manifest.members().skip(1) {
        match members.next() {
            Some((name, range)) if name == expected.as_bytes() => ranges.push(range),
            Some((name, _)) => {
                let name = name.escape_ascii();
                return unfit(format!("it has '{name}' in it, expected '{expected}'"));
            }
            None => return unfit(format!("it lacks '{expected}'")),
        }
    }
    if let Some((name, _)) = members.next() {
        let name = name.escape_ascii();
        return unfit(format!("it has '{name}' in it, expected no more"));
    }
    // What `check` said where it was made is for people to read.
    ranges.remove(0);
    Ok((manifest, ranges))
}

/// A file in an archive: its name, and where it is.
type Member = (Vec<u8>, Range<usize>);

/// All that is in `archive`.
fn members(archive: &[u8]) -> Result<Vec<Member>> {
    let broken = |error: std::io::Error| {
        let error = error.to_string();
        Error::Unfit(format!("a broken archive: {}", error.escape_debug()))
    };
    let mut members = Vec::new();
    let mut reader = Archive::new(archive);
    // What extends a header is no file, and so is not read as what it means.
    for entry in reader.entries().map_err(broken)?.raw(true) {
        let entry = entry.map_err(broken)?;
        let name = entry.path_bytes().into_owned();
        if entry.header().entry_type() != EntryType::Regular {
            let name = name.escape_ascii();
            let error = format!("it has '{name}' in it, which is no file");
            return Err(Error::Unfit(error));
        }
        let from = usize::try_from(entry.raw_file_position()).ok();
        let size = usize::try_from(entry.size()).ok();
        let end = from
            .zip(size)
            .and_then(|(from, size)| from.checked_add(size));
        let range = from.zip(end).map(|(from, end)| from..end);
        match range.filter(|range| range.end <= archive.len()) {
            Some(range) => members.push((name, range)),
            None => {
                let error = format!("it is cut off in '{}'", name.escape_ascii());
                return Err(Error::Unfit(error));
            }
        }
    }
    Ok(members)
}

fn manifest(text: &[u8]) -> Result<Manifest> {
    let broken = |error: serde_json::Error| {
        let error = error.to_string();
        Error::Unfit(format!("{MANIFEST}: {}", error.escape_debug()))
    };
    if text.len() > MAX_MANIFEST {
        let limit = MAX_MANIFEST >> 20;
        let error = format!("{MANIFEST}: it has more than {limit} MiB, the most that is read");
        return Err(Error::Unfit(error));
    }
    let Versioned { format } = serde_json::from_slice(text).map_err(broken)?;
    if format != FORMAT {
        let error = format!("{MANIFEST}: of format {format}, expected {FORMAT}");
        return Err(Error::Unfit(error));
    }
    serde_json::from_slice(text).map_err(broken)
}
