// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! From the ids of a split BTF and its base to those of what it has become.

use crate::{
    btf::{
        number::{
            Id,
            Space, //
        },
        wire::words::index,
        Result, //
    },
    facade::Buf,
};
use core::marker::PhantomData;

/// Where a type has gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone<T> {
    /// It is the type with this id.
    To(Id<T>),
    /// It was left out, since nothing needs it.
    LeftOut,
}

/// From ids in numbering `S`, those of a base among them, to ids in numbering `T`.
pub struct IdMap<S, T> {
    /// Number of the first id that has a new one. Those below stay what they are, as those of a
    /// base do that both BTFs are split from.
    first: u32,
    /// The new ids from there on; [`None`] for what is not set, or left out.
    table: Buf<Option<Id<T>>>,
    from: PhantomData<S>,
}

impl<S: Space, T: Space> IdMap<S, T> {
    /// Makes a map for all ids below `end`, those of a base among them, which are still to be set.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(end: Id<S>) -> Result<Self> {
        let first = Id::<S>::FIRST;
        Ok(Self {
            first: first.number(),
            table: Buf::filled(index(end.behind(first).unwrap_or(0)), None)?,
            from: PhantomData,
        })
    }

    /// Sets the new id of a type.
    #[inline]
    pub fn set(&mut self, old: Id<S>, new: Id<T>) {
        let nth = old.number().checked_sub(self.first);
        if let Some(place) = nth.and_then(|nth| self.table.get_mut(index(nth))) {
            *place = Some(new);
        }
    }

    /// Lets the types from `from` up to `to` have the ids from `new` on; gives the id behind those.
    pub fn set_run(&mut self, from: Id<S>, to: Id<S>, new: Id<T>) -> Id<T> {
        let nth = |id: Id<S>| index(id.number().saturating_sub(self.first));
        let run = nth(from)..nth(to);
        let mut number = new.number();
        for place in self.table.get_mut(run).unwrap_or(&mut []) {
            *place = Id::new(number);
            // Ids are below 2^20.
            number = number.wrapping_add(1);
        }
        Id::new(number).unwrap_or(new)
    }

    /// Where a type has gone; [`None`] if no type has the old id.
    #[inline]
    pub fn find(&self, old: Id<S>) -> Option<Gone<T>> {
        // An id below the first wraps around to a large number.
        let nth = old.number().wrapping_sub(self.first);
        if let Some(new) = self.table.get(index(nth)) {
            return Some(new.map_or(Gone::LeftOut, Gone::To));
        }
        if old.number() < self.first {
            return Id::new(old.number()).map(Gone::To);
        }
        None
    }

    /// The new id of a type that is there and was not left out.
    #[inline]
    pub fn get(&self, old: Id<S>) -> Option<Id<T>> {
        // As in `find`.
        let nth = old.number().wrapping_sub(self.first);
        if let Some(new) = self.table.get(index(nth)) {
            return *new;
        }
        match self.find(old)? {
            Gone::To(id) => Some(id),
            Gone::LeftOut => None,
        }
    }

    /// The new ids of all types from the first id on, if each has one in the map.
    pub fn all(&self) -> &[Option<Id<T>>] {
        if self.first == Id::<S>::FIRST.number() {
            &self.table
        } else {
            &[]
        }
    }

    /// The map that leads to where `next` leads from where this one does.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn followed_by(&self, next: &IdMap<T, T>) -> Result<Self> {
        // Ids that this one does not change may be changed by the next.
        let first = self.first.min(next.first);
        let unchanged = self.first.saturating_sub(first);
        let mut table = Buf::with_capacity(index(unchanged).saturating_add(self.table.len()))?;
        for number in first..self.first {
            table.push(Id::new(number).and_then(|id| next.get(id)))?;
        }
        for new in self.table.iter() {
            table.push(new.and_then(|id| next.get(id)))?;
        }
        Ok(Self {
            first,
            table,
            from: PhantomData,
        })
    }
}

impl<S: Space> IdMap<S, S> {
    /// Makes a map that changes nothing, for all ids below `end`.
    pub fn identity(end: Id<S>) -> Self {
        Self {
            first: end.number(),
            table: Buf::new(),
            from: PhantomData,
        }
    }

    /// Makes a map that leaves ids below `first` alone; those from there up to `end` are left out
    /// until they are set.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn fixing(first: Id<S>, end: Id<S>) -> Result<Self> {
        let count = end.behind(first).unwrap_or(0);
        Ok(Self::of_split(first, Buf::filled(index(count), None)?))
    }

    /// Makes a map that leaves ids below `first` alone; `table` has the new ids of those from there
    /// on, and [`None`] for what is left out.
    pub fn of_split(first: Id<S>, table: Buf<Option<Id<S>>>) -> Self {
        Self {
            first: first.number(),
            table,
            from: PhantomData,
        }
    }
}
