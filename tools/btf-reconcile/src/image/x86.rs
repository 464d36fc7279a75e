// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The image that x86 boots (`vmlinuz`, `bzImage`), which has the kernel's ELF file packed in it.
//!
//! Reference: [Documentation/arch/x86/boot.rst](srctree/Documentation/arch/x86/boot.rst).

use super::{
    field,
    unfit, //
};
use crate::{
    error::Result,
    files, //
};

/// Where the header has what is read of it.
const SETUP_SECTORS: usize = 0x1f1;
const MAGIC: usize = 0x202;
const VERSION: usize = 0x206;
const PAYLOAD_OFFSET: usize = 0x248;
const PAYLOAD_LENGTH: usize = 0x24c;

/// The first version that tells where the payload is.
const PAYLOAD_KNOWN: u16 = 0x208;

/// Bytes of a sector.
const SECTOR: usize = 512;

/// Sectors that zero of them stands for.
const DEFAULT_SECTORS: u8 = 4;

/// Bytes that the payload ends with: the length of what is packed in it.
const SIZE: usize = 4;

/// What else a kernel may be packed with, and how that starts.
const NOT_READ: [(&[u8], &str); 4] = [
    (b"BZh", "bzip2"),
    (b"\x89LZO", "lzo"),
    (b"\x02\x21\x4c\x18", "lz4"),
    (b"\x04\x22\x4d\x18", "lz4"),
];

/// Whether `file` is such an image.
pub(super) fn is_image(file: &[u8]) -> bool {
    file.get(MAGIC..).is_some_and(|at| at.starts_with(b"HdrS"))
}

/// Unpacks the kernel in the image `file`.
///
/// # Errors
///
/// The image is cut off or too old, or the kernel is packed by other means, broken or too large.
pub(super) fn unpack(file: &[u8]) -> Result<Vec<u8>> {
    let payload = payload(file)?;
    let size = payload.last_chunk::<SIZE>().copied();
    let size = size.ok_or_else(|| unfit("a kernel image with nothing packed in it"))?;
    // What gzip packs ends with its length as it is.
    let packed = if payload.starts_with(files::GZIP) {
        payload
    } else {
        payload.split_at(payload.len() - SIZE).0
    };
    let unpacked = files::unpack(packed)
        .map_err(|error| unfit(&format!("the kernel in this image: {error}")))?
        .ok_or_else(|| {
            let mut known = NOT_READ.iter();
            let by = known.find(|(start, _)| packed.starts_with(start));
            let by = by.map_or("unknown means", |(_, by)| *by);
            unfit(&format!(
                "the kernel in this image is packed by {by}, expected gzip, xz, lzma or zstd"
            ))
        })?;
    let size = u32::from_le_bytes(size);
    // CAST: A length in memory fits 64 bits.
    if unpacked.len() as u64 != u64::from(size) {
        let got = unpacked.len();
        return Err(unfit(&format!(
            "the kernel in this image has {got} bytes, but is said to have {size}"
        )));
    }
    Ok(unpacked)
}

/// What is packed in it, the length at its end included.
fn payload(file: &[u8]) -> Result<&[u8]> {
    let cut = || unfit("a kernel image that is cut off");
    let word = |at| field(file, at).map(u32::from_le_bytes).ok_or_else(cut);
    let version = field(file, VERSION).ok_or_else(cut)?;
    let version = u16::from_le_bytes(version);
    if version < PAYLOAD_KNOWN {
        let (major, minor) = (version >> 8, version & 0xff);
        return Err(unfit(&format!(
            "a kernel image with version {major}.{minor:02} of the boot protocol, expected 2.08 or later"
        )));
    }
    let sectors = match file.get(SETUP_SECTORS) {
        None | Some(0) => DEFAULT_SECTORS,
        Some(&sectors) => sectors,
    };
    // The boot sector comes before them.
    let from = (usize::from(sectors) + 1) * SECTOR;
    let offset = usize::try_from(word(PAYLOAD_OFFSET)?).map_err(|_| cut())?;
    let length = usize::try_from(word(PAYLOAD_LENGTH)?).map_err(|_| cut())?;
    let rest = file.get(from..).and_then(|code| code.get(offset..));
    rest.and_then(|rest| rest.get(..length)).ok_or_else(cut)
}
