// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reading and writing 32-bit words in bytes, and what their numbers index.

/// Reads the `u32` at byte offset `at`.
#[inline]
pub fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes
        .get(at..)?
        .first_chunk()
        .map(|c| u32::from_ne_bytes(*c))
}

/// Writes `value` at byte offset `at`; [`None`] where there is no room for it.
#[inline]
pub fn set_word(bytes: &mut [u8], at: usize, value: u32) -> Option<()> {
    *bytes.get_mut(at..)?.first_chunk_mut()? = value.to_ne_bytes();
    Some(())
}

/// `n` as an index. The core runs where `usize` has 32 bits or more.
#[inline]
pub const fn index(n: u32) -> usize {
    // CAST: `usize` has at least the bits of `u32` on every architecture with BTF.
    n as usize
}

/// Gives the part of `bytes` that is `len` long and starts at `off`.
pub fn part(bytes: &[u8], off: u32, len: u32) -> Option<&[u8]> {
    bytes.get(index(off)..)?.get(..index(len))
}
