// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! From the ids of a split BTF and its base to those of what it has become.

use super::{
    format::index,
    Result, //
};
use crate::facade::Buf;

/// Old id -> new id, for the types of a base and of what is split from it.
pub struct IdMap {
    /// New ids of the base's types, `void` first.
    base: Buf<u32>,
    /// New ids of the split types.
    split: Split,
    /// One more than the largest old id.
    end: u32,
}

/// New ids of the split types.
enum Split {
    /// They lie together: what to add, modulo 2^32.
    Shift(u32),
    /// One for each.
    Table(Buf<u32>),
}

impl IdMap {
    /// Makes a map for split types from `first` up to `end`, which take the ids from `new_first`
    /// on. What becomes of the base's types is still to be set.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn shifting(first: u32, end: u32, new_first: u32) -> Result<Self> {
        Ok(Self {
            base: Buf::filled(index(first), 0)?,
            split: Split::Shift(new_first.wrapping_sub(first)),
            end,
        })
    }

    /// Makes a map that changes nothing, for all ids below `end`.
    pub fn identity(end: u32) -> Self {
        Self {
            base: Buf::new(),
            split: Split::Shift(0),
            end,
        }
    }

    /// Lets each split type have an id of its own, all of them still to be set.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn use_table(&mut self) -> Result {
        let count = index(self.end).saturating_sub(self.base.len());
        self.split = Split::Table(Buf::filled(count, 0)?);
        Ok(())
    }

    /// Sets the new id of a type, but for split types that are shifted.
    pub fn set(&mut self, old: u32, new: u32) {
        let nth = index(old);
        if let Some(place) = self.base.get_mut(nth) {
            *place = new;
        } else if let Split::Table(table) = &mut self.split {
            if let Some(place) = table.get_mut(nth.wrapping_sub(self.base.len())) {
                *place = new;
            }
        }
    }

    /// The new id of a type; [`None`] if no type has the old one.
    #[inline]
    pub fn get(&self, old: u32) -> Option<u32> {
        let nth = index(old);
        match (self.base.get(nth), &self.split) {
            (Some(&new), _) => Some(new),
            (None, Split::Shift(by)) => (old < self.end).then_some(old.wrapping_add(*by)),
            (None, Split::Table(table)) => table.get(nth.wrapping_sub(self.base.len())).copied(),
        }
    }

    /// One more than the largest old id.
    pub fn end(&self) -> u32 {
        self.end
    }
}
