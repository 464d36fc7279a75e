// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reading and writing 32-bit words in bytes, and what their numbers index; comparing strings.

use core::cmp::Ordering;

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

/// A number whose lowest bit is the top one of the first byte of `word`, read as little-endian,
/// that is 0; 0 if none is.
#[inline]
pub const fn first_nul(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // Subtracting 1 borrows into a top bit that was not set at the first such byte. What it does
    // further up does not matter.
    word.wrapping_sub(ONES) & !word & (ONES << 7)
}

/// Eight bytes, those that `bytes` starts with, as a little-endian number.
#[inline]
pub fn little_endian(bytes: &[u8]) -> Option<u64> {
    bytes.first_chunk().map(|b| u64::from_le_bytes(*b))
}

/// Bytes of the string that `strs` starts with, its NUL not counted; all of them if it has none.
#[inline]
pub fn string_len(strs: &[u8]) -> usize {
    let mut len: usize = 0;
    for word in strs.chunks_exact(8) {
        let nul = first_nul(little_endian(word).unwrap_or(0));
        if nul != 0 {
            return len.saturating_add(index(nul.trailing_zeros() / 8));
        }
        len = len.saturating_add(8);
    }
    let rest = strs.get(len..).unwrap_or(&[]);
    let nul = rest.iter().position(|&byte| byte == 0);
    len.saturating_add(nul.unwrap_or(rest.len()))
}

/// Compares the string that `strs` starts with, up to a NUL, with `name`, which has none in it, as
/// `strcmp()` does.
pub fn compare_string(strs: &[u8], name: &[u8]) -> Ordering {
    match strs.get(..name.len()) {
        // Where they differ at or before the string's NUL decides.
        Some(same_len) => same_len.cmp(name).then(match strs.get(name.len()) {
            Some(0) | None => Ordering::Equal,
            Some(_) => Ordering::Greater,
        }),
        // The last string, shorter than `name`; its NUL decides at the latest.
        None => strs.cmp(name),
    }
}
