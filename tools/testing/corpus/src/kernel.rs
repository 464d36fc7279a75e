// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! A kernel of the corpus: its vmlinux BTF and its modules.

use crate::{
    archive::Archive,
    modules::btf_section,
    Result, //
};
use std::{
    fs,
    path::Path, //
};

/// A kernel, open.
pub struct Kernel {
    /// Its release.
    pub release: String,
    /// Its vmlinux BTF.
    pub vmlinux: Vec<u8>,
    /// Its modules.
    pub archive: Archive,
}

impl Kernel {
    /// Opens the kernel that `text` names: `RELEASE=VMLINUX=ARCHIVE`.
    pub fn open(text: &str) -> Result<Self> {
        let mut parts = text.split('=');
        let (Some(release), Some(vmlinux), Some(archive)) =
            (parts.next(), parts.next(), parts.next())
        else {
            return Err(format!("{text}: expected RELEASE=VMLINUX=ARCHIVE").into());
        };
        let file = fs::read(vmlinux).map_err(|e| format!("{vmlinux}: {e}"))?;
        Ok(Self {
            release: release.to_owned(),
            vmlinux: btf_section(&file).map_err(|e| format!("{vmlinux}: {e}"))?,
            archive: Archive::open(Path::new(archive))?,
        })
    }

    /// The release without what Debian adds to it.
    pub fn short(&self) -> &str {
        self.release.split('+').next().unwrap_or_default()
    }
}
