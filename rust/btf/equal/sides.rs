// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whose types are compared with the kernel's, and what is special about them.

use super::names::{
    are_same,
    Names, //
};
use crate::btf::{
    limits::MAX_PAIRS,
    number::{
        Id,
        Kernel,
        Space, //
    },
    wire::{
        Btf,
        Kind,
        Locate,
        Record, //
    },
    NoMemory, //
};

/// What is known of two types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// They are one, or nothing is known against it so far.
    Same,
    /// They are equal, but not one: the first stands for a type of the kernel that is equal to
    /// the second.
    Equal,
    /// They differ.
    Different,
}

/// Types that are compared with the kernel's. `'p` is how long views of BTF are there.
pub trait Side<'p, 'a: 'p> {
    /// Their numbering.
    type Space: Space;
    /// How records of the kernel are found.
    type Locate: Locate + 'p;

    /// Their names.
    fn names(&self) -> Names<'a, Self::Space>;

    /// The kernel's types.
    fn kernel(&self) -> &'p Btf<'a, Kernel, Self::Locate>;

    /// The record of one of them.
    fn record(&self, id: Id<Self::Space>) -> Option<Record<'a, Self::Space>>;

    /// Its kind, without reading the rest of it.
    fn kind(&self, id: Id<Self::Space>) -> Option<Kind>;

    /// Pairs that there may be in all.
    fn max_pairs(&self) -> usize {
        MAX_PAIRS
    }

    /// Whether a type of the first kind may say less than one of the second, or more.
    #[inline(always)]
    fn may_say_less(&self, ours: Kind, kernels: Kind) -> bool {
        one_declares(ours, kernels)
    }

    /// Whether one of two types may stand for the other where a pointer leads to it, since it says
    /// less of the same type: it only declares it. [`None`] if they are to be compared in full.
    #[inline(always)]
    fn says_less(
        &self,
        names: &(Names<'a, Self::Space>, Names<'a, Kernel>),
        ours: &Record<'a, Self::Space>,
        theirs: &Record<'a, Kernel>,
    ) -> Option<bool> {
        declares(names, ours, theirs)
    }

    /// What can be told of two types without a pair of them.
    ///
    /// # Errors
    ///
    /// No memory.
    fn at_once(
        &mut self,
        ours: Id<Self::Space>,
        kernels: Id<Kernel>,
        below: bool,
    ) -> Result<Option<Answer>, NoMemory>;

    /// The same, for a forward declaration.
    ///
    /// # Errors
    ///
    /// No memory.
    #[inline(always)]
    fn declared(
        &mut self,
        _ours: Id<Self::Space>,
        _kernels: Id<Kernel>,
        _below: bool,
    ) -> Result<Option<Answer>, NoMemory> {
        Ok(None)
    }
}

/// Whether one of two kinds is a forward declaration, of what may be of the other one.
fn one_declares(a: Kind, b: Kind) -> bool {
    (a == Kind::Fwd && b.is_composite()) || (b == Kind::Fwd && a.is_composite())
}

/// Whether one of two records declares what the other defines; [`None`] if not just one of them is
/// a declaration.
#[inline(always)]
fn declares<'a, S: Space>(
    names: &(Names<'a, S>, Names<'a, Kernel>),
    a: &Record<'a, S>,
    b: &Record<'a, Kernel>,
) -> Option<bool> {
    let (is_union, defined) = match (a.kind(), b.kind()) {
        (Kind::Fwd, Kind::Fwd) => return None,
        (Kind::Fwd, defined) => (a.kind_flag(), defined),
        (defined, Kind::Fwd) => (b.kind_flag(), defined),
        _ => return None,
    };
    let wanted = if is_union { Kind::Union } else { Kind::Struct };
    Some(defined == wanted && are_same(&names.0, a.name(), &names.1, b.name()))
}
