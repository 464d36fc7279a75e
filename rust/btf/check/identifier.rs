// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which names the kernel accepts, `btf_name_valid_identifier()` and its kin in
//! `kernel/bpf/btf.c`.

use crate::{
    btf::{
        limits::{
            MAX_NAME,
            MAX_NAME_OFFSET, //
        },
        number::{
            Off,
            Space, //
        },
        pace::Pace,
        wire::{
            words::index,
            Btf, //
        },
        Result, //
    },
    facade::Buf,
};
use core::ops::Range;

/// It may start an identifier: a letter, `_` or `.`.
const FIRST: u8 = 1;
/// It may go on in one: a digit as well.
const INNER: u8 = 2;
/// It may be in the name of a section of variables: it can be printed.
const PRINTABLE: u8 = 4;
/// It goes on in an identifier or ends it: strings of such bytes are regular.
const REGULAR: u8 = 8;

/// What each byte may be, as `lib/ctype.c` has it: letters and what can be printed go on in the
/// upper half of Latin-1.
static CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut c = 0;
    while c < classes.len() {
        // CAST: Below 256.
        let byte = c as u8;
        // 0xd7 and 0xf7 are the signs of multiplication and division.
        let latin = byte >= 0xc0 && byte != 0xd7 && byte != 0xf7;
        if byte == 0 {
            classes[c] = REGULAR;
        } else if byte.is_ascii_alphabetic() || latin || matches!(byte, b'_' | b'.') {
            classes[c] = FIRST | INNER | PRINTABLE | REGULAR;
        } else if byte.is_ascii_digit() {
            classes[c] = INNER | PRINTABLE | REGULAR;
        } else if byte.is_ascii_graphic() || byte == b' ' || byte >= 0xa0 {
            classes[c] = PRINTABLE;
        }
        c += 1;
    }
    classes
};

/// What this byte may be.
#[inline]
fn class(byte: u8) -> u8 {
    // Every byte has a place in it.
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

/// Bytes of strings that are looked at between two steps.
const BLOCK: usize = 256;

/// Names of a base that are remembered. Members of the kernel's structs and of a module's have many
/// names in common, and each costs a walk to another place in the kernel's strings.
const RECENT: usize = 1024;

/// The strings of a BTF and of what it is split from, if anything.
pub struct Identifiers<'n> {
    base: &'n [u8],
    own: &'n [u8],
    /// Those of the own strings that an offset can name.
    named: &'n [u8],
    /// Offset of the first of the own strings.
    start: u32,
    /// Where among the own strings are those that are too long for an identifier, or hold a byte
    /// that none has. What is named elsewhere need not be read each time that it is named.
    irregular: Range<usize>,
    /// Offsets of names in the base that are identifiers, each at the place that it hashes to; 0
    /// where there is none.
    recent: Buf<u32>,
}

