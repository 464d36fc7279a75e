// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Numbers that name types and strings, each in the numbering that it is of.
//!
//! One type has many numbers: in the base that a module carries, in the module's BTF as it came, in
//! vmlinux, in the module's BTF once it is reconciled. [`Id`] and [`Off`] say which of these
//! a number is of, so that none is taken for another. `void` and "no name", which are 0 in BTF, are
//! [`None`].

use core::{
    hash::Hash,
    marker::PhantomData,
    num::NonZero, //
};

/// A numbering: of what it goes on from, if it goes on from another one.
pub trait Space: Copy + Ord + Hash + core::fmt::Debug + 'static {
    /// The numbering of the base; itself where there is no base.
    type Base: Space;
}

macro_rules! spaces {
    ($($(#[$doc:meta])* $name:ident from $base:ident;)*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum $name {}

            impl Space for $name {
                type Base = $base;
            }
        )*
    };
}

spaces! {
    /// That of a distilled base or a base reference.
    Base from Base;
    /// That of a module's BTF as it came with such a base: the base's, then its own.
    Split from Base;
    /// That of vmlinux.
    Kernel from Kernel;
    /// That of BTF which is split from vmlinux: vmlinux's, then its own.
    New from Kernel;
}

/// The id of a type, which is not `void`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Id<S>(NonZero<u32>, PhantomData<S>);

impl<S: Space> Id<S> {
    /// The first id of BTF that stands on its own.
    pub const FIRST: Self = Self(NonZero::<u32>::MIN, PhantomData);

    /// The id that is this number; [`None`] for that of `void`.
    #[inline]
    pub const fn new(number: u32) -> Option<Self> {
        match NonZero::new(number) {
            Some(number) => Some(Self(number, PhantomData)),
            None => None,
        }
    }

    /// Its number.
    #[inline]
    pub const fn number(self) -> u32 {
        self.0.get()
    }

    /// The same type, in the numbering of what is split from the BTF that it is of.
    #[inline]
    pub const fn of_base(id: Id<S::Base>) -> Self {
        Self(id.0, PhantomData)
    }

    /// The id that is `more` behind this one; [`None`] if there is no such number.
    #[inline]
    pub fn forward(self, more: u32) -> Option<Self> {
        Some(Self(self.0.checked_add(more)?, PhantomData))
    }

    /// The id behind this one. Ids are below 2^20: the last number of all is behind none.
    #[inline]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1), PhantomData)
    }

    /// How far this one is behind `first`; [`None`] if it is before it.
    #[inline]
    pub fn behind(self, first: Self) -> Option<u32> {
        self.number().checked_sub(first.number())
    }

    /// The ids from this one up to `end`, that one not among them.
    #[inline]
    pub fn up_to(self, end: Self) -> impl DoubleEndedIterator<Item = Self> + Clone {
        (self.number()..end.number()).filter_map(Self::new)
    }
}

/// The number of an id, 0 for `void`, as BTF has it.
#[inline]
pub fn number_of<S: Space>(id: Option<Id<S>>) -> u32 {
    id.map_or(0, Id::number)
}

/// The offset of a name among the strings, which is not that of the empty one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Off<S>(NonZero<u32>, PhantomData<S>);

impl<S: Space> Off<S> {
    /// The offset that is this number; [`None`] for that of no name.
    #[inline]
    pub const fn new(number: u32) -> Option<Self> {
        match NonZero::new(number) {
            Some(number) => Some(Self(number, PhantomData)),
            None => None,
        }
    }

    /// Its number.
    #[inline]
    pub const fn number(self) -> u32 {
        self.0.get()
    }

    /// The same string, in what is split from the BTF that it is of.
    #[inline]
    pub const fn of_base(off: Off<S::Base>) -> Self {
        Self(off.0, PhantomData)
    }
}
