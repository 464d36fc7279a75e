// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What tells one kernel's BTF from another's.

use crate::{
    base::Source,
    elf::{
        build_id,
        build_id_in_notes, //
    },
    places::RUNNING, //
};
use data_encoding::HEXLOWER;
use serde::{
    Deserialize,
    Serialize, //
};
use sha2::{
    Digest,
    Sha256, //
};
use std::{
    fmt::{
        self,
        Display,
        Formatter, //
    },
    fs,
    path::Path, //
};

/// Notes of the running kernel.
const NOTES: &str = "/sys/kernel/notes";

/// The fingerprint of a kernel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Its build id, where the file has it: one with nothing but BTF has none.
    pub build_id: Option<String>,
    /// Bytes of its BTF.
    pub btf_bytes: usize,
    /// The SHA-256 of its BTF.
    pub btf_sha256: String,
}

impl Fingerprint {
    /// That of the kernel in `source`, whose BTF is `btf`.
    pub fn of(source: &Source, btf: &[u8]) -> Self {
        let running = if source.path() == Path::new(RUNNING) {
            fs::read(NOTES).unwrap_or_default()
        } else {
            Vec::new()
        };
        let build_id = build_id(source.file_bytes()).or_else(|| build_id_in_notes(&running));
        Self {
            build_id: build_id.map(|id| HEXLOWER.encode(id)),
            btf_bytes: btf.len(),
            btf_sha256: sha256(btf),
        }
    }

    /// The bytes of its build id.
    pub fn build_id_bytes(&self) -> Option<Vec<u8>> {
        let digits = self.build_id.as_ref()?;
        HEXLOWER.decode(digits.as_bytes()).ok()
    }

    /// Checks that it is that of a kernel whose BTF is `btf`.
    pub fn is_of(&self, btf: &[u8]) -> bool {
        self.btf_bytes == btf.len() && self.btf_sha256 == sha256(btf)
    }
}

impl Display for Fingerprint {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "SHA-256 {}", self.btf_sha256)
    }
}

fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}
