// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! From the ids of a split BTF and its base to those of what it has become.

use super::{
    words::index,
    Result, //
};
use crate::facade::Buf;

/// Old id -> new id, for the types of a base and of what is split from it.
pub struct IdMap {
    /// New ids of the base's types, `void` first.
    base: Buf<u32>,
    /// New ids of the split types.
    split: Split,
    /// Old id of the first split type.
    first: u32,
    /// Number of split types.
    count: u32,
}

/// New ids of the split types.
enum Split {
    /// They lie together; this is the new id of the first.
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
            split: Split::Shift(new_first),
            first,
            count: end.saturating_sub(first),
        })
    }

    /// Makes a map that changes nothing, for all ids below `end`.
    pub fn identity(end: u32) -> Self {
        Self {
            base: Buf::new(),
            split: Split::Shift(0),
            first: 0,
            count: end,
        }
    }

    /// Lets each split type have an id of its own, all of them still to be set.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn use_table(&mut self) -> Result {
        self.split = Split::Table(Buf::filled(index(self.count), 0)?);
        Ok(())
    }

    /// Sets the new id of a type, but for split types that are shifted.
    pub fn set(&mut self, old: u32, new: u32) {
        let nth = index(old);
        if let Some(place) = self.base.get_mut(nth) {
            *place = new;
        } else if let Split::Table(table) = &mut self.split {
            if let Some(place) = table.get_mut(nth.wrapping_sub(index(self.first))) {
                *place = new;
            }
        }
    }

    /// The new id of a type; [`None`] if no type has the old one.
    #[inline]
    pub fn get(&self, old: u32) -> Option<u32> {
        // An id below the first wraps around to a large one.
        let nth = old.wrapping_sub(self.first);
        if nth >= self.count {
            return self.base.get(index(old)).copied();
        }
        match &self.split {
            // NO-OVERFLOW: Ids and their number are below 2^20 on both sides.
            Split::Shift(first) => Some(first.wrapping_add(nth)),
            Split::Table(table) => table.get(index(nth)).copied(),
        }
    }

    /// One more than the largest old id.
    pub fn end(&self) -> u32 {
        self.first.saturating_add(self.count)
    }
}
