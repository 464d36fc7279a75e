// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! From string offsets of a split BTF and its base to those of what it becomes.

use crate::{
    btf::{
        error::{
            Error,
            Fault,
            Place, //
        },
        limits::MAX_NAME_OFFSET,
        number::{
            Base,
            Kernel,
            New,
            Off,
            Split, //
        },
        wire::{
            words::index,
            Btf,
            Locate, //
        },
        Result, //
    },
    facade::Buf,
};

/// A string's new offset; [`None`] if it is empty.
pub type Renamed = core::result::Result<Option<Off<New>>, Fault>;

/// Translates string offsets, and gathers the strings of the base that the kernel does not have.
pub struct Strings<'p, 'a> {
    base: &'p Btf<'a, Base>,
    /// For each offset into the base's strings the new one; [`None`] where there is none yet.
    known: Buf<Option<Off<New>>>,
    /// Offset of the first split string, before and after.
    old_start: u32,
    new_start: u32,
    /// Bytes of split strings.
    len: u32,
    /// Strings to stand behind those of the split BTF.
    added: Buf<u8>,
}

impl<'p, 'a> Strings<'p, 'a> {
    /// Starts with no string of `base` known; the strings of `split` move behind those of `kernel`.
    ///
    /// # Errors
    ///
    /// The strings end beyond what an offset can name; no memory.
    pub fn new<L: Locate>(
        base: &'p Btf<'a, Base>,
        split: &Btf<'_, Split>,
        kernel: &Btf<'_, Kernel, L>,
    ) -> Result<Self> {
        let (old_start, new_start) = (split.str_start(), kernel.strs_end());
        let len = split.strs_end().saturating_sub(old_start);
        if new_start.saturating_add(len) > MAX_NAME_OFFSET.saturating_add(1) {
            let too_large = Error::new(split.section(), Place::Header, Fault::TooLarge);
            return Err(too_large);
        }
        Ok(Self {
            base,
            known: Buf::filled(index(old_start), None)?,
            old_start,
            new_start,
            len,
            added: Buf::new(),
        })
    }

    /// Lets the string at offset `old` of the base be the kernel's at `new`.
    pub fn share(&mut self, old: Off<Base>, new: Off<Kernel>) {
        self.set(old, Off::of_base(new));
    }

    fn set(&mut self, old: Off<Base>, new: Off<New>) {
        if let Some(place) = self.known.get_mut(index(old.number())) {
            *place = Some(new);
        }
    }

    /// The new offset of the string at `old`, which is added if there is none; [`None`] if it is
    /// empty.
    ///
    /// # Errors
    ///
    /// No string starts there, or there are too many, or there is no memory.
    #[inline]
    pub fn of_split(&mut self, old: Off<Split>) -> Renamed {
        // An offset into the base's strings wraps around to a large one.
        let at = old.number().wrapping_sub(self.old_start);
        if at < self.len {
            // At most `MAX_NAME_OFFSET`, as was checked when this was made.
            return Ok(Off::new(self.new_start.wrapping_add(at)));
        }
        let number = old.number();
        self.of_base(Off::new(number).ok_or(Fault::NameBounds(number))?)
    }

    /// The same, for the base's own reference to a string.
    ///
    /// # Errors
    ///
    /// As for [`Self::of_split`]; the split strings, which stand behind the base's, are none of it.
    pub fn of_base(&mut self, old: Off<Base>) -> Renamed {
        match self.known.get(index(old.number())) {
            Some(&Some(new)) => Ok(Some(new)),
            Some(None) => self.add(old),
            None => Err(Fault::NameBounds(old.number())),
        }
    }

    /// Adds the string at offset `old` of the base. Each is added once at most, so that all of
    /// them together are no longer than the base's.
    #[cold]
    fn add(&mut self, old: Off<Base>) -> Renamed {
        if !self.base.starts_string(old) {
            return Err(Fault::NameInside(old.number()));
        }
        let name = self.base.string(old);
        let name = name.ok_or(Fault::NameBounds(old.number()))?;
        if name.is_empty() {
            return Ok(None);
        }
        // It takes one byte more, its NUL, and all of them have to have offsets.
        let from = u32::try_from(self.added.len()).ok();
        let from = from.and_then(|from| from.checked_add(self.len)?.checked_add(self.new_start));
        let len = u32::try_from(name.len()).unwrap_or(u32::MAX);
        let new = from
            .filter(|from| from.saturating_add(len) <= MAX_NAME_OFFSET)
            .and_then(Off::new)
            .ok_or(Fault::TooLarge)?;
        self.added.extend_from_slice(name)?;
        self.added.push(0)?;
        self.set(old, new);
        Ok(Some(new))
    }

    /// The strings that were added, each with its NUL.
    pub fn added(&self) -> &[u8] {
        &self.added
    }
}