impl<'n> Identifiers<'n> {
    /// Reads all strings of `btf` once.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new<S: Space, L>(
        base: Option<&'n Btf<'_, S::Base, L>>,
        btf: &'n Btf<'_, S>,
    ) -> Result<Self> {
        let own = btf.header().strs;
        // Split strings may go on behind the largest offset.
        let end = MAX_NAME_OFFSET.saturating_add(1);
        let room = index(end.saturating_sub(btf.str_start()));
        Ok(Self {
            base: base.map_or(&[], |base| base.header().strs),
            own,
            named: own.get(..room).unwrap_or(own),
            start: btf.str_start(),
            irregular: irregular(own),
            recent: Buf::filled(RECENT, 0)?,
        })
    }

    /// The strings from `off` on; [`None`] where there are none: `btf_name_offset_valid()`.
    #[inline]
    fn from(&self, off: u32) -> Option<&'n [u8]> {
        match off.checked_sub(self.start).map(index) {
            Some(at) if at < self.named.len() => self.own.get(at..),
            Some(_) => None,
            None => self.base.get(index(off)..).filter(|strs| !strs.is_empty()),
        }
    }

    /// Whether there is a string at `off`, or no name is asked for.
    #[inline]
    pub fn is_there<S: Space>(&self, off: Option<Off<S>>) -> bool {
        off.is_none_or(|off| self.from(off.number()).is_some())
    }

    /// Whether there is a string at `off`, and not the empty one.
    pub fn is_text<S: Space>(&self, off: Option<Off<S>>) -> bool {
        let strs = off.and_then(|off| self.from(off.number()));
        strs.and_then(<[u8]>::first)
            .is_some_and(|&first| first != 0)
    }

    /// Whether there is one at `off` that the kernel accepts for a type.
    #[inline]
    pub fn is_identifier<S: Space>(&mut self, off: Off<S>) -> bool {
        let off = off.number();
        match off.checked_sub(self.start).map(index) {
            Some(at) if !self.irregular.contains(&at) => {
                self.named.get(at).is_some_and(|&c| class(c) & FIRST != 0)
            }
            Some(_) => self.from(off).is_some_and(is_identifier),
            None => self.is_identifier_of_base(off),
        }
    }

    /// The same of the base.
    #[inline]
    fn is_identifier_of_base(&mut self, off: u32) -> bool {
        // Neighbours are as likely as others: the upper half of the product is as good as any.
        let place = index(off.wrapping_mul(0x9e37_79b1) >> 16) % RECENT;
        if self.recent.get(place) == Some(&off) {
            return true;
        }
        let is_good = self.from(off).is_some_and(is_identifier);
        if let Some(recent) = self.recent.get_mut(place).filter(|_| is_good) {
            *recent = off;
        }
        is_good
    }

    /// Whether there is one at `off` that the kernel accepts for a section.
    pub fn is_section_name<S: Space>(&self, off: Option<Off<S>>) -> bool {
        let strs = off.and_then(|off| self.from(off.number()));
        strs.is_some_and(|strs| ends(strs, PRINTABLE).is_some_and(|len| len != 0))
    }
}

/// Whether `strs` start with an identifier.
#[inline(never)]
fn is_identifier(strs: &[u8]) -> bool {
    let starts = strs.first().is_some_and(|&c| class(c) & FIRST != 0);
    starts && ends(strs, INNER).is_some()
}

/// How long the string is that `strs` start with; [`None`] if it is longer than a name, or has a
/// byte which is not of this class.
#[inline]
fn ends(strs: &[u8], allowed: u8) -> Option<usize> {
    let name = strs.get(..=MAX_NAME).unwrap_or(strs);
    let end = name.iter().position(|&c| class(c) & allowed == 0)?;
    (name.get(end) == Some(&0)).then_some(end)
}

/// The part of `strs` outside of which each string goes on as an identifier does, and is short
/// enough for one.
fn irregular(strs: &[u8]) -> Range<usize> {
    let mut pace = Pace::new();
    let mut is_regular = are_short(strs);
    for block in strs.chunks(BLOCK) {
        pace.step();
        // To look at all of them is faster than to look after each whether to go on.
        let common = block.iter().fold(REGULAR, |common, &c| common & class(c));
        is_regular &= common != 0;
    }
    if is_regular {
        return 0..0;
    }
    let mut found = strs.len()..0;
    let mut at = 0;
    for string in strs.split_inclusive(|&c| c == 0) {
        pace.step();
        let end = string.len().saturating_add(at);
        let is_regular = |&c| class(c) & REGULAR != 0;
        if string.len() > MAX_NAME + 1 || !string.iter().all(is_regular) {
            found = found.start.min(at)..end;
        }
        at = end;
    }
    found
}

/// Whether none of `strs` is longer than a name.
fn are_short(mut strs: &[u8]) -> bool {
    // Of the bytes of a name and its NUL one is a NUL, wherever a string ends.
    while let Some(here) = strs.get(..=MAX_NAME) {
        match here.iter().rposition(|&c| c == 0) {
            Some(nul) => strs = strs.get(nul.saturating_add(1)..).unwrap_or(&[]),
            None => return false,
        }
    }
    // The last one ends in a NUL.
    true
}
