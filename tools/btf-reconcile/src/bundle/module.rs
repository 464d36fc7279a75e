// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What of a module goes into a bundle.

use super::ModuleEntry;
use crate::{
    elf::{
        build_id,
        section_of,
        Module, //
    },
    error::Result,
    files,
    names, //
};
use data_encoding::HEXLOWER;
use std::path::Path;

/// A section that is kept as it is, besides those that are kept of every module: what tells builds of
/// the module from one another.
const BUILD_ID: &str = ".note.gnu.build-id";

/// What a module says of itself.
const MODINFO: &str = ".modinfo";

/// What is kept of that: which module it is, and which kernel it was built for.
const INFO: [&[u8]; 4] = [b"name=", b"version=", b"srcversion=", b"vermagic="];

/// A module as it is in a bundle.
pub struct Packed {
    /// What is said of it.
    pub entry: ModuleEntry,
    /// A file with its BTF and what belongs to it.
    pub bytes: Vec<u8>,
}

impl Packed {
    /// Takes what is needed of the module at `path`.
    ///
    /// # Errors
    ///
    /// It can't be read, or is no module.
    pub fn read(path: &Path) -> Result<Self> {
        let name = path.file_name().unwrap_or(path.as_os_str());
        let contents = files::read(path)?;
        Self::of(&names::plain(name), &contents).map_err(|error| error.at(path))
    }

    fn of(name: &str, file: &[u8]) -> Result<Self> {
        let module = Module::parse(file)?;
        let mut besides = Vec::new();
        let info = modinfo(section_of(file, MODINFO).ok().flatten().unwrap_or_default());
        if !info.is_empty() {
            besides.push((MODINFO, &info[..]));
        }
        if let Ok(Some(bytes)) = section_of(file, BUILD_ID) {
            besides.push((BUILD_ID, bytes));
        }
        Ok(Self {
            entry: ModuleEntry {
                name: name.to_owned(),
                build_id: build_id(file).map(|id| HEXLOWER.encode(id)),
            },
            bytes: module.to_file(&besides)?,
        })
    }
}

/// The part that is kept of what a module says of itself: strings, each with its end.
fn modinfo(all: &[u8]) -> Vec<u8> {
    let is_kept = |line: &&[u8]| INFO.iter().any(|known| line.starts_with(known));
    let kept = all.split(|&byte| byte == 0).filter(is_kept);
    kept.flat_map(|line| line.iter().copied().chain([0]))
        .collect()
}
