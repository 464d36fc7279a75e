// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Strings, and which of them the kernel takes for names.
//!
//! `btf_str_by_offset()`, `btf_name_valid_identifier()` and `btf_name_valid_section()` in
//! `kernel/bpf/btf.c`.

use super::wire::{
    size,
    MAX_NAME_OFFSET, //
};

/// The longest name, `KSYM_NAME_LEN`.
const MAX_NAME: usize = 512;

/// The strings that offsets lead to.
#[derive(Clone, Copy, Default)]
pub struct Strings<'a> {
    /// Those of what it is split from.
    pub base: &'a [u8],
    /// Its own.
    pub own: &'a [u8],
}

impl<'a> Strings<'a> {
    /// Whether there is something at `off`, as `btf_name_offset_valid()` sees it.
    pub fn is_valid(&self, off: u32) -> bool {
        off <= MAX_NAME_OFFSET && size(off) < self.base.len() + self.own.len()
    }

    /// What is at `off`, up to the next NUL; nothing if it lies outside.
    pub fn at(&self, off: u32) -> &'a [u8] {
        let off = size(off);
        let from = match off.checked_sub(self.base.len()) {
            None => self.base.get(off..),
            Some(off) => self.own.get(off..),
        };
        let mut parts = from.unwrap_or_default().split(|&b| b == 0);
        parts.next().unwrap_or_default()
    }

    /// Whether it is an identifier.
    pub fn is_identifier(&self, off: u32) -> bool {
        let name = self.at(off);
        let mut rest = name.iter();
        rest.next().is_some_and(|&c| is_letter(c))
            && rest.all(|&c| is_letter(c) || c.is_ascii_digit())
            && name.len() <= MAX_NAME
    }

    /// Whether it is the name of a section.
    pub fn is_section(&self, off: u32) -> bool {
        let name = self.at(off);
        let is_print = |&c: &u8| matches!(c, 0x20..=0x7e | 0xa0..);
        !name.is_empty() && name.iter().all(is_print) && name.len() <= MAX_NAME
    }
}

/// Whether an identifier may begin with `c`. The kernel's `isalpha()` has the letters of Latin-1.
fn is_letter(c: u8) -> bool {
    match c {
        b'_' | b'.' => true,
        0xd7 | 0xf7 => false,
        _ => c.is_ascii_alphabetic() || c >= 0xc0,
    }
}
