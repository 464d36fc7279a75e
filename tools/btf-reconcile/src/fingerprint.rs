// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Writing down against which kernel a module was built, as notes that btf_reconcile reads.

use crate::{
    base::Kernel,
    btf::{
        Fingerprint,
        BTF_SHA256,
        BUILD_ID,
        FINGERPRINT,
        OWNER,
        RELEASE, //
    },
    error::Result,
    rewriter::Rewriter, //
};
use sha2::{
    Digest,
    Sha256, //
};

/// What names and contents in notes are filled up to.
const ALIGN: usize = 4;

/// The SHA-256 of a kernel's BTF.
pub fn sha256(btf: &[u8]) -> [u8; 32] {
    Sha256::digest(btf).into()
}

/// Writes into a module that its BTF is that for `kernel`.
///
/// # Errors
///
/// The section that says so is relocated, or can't be added.
pub fn put(rewriter: &mut Rewriter<'_>, kernel: &Kernel<'_>) -> Result {
    rewriter.put_notes(FINGERPRINT, &section(&kernel.fingerprint()))
}

/// The contents of the section that says what `fingerprint` does.
pub fn section(fingerprint: &Fingerprint<'_>) -> Vec<u8> {
    let mut section = Vec::new();
    let hash = fingerprint.btf_sha256.map(|hash| &hash[..]);
    for (kind, contents) in [
        (BUILD_ID, fingerprint.build_id),
        (BTF_SHA256, hash),
        (RELEASE, fingerprint.release),
    ] {
        if let Some(contents) = contents {
            add(&mut section, kind, contents);
        }
    }
    section
}

/// Adds a note.
fn add(section: &mut Vec<u8>, kind: u32, contents: &[u8]) {
    let owner = [OWNER, b"\0"].concat();
    for len in [owner.len(), contents.len()] {
        // CAST: Neither is longer than a name or a hash.
        section.extend_from_slice(&(len as u32).to_ne_bytes());
    }
    section.extend_from_slice(&kind.to_ne_bytes());
    for bytes in [&owner, contents] {
        section.extend_from_slice(bytes);
        section.resize(section.len().next_multiple_of(ALIGN), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let hash = sha256(b"abc");
        assert_eq!(hash[..4], [0xba, 0x78, 0x16, 0xbf]);
        let all = Fingerprint {
            release: Some(b"7.3.4"),
            build_id: Some(&[1, 2, 3, 4, 5]),
            btf_sha256: Some(&hash),
        };
        let some = Fingerprint {
            btf_sha256: Some(&hash),
            ..Fingerprint::default()
        };
        for fingerprint in [all, some] {
            let section = section(&fingerprint);
            assert_eq!(section.len() % ALIGN, 0);
            assert_eq!(Fingerprint::parse(&section), Ok(Some(fingerprint)));
        }
        assert_eq!(
            Fingerprint::parse(&section(&Fingerprint::default())),
            Ok(None)
        );
    }
}
