// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! All modules of a kernel in one file: name, distilled base and split BTF of each.
//!
//! The file is mapped, not read, and not compressed: a run that looks at a part of the modules
//! touches that part only. It is written under another name and renamed, so that it is whole.

use crate::Result;
use memmap2::Mmap;
use std::{
    fs::{
        self,
        File, //
    },
    io::{
        BufWriter,
        Write, //
    },
    path::Path, //
};

/// First bytes of an archive; the number counts changes of the format.
const MAGIC: &[u8] = b"BTFCORP1";

/// The BTF of one module.
#[derive(Clone, Copy)]
pub struct Module<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its distilled base.
    pub base: &'a [u8],
    /// What is split from that.
    pub split: &'a [u8],
}

/// Modules as they are made, before they are in a file.
pub type Made = (String, Vec<u8>, Vec<u8>);

/// Writes `modules` to `path`.
pub fn write(path: &Path, modules: &[Made]) -> Result {
    let new = path.with_extension("new");
    let mut out = BufWriter::new(File::create(&new)?);
    out.write_all(MAGIC)?;
    for (name, base, split) in modules {
        for part in [name.as_bytes(), base, split] {
            out.write_all(&u32::try_from(part.len())?.to_le_bytes())?;
        }
        for part in [name.as_bytes(), base, split] {
            out.write_all(part)?;
        }
    }
    out.into_inner()?.sync_all()?;
    fs::rename(new, path)?;
    Ok(())
}

/// An archive that is open.
pub struct Archive(Mmap);

impl Archive {
    /// Opens the archive at `path`.
    pub fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|e| format!("{}: {e}", path.display()))?;
        // SAFETY: Archives take their place by rename and are never changed after.
        let map = unsafe { Mmap::map(&file)? };
        if map.starts_with(MAGIC) {
            Ok(Self(map))
        } else {
            Err(format!("{}: not an archive of this version", path.display()).into())
        }
    }

    /// All modules, in order of their names.
    pub fn modules(&self) -> Result<Vec<Module<'_>>> {
        let mut rest = &self.0[MAGIC.len()..];
        let mut modules = Vec::new();
        while !rest.is_empty() {
            let (module, after) = entry(rest).ok_or("the archive is cut short")?;
            modules.push(module);
            rest = after;
        }
        Ok(modules)
    }
}

/// The module that `bytes` starts with, and what follows it.
fn entry(bytes: &[u8]) -> Option<(Module<'_>, &[u8])> {
    let (lengths, mut rest) = bytes.split_at_checked(12)?;
    let mut parts = lengths.chunks_exact(4).map(|length| {
        let length = u32::from_le_bytes(length.try_into().ok()?);
        let (part, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        rest = after;
        Some(part)
    });
    let module = Module {
        name: std::str::from_utf8(parts.next()??).ok()?,
        base: parts.next()??,
        split: parts.next()??,
    };
    drop(parts);
    Some((module, rest))
}
