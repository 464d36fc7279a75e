// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! From string offsets of a split BTF and its base to those of what it becomes.

use super::{
    error::{
        Error,
        Fault,
        Place, //
    },
    header::MAX_NAME_OFFSET,
    parse::Btf,
    words::index,
};
use crate::facade::Buf;

/// Translates string offsets, and gathers the strings of the base that the kernel does not have.
pub struct Strings<'p, 'a> {
    base: &'p Btf<'a>,
    /// For each offset into the base's strings the new one; 0 where there is none yet.
    known: Buf<u32>,
    /// Offset of the first split string, before and after.
    old_start: u32,
    new_start: u32,
    /// Bytes of split strings.
    len: u32,
    /// Strings to stand behind those of the split BTF.
    added: Buf<u8>,
}

impl<'p, 'a> Strings<'p, 'a> {
    /// Starts with no string of `base` known; the strings of `split` move to `new_start`.
    ///
    /// # Errors
    ///
    /// The strings end beyond what an offset can name; no memory.
    pub fn new(base: &'p Btf<'a>, split: &Btf<'_>, new_start: u32) -> super::Result<Self> {
        let len = split.strs_end().saturating_sub(split.str_start());
        if new_start.saturating_add(len) > MAX_NAME_OFFSET + 1 {
            let too_large = Error::new(split.section(), Place::Header, Fault::TooLarge);
            return Err(too_large);
        }
        Ok(Self {
            base,
            known: Buf::filled(index(split.str_start()), 0)?,
            old_start: split.str_start(),
            new_start,
            len,
            added: Buf::new(),
        })
    }

    /// Lets the string at offset `old` of the base stand at `new`.
    pub fn set(&mut self, old: u32, new: u32) {
        if let Some(place) = self.known.get_mut(index(old)) {
            *place = new;
        }
    }

    /// The new offset of the string at `old`, which is added if there is none.
    ///
    /// # Errors
    ///
    /// No string starts there, or there are too many, or there is no memory.
    #[inline]
    pub fn translate(&mut self, old: u32) -> Result<u32, Fault> {
        // An offset into the base's strings wraps around to a large one.
        let at = old.wrapping_sub(self.old_start);
        if at < self.len && old != 0 {
            // NO-OVERFLOW: Checked when this was made.
            return Ok(self.new_start.wrapping_add(at));
        }
        self.translate_other(old)
    }

    /// The same, for what is no split string.
    fn translate_other(&mut self, old: u32) -> Result<u32, Fault> {
        match self.known.get(index(old)) {
            _ if old == 0 => Ok(0),
            Some(&new) if new != 0 => Ok(new),
            Some(_) => self.add(old),
            None => Err(Fault::NameBounds(old)),
        }
    }

    /// Adds the string at offset `old` of the base. Each is added once at most, so that all of
    /// them together are no longer than the base's.
    fn add(&mut self, old: u32) -> Result<u32, Fault> {
        let name = self.base.string(old).ok_or(Fault::NameBounds(old))?;
        if !self.base.starts_string(old) {
            return Err(Fault::NameInside(old));
        }
        if name.is_empty() {
            return Ok(0);
        }
        let new = u32::try_from(self.added.len())
            .ok()
            .and_then(|len| len.checked_add(self.len))
            .and_then(|at| at.checked_add(self.new_start))
            .filter(|&new| new <= MAX_NAME_OFFSET)
            .ok_or(Fault::TooLarge)?;
        self.added.extend_from_slice(name)?;
        self.added.push(0)?;
        self.set(old, new);
        Ok(new)
    }

    /// The strings that were added, each with its NUL.
    pub fn added(&self) -> &[u8] {
        &self.added
    }
}
