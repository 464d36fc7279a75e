// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The program for EFI that unpacks a kernel (`vmlinuz.efi`): arm64's and others'.
//!
//! Reference:
//! [drivers/firmware/efi/libstub/zboot-header.S](srctree/drivers/firmware/efi/libstub/zboot-header.S).

use super::{
    field,
    unfit, //
};
use crate::{
    error::Result,
    files, //
};

/// Where the header has what is read of it.
const MAGIC: usize = 4;
const PAYLOAD_OFFSET: usize = 8;
const PAYLOAD_LENGTH: usize = 12;
const PACKING: usize = 24;

/// Bytes of the name of what has packed it.
const PACKING_LEN: usize = 32;

/// Whether `file` is such a program.
pub(super) fn is_image(file: &[u8]) -> bool {
    file.starts_with(b"MZ") && field(file, MAGIC) == Some(*b"zimg")
}

/// Unpacks the kernel in the image `file`.
///
/// # Errors
///
/// The image is cut off, or the kernel is packed by other means, broken or too large.
pub(super) fn unpack(file: &[u8]) -> Result<Vec<u8>> {
    let cut = || unfit("a kernel image that is cut off");
    let word = |at| field(file, at).map(u32::from_le_bytes).ok_or_else(cut);
    let packing = field::<PACKING_LEN>(file, PACKING).ok_or_else(cut)?;
    let offset = usize::try_from(word(PAYLOAD_OFFSET)?).map_err(|_| cut())?;
    let length = usize::try_from(word(PAYLOAD_LENGTH)?).map_err(|_| cut())?;
    let rest = file.get(offset..).ok_or_else(cut)?;
    let packed = rest.get(..length).ok_or_else(cut)?;
    files::unpack(packed)
        .map_err(|error| unfit(&format!("the kernel in this image: {error}")))?
        .ok_or_else(|| {
            let name = packing.split(|&byte| byte == 0).next().unwrap_or_default();
            unfit(&format!(
                "the kernel in this image is packed by {}, expected gzip, xz, lzma or zstd",
                name.escape_ascii()
            ))
        })
}
