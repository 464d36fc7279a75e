// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which strings stay when types go, and where.

use crate::{
    btf::{
        error::Fault,
        number::{
            New,
            Off, //
        },
        pace::Pace,
        wire::{
            words::{
                index,
                string_len, //
            },
            Btf, //
        },
        Result, //
    },
    facade::Buf,
};

/// Bits of a word.
const BITS: usize = 64;

/// The strings of a split BTF that are still named.
///
/// A bit for each byte of them: a table of new offsets would be as large as all the rest.
pub struct Named<'p, 'a> {
    split: &'p Btf<'a, New>,
    /// Where strings start that are named.
    starts: Buf<u64>,
    pace: Pace,
}

/// The strings that stay, in the order in which they were.
pub struct Strings<'p, 'a> {
    named: Named<'p, 'a>,
    /// For each word of the bits how many are set in those before it.
    before: Buf<u32>,
    /// For each bit that is set where the string is from now on.
    places: Buf<u32>,
    /// The bytes that stay, from and to.
    pieces: Buf<(u32, u32)>,
}

impl<'p, 'a> Named<'p, 'a> {
    /// None is named yet.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(split: &'p Btf<'a, New>) -> Result<Self> {
        let words = split.header().strs.len().div_ceil(BITS);
        Ok(Self {
            split,
            starts: Buf::filled(words, 0)?,
            pace: Pace::new(),
        })
    }

    /// Keeps the string at offset `off`, if it is of this BTF and not of its base.
    ///
    /// # Errors
    ///
    /// No string is there.
    #[inline]
    pub fn mark(&mut self, off: Off<New>) -> core::result::Result<(), Fault> {
        let Some(at) = self.split.str_place(off) else {
            return Ok(());
        };
        self.pace.step();
        // Strings end in a NUL, so that one ends behind any byte of them.
        let is_there = at < self.split.header().strs.len();
        match self.starts.get_mut(at / BITS) {
            Some(word) if is_there => *word |= 1 << (at % BITS),
            _ => return Err(Fault::NameBounds(off.number())),
        }
        Ok(())
    }

    /// Lays out what was marked. A string that is the end of another one stays so.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn lay_out(self) -> Result<Strings<'p, 'a>> {
        let strs = self.split.header().strs;
        let mut before = Buf::with_capacity(self.starts.len())?;
        let mut places = Buf::new();
        let mut pieces: Buf<(u32, u32)> = Buf::new();
        let mut pace = Pace::new();
        // The piece of which all is laid out, and the new place of its end.
        let (mut from, mut to, mut end) = (0, 0, 0);
        for (nth, &word) in self.starts.iter().enumerate() {
            pace.step();
            // There are fewer than bytes of strings, of which offsets have 24 bits.
            before.push(u32::try_from(places.len()).unwrap_or(u32::MAX))?;
            let mut bits = word;
            while bits != 0 {
                let at = nth
                    .saturating_mul(BITS)
                    .saturating_add(index(bits.trailing_zeros()));
                bits &= bits.wrapping_sub(1);
                if at >= to {
                    let len = string_len(strs.get(at..).unwrap_or(&[])).saturating_add(1);
                    pace.steps(u32::try_from(len / 8).unwrap_or(u32::MAX));
                    if at > to || to == 0 {
                        push_piece(&mut pieces, from, to)?;
                        from = at;
                    }
                    to = at.saturating_add(len);
                    end = len.saturating_add(end);
                }
                // From here to the end of the piece.
                let rest = to.saturating_sub(at);
                places.push(u32::try_from(end.saturating_sub(rest)).unwrap_or(u32::MAX))?;
            }
        }
        push_piece(&mut pieces, from, to)?;
        Ok(Strings {
            named: self,
            before,
            places,
            pieces,
        })
    }
}

/// Adds a piece, if there is anything in it.
fn push_piece(pieces: &mut Buf<(u32, u32)>, from: usize, to: usize) -> Result {
    let place = |at| u32::try_from(at).unwrap_or(u32::MAX);
    if from < to {
        pieces.push((place(from), place(to)))?;
    }
    Ok(())
}

impl<'a> Strings<'_, 'a> {
    /// Where the string at offset `off`, which was marked, is from now on.
    ///
    /// # Errors
    ///
    /// It was not.
    #[inline]
    pub fn translate(&self, off: Off<New>) -> core::result::Result<Off<New>, Fault> {
        let split = self.named.split;
        let Some(at) = split.str_place(off) else {
            return Ok(off);
        };
        let place = || {
            let word = self.named.starts.get(at / BITS)?;
            let before = self.before.get(at / BITS)?;
            // Bits of the word that stand before this one.
            let mask = (1u64 << (at % BITS)).wrapping_sub(1);
            let nth = before.saturating_add((word & mask).count_ones());
            let place = self.places.get(index(nth))?;
            Off::new(place.saturating_add(split.str_start()))
        };
        place().ok_or(Fault::NameBounds(off.number()))
    }

    /// How many bytes stay.
    pub fn len(&self) -> usize {
        let len = |&(from, to): &(u32, u32)| index(to.saturating_sub(from));
        self.pieces.iter().map(len).fold(0, usize::saturating_add)
    }

    /// Those that stay, piece by piece.
    pub fn pieces(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        let strs = self.named.split.header().strs;
        let piece = move |&(from, to): &(u32, u32)| strs.get(index(from)..index(to));
        self.pieces.iter().filter_map(piece)
    }
}
