// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Archives of BTFHub, which has the BTF of kernels that come without: a tar with one file in it.

use crate::elf::is_btf;
use std::ops::Range;

/// Bytes of a header, and what contents are padded to.
const BLOCK: usize = 512;

/// Whether `bytes` are an archive.
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.get(257..262) == Some(b"ustar")
}

/// Where in `archive` the one file that is BTF lies.
///
/// # Errors
///
/// There is none or another one, or the archive is broken.
pub fn btf_in(archive: &[u8]) -> Result<Range<usize>, String> {
    let mut found = None;
    let mut at = 0;
    while let Some(header) = block(archive, at) {
        let Some(size) = size(header) else { break };
        let from = at + BLOCK;
        let whole = from.checked_add(size).map(|end| from..end);
        let contents = whole.clone().and_then(|range| archive.get(range));
        let (Some(range), Some(contents)) = (whole, contents) else {
            return Err("an archive that is cut off".into());
        };
        // Everything else is a folder, a link, or says more of the next file.
        let is_file = matches!(header.get(156), Some(0 | b'0'));
        if is_file && is_btf(contents) && found.replace(range).is_some() {
            return Err("an archive with BTF of several kernels, expected one".into());
        }
        // NO-OVERFLOW: What is in memory ends far from the largest number.
        at = from + size.next_multiple_of(BLOCK);
    }
    found.ok_or_else(|| "an archive without BTF in it".into())
}

/// The header at `at`; the archive ends where there is none, or one that is empty.
fn block(archive: &[u8], at: usize) -> Option<&[u8]> {
    let block = archive.get(at..)?.get(..BLOCK)?;
    block.iter().any(|&byte| byte != 0).then_some(block)
}

/// Bytes of what a header is for.
fn size(header: &[u8]) -> Option<usize> {
    let digits = std::str::from_utf8(header.get(124..136)?).ok()?;
    usize::from_str_radix(digits.trim_matches(['\0', ' ']), 8).ok()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// One entry of an archive.
    pub(crate) fn entry(name: &str, kind: u8, contents: &[u8]) -> Vec<u8> {
        let mut entry = vec![0; BLOCK];
        entry[..name.len()].copy_from_slice(name.as_bytes());
        entry[124..135].copy_from_slice(format!("{:011o}", contents.len()).as_bytes());
        entry[156] = kind;
        entry[257..263].copy_from_slice(b"ustar\0");
        entry.extend_from_slice(contents);
        entry.resize(entry.len().next_multiple_of(BLOCK), 0);
        entry
    }

    #[test]
    fn the_one_btf_is_found() {
        let btf = [&0xeb9f_u16.to_ne_bytes()[..], &[7; 700]].concat();
        let end = vec![0; 2 * BLOCK];
        let folder = entry("./", b'5', b"");
        let long = entry("x", b'L', b"a-long-name");
        let text = entry("notes", b'0', b"notes");
        let own = entry("./5.4.0.btf", b'0', &btf);
        let archive = [&folder[..], &long, &text, &own, &text, &end].concat();
        assert!(is_archive(&archive));
        assert_eq!(archive[btf_in(&archive).unwrap()], btf);
        assert_eq!(btf_in(&[&own[..]].concat()).unwrap(), 512..512 + 702);
        for broken in [
            &end[..],
            &[&text[..], &end].concat(),
            &[&own[..], &own].concat(),
            &own[..BLOCK + 700],
            &entry("x", b'1', &btf),
        ] {
            assert!(btf_in(broken).is_err());
        }
    }
}
