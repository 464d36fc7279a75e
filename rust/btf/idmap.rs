// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! From the ids of a split BTF and its base to those of what it has become.

use super::{
    words::index,
    Result, //
};
use crate::facade::Buf;

/// Old id -> new id, for the types of a base and of what is split from it.
pub struct IdMap {
    /// New ids of the base's types.
    base: Base,
    /// New ids of the split types.
    split: Split,
    /// Old id of the first split type.
    first: u32,
    /// Number of split types.
    count: u32,
}

/// New ids of the base's types.
enum Base {
    /// The old ones.
    Fixed,
    /// One for each, `void` first.
    Table(Buf<u32>),
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
            base: Base::Table(Buf::filled(index(first), 0)?),
            split: Split::Shift(new_first),
            first,
            count: end.saturating_sub(first),
        })
    }

    /// Makes a map that changes nothing, for all ids below `end`.
    pub fn identity(end: u32) -> Self {
        Self {
            base: Base::Fixed,
            split: Split::Shift(0),
            first: 0,
            count: end,
        }
    }

    /// Makes a map that leaves ids below `first` alone; those from there up to `end` are still to
    /// be set, and `void` until then.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn fixing(first: u32, end: u32) -> Result<Self> {
        let count = end.saturating_sub(first);
        Ok(Self {
            base: Base::Fixed,
            split: Split::Table(Buf::filled(index(count), 0)?),
            first,
            count,
        })
    }

    /// Lets this map lead to where `next` leads from there.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn then(&mut self, next: &IdMap) -> Result {
        if let Split::Shift(new_first) = self.split {
            let mut table = Buf::filled(index(self.count), 0)?;
            for (new, place) in (new_first..).zip(table.iter_mut()) {
                *place = new;
            }
            self.split = Split::Table(table);
        }
        let tables = [
            match &mut self.base {
                Base::Fixed => None,
                Base::Table(table) => Some(table),
            },
            match &mut self.split {
                Split::Shift(_) => None,
                Split::Table(table) => Some(table),
            },
        ];
        for id in tables
            .into_iter()
            .flatten()
            .flat_map(|table| table.iter_mut())
        {
            *id = next.get(*id).unwrap_or(0);
        }
        Ok(())
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
        let place = match (&mut self.base, &mut self.split) {
            (Base::Table(table), _) if old < self.first => table.get_mut(nth),
            (_, Split::Table(table)) => table.get_mut(nth.wrapping_sub(index(self.first))),
            _ => None,
        };
        if let Some(place) = place {
            *place = new;
        }
    }

    /// The new id of a type; [`None`] if no type has the old one.
    #[inline]
    pub fn get(&self, old: u32) -> Option<u32> {
        // An id below the first wraps around to a large one.
        let nth = old.wrapping_sub(self.first);
        if nth >= self.count {
            return match &self.base {
                Base::Fixed => (old < self.first).then_some(old),
                Base::Table(table) => table.get(index(old)).copied(),
            };
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
