// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Modules with DWARF, one after the other from a tar on standard input: unpacked all at once they
//! would take gigabytes.

use crate::Result;
use std::{
    fs::File,
    io,
    path::{
        Path,
        PathBuf, //
    },
    sync::mpsc::SyncSender, //
};
use tempfile::TempDir;

/// A module with its DWARF, in a folder of its own.
pub struct Unpacked {
    /// Where it lies in the folder of its kernel's modules.
    pub path: PathBuf,
    /// The folder.
    pub dir: TempDir,
}

impl Unpacked {
    /// A file in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The module.
    pub fn dwarf(&self) -> PathBuf {
        self.file("dwarf.ko")
    }
}

/// Hands over the modules that come, until there are no more, or nobody wants them any more.
pub fn unpack(modules: &SyncSender<Result<Unpacked>>) {
    let mut archive = tar::Archive::new(io::stdin().lock());
    let mut send = || -> Result {
        for entry in archive.entries()? {
            let mut entry = entry?;
            let path = entry.path()?.into_owned();
            let Some(path) = in_kernel(&path).filter(|_| entry.header().entry_type().is_file())
            else {
                continue;
            };
            let unpacked = Unpacked {
                path,
                dir: tempfile::tempdir()?,
            };
            io::copy(&mut entry, &mut File::create(unpacked.dwarf())?)?;
            if modules.send(Ok(unpacked)).is_err() {
                break;
            }
        }
        Ok(())
    };
    if let Err(why) = send() {
        // Nobody may be there to be told.
        let _ = modules.send(Err(why));
    }
}

/// The part of a module's path from the folder `kernel` on.
pub fn in_kernel(path: &Path) -> Option<PathBuf> {
    let mut parts = path.components();
    while !parts.as_path().starts_with("kernel") {
        parts.next()?;
    }
    let path = parts.as_path();
    let name = path.to_str()?;
    let name = name.strip_suffix(".xz").unwrap_or(name);
    name.ends_with(".ko").then(|| name.into())
}
