// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! From string offsets of a split BTF and its base to those of what it becomes.

use super::{
    error::Fault,
    format::{
        index,
        MAX_NAME_OFFSET, //
    },
    parse::Btf,
};
use crate::facade::Buf;

/// Translates string offsets, and gathers the strings of the base that the kernel does not have.
pub struct Strings<'p, 'a> {
    base: &'p Btf<'a>,
    /// For each offset into the base's strings the new one; 0 where there is none yet.
    known: Buf<u32>,
    /// Offset of the split strings, before and after.
    old_start: u32,
    old_end: u32,
    new_start: u32,
    /// Strings to stand behind those of the split BTF.
    added: Buf<u8>,
}

impl<'p, 'a> Strings<'p, 'a> {
    /// Starts with no string of `base` known; the strings of `split` move to `new_start`.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(base: &'p Btf<'a>, split: &Btf<'_>, new_start: u32) -> super::Result<Self> {
        Ok(Self {
            base,
            known: Buf::filled(index(split.str_start()), 0)?,
            old_start: split.str_start(),
            old_end: split.strs_end(),
            new_start,
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
        if old == 0 {
            return Ok(0);
        }
        match old.checked_sub(self.old_start) {
            Some(at) if old < self.old_end => self
                .new_start
                .checked_add(at)
                .filter(|&new| new <= MAX_NAME_OFFSET)
                .ok_or(Fault::TooLarge),
            Some(_) => Err(Fault::NameBounds(old)),
            None => match self.known.get(index(old)) {
                Some(&new) if new != 0 => Ok(new),
                _ => self.add(old),
            },
        }
    }

    /// Adds the string at offset `old` of the base. Each is added once at most, so that all of
    /// them together are no longer than the base's.
    fn add(&mut self, old: u32) -> Result<u32, Fault> {
        let name = self.base.name(old).ok_or(Fault::NameBounds(old))?;
        if !self.base.starts_string(old) {
            return Err(Fault::NameInside(old));
        }
        if name.is_empty() {
            return Ok(0);
        }
        // NO-OVERFLOW: `old_end` was made by adding to `old_start`.
        let new = u32::try_from(self.added.len())
            .ok()
            .and_then(|len| len.checked_add(self.old_end - self.old_start))
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
