// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which strings stay when types go, and where.

use crate::{
    btf::{
        error::Fault,
        parse::{
            Btf,
            MAX_NAME, //
        },
        words::index,
        NoMemory, //
    },
    facade::Buf,
};
use core::{
    ffi::CStr,
    ops::Range, //
};

/// Bits of a word.
const BITS: usize = u64::BITS as usize;

/// The strings of a split BTF that are still named; they keep their order.
///
/// A bit for each byte: a table of new offsets would be as large as all the rest.
pub struct Kept<'p, 'a> {
    split: &'p Btf<'a>,
    /// The bytes that stay. Those behind the last are not set.
    bits: Buf<u64>,
    /// For each word of the bits how many are set in those before it.
    before: Buf<u32>,
    /// How many are set in all.
    len: usize,
}

impl<'p, 'a> Kept<'p, 'a> {
    /// Keeps what `mark_all` marks, and the empty string where it has to be.
    ///
    /// # Errors
    ///
    /// No memory, or what `mark_all` gives.
    pub fn new<E: From<NoMemory>>(
        split: &'p Btf<'a>,
        mark_all: impl FnOnce(&mut Self) -> Result<(), E>,
    ) -> Result<Self, E> {
        let words = split.header().strs.len().div_ceil(BITS);
        let mut this = Self {
            split,
            bits: Buf::filled(words, 0)?,
            before: Buf::with_capacity(words)?,
            len: 0,
        };
        if split.str_start() == 0 && words != 0 {
            this.set(0..1);
        }
        mark_all(&mut this)?;
        for word in this.bits.iter() {
            // No more than there are bytes of strings, which 32 bits count.
            let before = u32::try_from(this.len).unwrap_or(u32::MAX);
            this.before.push(before)?;
            this.len = this.len.saturating_add(index(word.count_ones()));
        }
        Ok(this)
    }

    /// Keeps the string at offset `off`, if it is of this BTF and not of its base.
    ///
    /// # Errors
    ///
    /// No string is there.
    pub fn mark(&mut self, off: u32) -> Result<(), Fault> {
        let Some(at) = self.place(off).filter(|&at| !self.is_set(at)) else {
            return Ok(());
        };
        let strs = self.split.header().strs;
        let rest = strs.get(at..).unwrap_or(&[]);
        let name = rest.get(..MAX_NAME).unwrap_or(rest);
        let len = match CStr::from_bytes_until_nul(name) {
            Ok(name) => name.count_bytes(),
            // One of any length, of which any part may be named: up to what is kept already.
            Err(_) => (at..strs.len())
                .position(|at| self.is_set(at) || strs.get(at) == Some(&0))
                .ok_or(Fault::NameBounds(off))?,
        };
        // NO-OVERFLOW: A range of what is there.
        self.set(at..at + len + 1);
        Ok(())
    }

    /// Which byte of the strings offset `off` names; [`None`] for one of the base, and for no string.
    #[inline]
    fn place(&self, off: u32) -> Option<usize> {
        let at = off.checked_sub(self.split.str_start())?;
        (off != 0).then_some(index(at))
    }

    /// Whether byte `at` stays.
    fn is_set(&self, at: usize) -> bool {
        let word = self.bits.get(at / BITS).copied().unwrap_or(0);
        word & (1 << (at % BITS)) != 0
    }

    /// Lets the bytes of `range` stay.
    fn set(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while at < range.end {
            // NO-OVERFLOW: `at < range.end`, and no shift is as wide as a word.
            let count = (range.end - at).min(BITS - at % BITS);
            if let Some(word) = self.bits.get_mut(at / BITS) {
                *word |= (u64::MAX >> (BITS - count)) << (at % BITS);
            }
            at += count;
        }
    }

    /// Where the string at offset `off`, which was marked, is from now on.
    ///
    /// # Errors
    ///
    /// It was not.
    #[inline]
    pub fn translate(&self, off: u32) -> Result<u32, Fault> {
        let Some(at) = self.place(off) else {
            return Ok(off);
        };
        let word = self.bits.get(at / BITS).zip(self.before.get(at / BITS));
        let bit = 1 << (at % BITS);
        match word {
            Some((&bits, &before)) if bits & bit != 0 => {
                let below = bits & (bit - 1);
                // NO-OVERFLOW: No larger than `off`.
                Ok(self.split.str_start() + before + below.count_ones())
            }
            _ => Err(Fault::NameBounds(off)),
        }
    }

    /// How many bytes stay.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Those that stay, piece by piece.
    pub fn pieces(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        let strs = self.split.header().strs;
        let mut at = 0;
        core::iter::from_fn(move || {
            let from = self.next(at, true)?;
            at = self.next(from, false).unwrap_or(strs.len()).min(strs.len());
            strs.get(from..at)
        })
    }

    /// The first byte from `from` on that stays, or that does not.
    fn next(&self, from: usize, stays: bool) -> Option<usize> {
        let wanted = |word: u64| if stays { word } else { !word };
        let mut mask = u64::MAX << (from % BITS);
        for (nth, &word) in self.bits.iter().enumerate().skip(from / BITS) {
            let found = wanted(word) & mask;
            if found != 0 {
                // NO-OVERFLOW: A place in the strings, or in their last word.
                return Some(nth * BITS + index(found.trailing_zeros()));
            }
            mask = u64::MAX;
        }
        None
    }
}
