// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! A split BTF together with its base.

use super::{
    kind::Kind,
    locate::Locate,
    record::Record,
    view::Btf, //
};
use crate::btf::number::{
    Id,
    Off,
    Space, //
};

/// A split BTF together with its base, so that any id and any string offset can be looked up.
pub struct Pair<'p, 'a, S: Space, L> {
    /// The base.
    pub base: &'p Btf<'a, S::Base, L>,
    /// What is split from it.
    pub split: &'p Btf<'a, S>,
}

/// Which of the two BTFs of a [`Pair`] a type is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner<S: Space> {
    /// The base, where it has this id.
    Base(Id<S::Base>),
    /// What is split from it.
    Split(Id<S>),
}

// Whatever `L` is: it is only referred to.
impl<S: Space, L> Clone for Pair<'_, '_, S, L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Space, L> Copy for Pair<'_, '_, S, L> {}

impl<'p, 'a, S: Space, L: Locate> Pair<'p, 'a, S, L> {
    /// Whose type `id` is; one that neither has counts as the split BTF's.
    #[inline]
    pub fn owner(&self, id: Id<S>) -> Owner<S> {
        if id < self.split.first() {
            match Id::new(id.number()) {
                Some(id) => Owner::Base(id),
                None => Owner::Split(id),
            }
        } else {
            Owner::Split(id)
        }
    }

    /// The base's id of type `id`, if it is the base's.
    #[inline]
    pub fn in_base(&self, id: Id<S>) -> Option<Id<S::Base>> {
        match self.owner(id) {
            Owner::Base(id) => Some(id),
            Owner::Split(_) => None,
        }
    }

    /// Whether `id` is that of a split type.
    #[inline]
    pub fn is_split(&self, id: Id<S>) -> bool {
        id >= self.split.first()
    }

    /// The record of type `id`, its numbers as the split BTF has them.
    #[inline]
    pub fn record(&self, id: Id<S>) -> Option<Record<'a, S>> {
        match self.owner(id) {
            Owner::Base(id) => self.base.record(id).map(Record::in_split),
            Owner::Split(id) => self.split.record(id),
        }
    }

    /// The kind of type `id`, without reading the rest of it.
    #[inline]
    pub fn kind(&self, id: Id<S>) -> Option<Kind> {
        match self.owner(id) {
            Owner::Base(id) => self.base.kind(id),
            Owner::Split(id) => self.split.kind(id),
        }
    }

    /// The strings from offset `off` on, see [`Btf::strs_from`].
    #[inline]
    pub fn strs_from(&self, off: Off<S>) -> Option<&'a [u8]> {
        match self.off_in_base(off) {
            Some(off) => self.base.strs_from(off),
            None => self.split.strs_from(off),
        }
    }

    /// The name at `off`, see [`Btf::name`].
    #[inline]
    pub fn name(&self, off: Option<Off<S>>) -> Option<&'a [u8]> {
        match off.and_then(|off| self.off_in_base(off)) {
            Some(off) => self.base.name(Some(off)),
            None => self.split.name(off),
        }
    }

    /// Whether a string starts at `off`.
    #[inline]
    pub fn starts_string(&self, off: Off<S>) -> bool {
        match self.off_in_base(off) {
            Some(off) => self.base.starts_string(off),
            None => self.split.starts_string(off) && self.split.strs_from(off).is_some(),
        }
    }

    /// The base's offset of the string at `off`, if it is the base's.
    #[inline]
    pub fn off_in_base(&self, off: Off<S>) -> Option<Off<S::Base>> {
        if off.number() < self.split.str_start() {
            Off::new(off.number())
        } else {
            None
        }
    }

    /// All types of the base and of what is split from it, with their ids.
    pub fn records(&self) -> impl Iterator<Item = (Id<S>, Record<'a, S>)> + 'p {
        let (base, split) = (self.base, self.split);
        let of_base = base
            .records()
            .map(|(id, record)| (Id::of_base(id), record.in_split()));
        of_base.chain(split.records())
    }
}
