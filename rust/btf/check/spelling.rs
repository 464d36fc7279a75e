// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which names the kernel accepts, `btf_name_valid_identifier()` and its kin in
//! `kernel/bpf/btf.c`.

use crate::btf::{
    parse::{
        Btf,
        MAX_NAME, //
    },
    words::index,
};

/// The strings of a BTF and of what it is split from, if anything.
pub struct Spelling<'p, 'a, L> {
    base: Option<&'p Btf<'a, L>>,
    btf: &'p Btf<'a>,
    /// Every string of `btf` is short enough and made of what identifiers are made of, so that it
    /// need not be read each time that it is named.
    regular: bool,
}

impl<'p, 'a, L> Spelling<'p, 'a, L> {
    /// Reads all strings of `btf` once.
    pub fn new(base: Option<&'p Btf<'a, L>>, btf: &'p Btf<'a>) -> Self {
        let strs = btf.header().strs;
        let regular = strs.iter().all(|&c| REGULAR[usize::from(c)]) && all_short(strs);
        Self { base, btf, regular }
    }

    /// The name at offset `off`.
    fn name(&self, off: u32) -> Option<&'a [u8]> {
        match self.base {
            Some(base) if off < self.btf.str_start() => base.name(off),
            _ => self.btf.name(off),
        }
    }

    /// The first byte of the name at offset `off`, be it the NUL, if nothing else can be wrong with
    /// it.
    #[inline]
    fn first_of_regular(&self, off: u32) -> Option<u8> {
        let at = off.checked_sub(self.btf.str_start())?;
        match self.regular && off != 0 {
            true => self.btf.header().strs.get(index(at)).copied(),
            false => None,
        }
    }

    /// Whether there is a name at offset `off`.
    #[inline]
    pub fn is_there(&self, off: u32) -> bool {
        self.first_of_regular(off).is_some() || self.name(off).is_some()
    }

    /// Whether the name at offset `off` is empty.
    pub fn is_empty(&self, off: u32) -> bool {
        self.name(off).is_some_and(<[u8]>::is_empty)
    }

    /// Whether there is one at offset `off` that the kernel accepts for a type.
    #[inline]
    pub fn is_identifier(&self, off: u32) -> bool {
        match self.first_of_regular(off) {
            Some(first) => first != 0 && !first.is_ascii_digit(),
            None => self.name(off).is_some_and(is_identifier),
        }
    }

    /// Whether there is one at offset `off` that the kernel accepts for a section.
    pub fn is_section_name(&self, off: u32) -> bool {
        let printable = |c: &u8| c.is_ascii_graphic() || *c == b' ';
        self.name(off)
            .is_some_and(|name| !name.is_empty() && name.iter().all(printable))
    }
}

/// Whether an identifier may contain this byte; the NUL behind it counts.
const REGULAR: [bool; 256] = {
    let mut regular = [false; 256];
    let mut c = 0;
    while c < regular.len() {
        // CAST: Below 256.
        let byte = c as u8;
        regular[c] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | 0);
        c += 1;
    }
    regular
};

fn is_identifier(name: &[u8]) -> bool {
    let first = name.first().is_some_and(|c| !c.is_ascii_digit());
    first && name.iter().all(|&c| REGULAR[usize::from(c)])
}

/// Whether every string in `strs` is short enough for a name.
fn all_short(mut strs: &[u8]) -> bool {
    while let Some(here) = strs.get(..MAX_NAME) {
        match here.iter().rposition(|&c| c == 0) {
            // NO-OVERFLOW: A place in a slice.
            Some(nul) => strs = strs.get(nul + 1..).unwrap_or(&[]),
            None => return false,
        }
    }
    // The last one ends in a NUL.
    true
}
