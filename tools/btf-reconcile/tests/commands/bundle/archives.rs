// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Archives, read and written with nothing of the program's.

use std::io::Read;
use tar::{
    Archive,
    Builder,
    EntryType,
    Header, //
};

/// The files in a bundle, in their order; nothing says whose they are or how old.
pub fn unpacked(bundle: &[u8]) -> Vec<(String, Vec<u8>)> {
    let archive = zstd::stream::decode_all(bundle).unwrap();
    let mut archive = Archive::new(&archive[..]);
    let one = |entry: std::io::Result<tar::Entry<'_, &[u8]>>| {
        let mut entry = entry.unwrap();
        let header = entry.header();
        let numbers = [header.uid(), header.gid(), header.mtime()];
        assert_eq!(numbers.map(Result::unwrap), [0; 3]);
        assert_eq!(header.username_bytes(), Some(&b""[..]));
        assert_eq!(header.groupname_bytes(), Some(&b""[..]));
        let name = entry.path().unwrap().display().to_string();
        let mut bytes = vec![];
        entry.read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    archive.entries().unwrap().map(one).collect()
}

/// An archive that may have anything in it.
pub struct Made(Builder<Vec<u8>>);

impl Made {
    pub fn new() -> Self {
        Self(Builder::new(vec![]))
    }

    /// Adds all of these files.
    pub fn with(mut self, files: &[(String, Vec<u8>)]) -> Self {
        for (name, bytes) in files {
            self = self.entry(name, EntryType::Regular, bytes.len() as u64, bytes);
        }
        self
    }

    /// Adds what calls itself so, and says that it has so many bytes.
    pub fn entry(mut self, name: &str, kind: EntryType, size: u64, bytes: &[u8]) -> Self {
        let mut header = Header::new_ustar();
        let field = &mut header.as_old_mut().name;
        field[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(kind);
        header.set_mode(0o644);
        header.set_size(size);
        header.set_cksum();
        self.0.append(&header, bytes).unwrap();
        self
    }

    pub fn finish(self) -> Vec<u8> {
        super::super::packed::zstd(&self.0.into_inner().unwrap())
    }
}
