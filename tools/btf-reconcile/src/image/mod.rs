// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The images of kernels that boot loaders take (`vmlinuz`).
//!
//! That of x86 has the kernel's ELF file packed in it. Elsewhere it is the kernel's memory, as it is
//! or packed for EFI.

mod flat;
mod x86;
mod zboot;

pub use self::flat::Flat;

use crate::error::{
    Error,
    Result, //
};

/// Whether `file` is the image of a kernel, or anything else that EFI starts.
pub fn is_image(file: &[u8]) -> bool {
    file.starts_with(b"MZ") || x86::is_image(file) || Flat::of(file).is_some()
}

/// Unpacks the kernel in the image `file`; [`None`] if that is no image that has one packed in it.
///
/// # Errors
///
/// The image is cut off or too old, or the kernel is packed by other means, broken or too large.
pub fn unpack(file: &[u8]) -> Result<Option<Vec<u8>>> {
    if x86::is_image(file) {
        x86::unpack(file).map(Some)
    } else if zboot::is_image(file) {
        zboot::unpack(file).map(Some)
    } else {
        Ok(None)
    }
}

fn field<const N: usize>(file: &[u8], at: usize) -> Option<[u8; N]> {
    file.get(at..)?.first_chunk().copied()
}

fn unfit(why: &str) -> Error {
    Error::Unfit(why.to_owned())
}
