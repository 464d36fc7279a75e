// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What two types of the kernel that share a name are to each other.

use super::{
    names::Names,
    pairs::Pairs,
    sides::{
        Answer,
        Side, //
    }, //
};
use crate::btf::{
    kernel::Vmlinux,
    limits::MAX_TWINS,
    number::{
        Id,
        Kernel, //
    },
    wire::{
        Btf,
        Kind,
        Locate,
        Record, //
    },
    NoMemory, //
};

/// The kernel's own types.
struct Kernels<'p, 'a, L>(&'p Btf<'a, Kernel, L>);

impl<'p, 'a: 'p, L: Locate> Side<'p, 'a> for Kernels<'p, 'a, L> {
    type Space = Kernel;
    type Locate = L;

    #[inline]
    fn names(&self) -> Names<'a, Kernel> {
        Names::of_kernel(self.0)
    }

    #[inline]
    fn kernel(&self) -> &'p Btf<'a, Kernel, L> {
        self.0
    }

    #[inline]
    fn record(&self, id: Id<Kernel>) -> Option<Record<'a, Kernel>> {
        self.0.record(id)
    }

    #[inline]
    fn kind(&self, id: Id<Kernel>) -> Option<Kind> {
        self.0.kind(id)
    }

    fn max_pairs(&self) -> usize {
        MAX_TWINS
    }

    #[inline]
    fn at_once(
        &mut self,
        a: Id<Kernel>,
        b: Id<Kernel>,
        _: bool,
    ) -> Result<Option<Answer>, NoMemory> {
        Ok((a == b).then_some(Answer::Same))
    }
}

/// Tells twins, types of the kernel that are equal, from types that only share a name.
///
/// What was found out once is remembered: types that are equal lead to types that are, so that each
/// pair is compared once, whoever asks.
pub struct Twins<'v, 'a, L> {
    btf: &'v Btf<'a, Kernel, L>,
    pairs: Pairs<Kernel>,
}

impl<'v, 'a, L: Locate> Twins<'v, 'a, L> {
    /// Nothing is known yet.
    pub fn new(vmlinux: &'v Vmlinux<'a, L>) -> Self {
        Self {
            btf: &vmlinux.btf,
            pairs: Pairs::new(),
        }
    }

    /// Whether two types of the kernel are one: equal, down to the last leaf. What lies beyond
    /// [`MAX_TWINS`] pairs is not.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn are_same(&mut self, a: Id<Kernel>, b: Id<Kernel>) -> Result<bool, NoMemory> {
        self.are_equal(a, b, false)
    }

    /// As [`Twins::are_same`], for types that a pointer leads to if `below` is set: there,
    /// a declaration and what it declares are equal.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn are_equal(
        &mut self,
        a: Id<Kernel>,
        b: Id<Kernel>,
        below: bool,
    ) -> Result<bool, NoMemory> {
        if a == b {
            return Ok(true);
        }
        // It is the same the other way round.
        let (a, b) = (a.min(b), a.max(b));
        self.pairs.ask(&mut Kernels(self.btf), a, b, below)
    }

    /// Whether all of these, which stand before the places that are free, are one type. Each is
    /// compared with each: of three types one may declare what the others define differently, and
    /// be equal to both.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn are_one(&mut self, ids: &[Option<Id<Kernel>>]) -> Result<bool, NoMemory> {
        let mut ids = ids.iter().map_while(Option::as_ref);
        while let Some(&one) = ids.next() {
            for &other in ids.clone() {
                if !self.are_same(one, other)? {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }

    /// Whether two types are known to be equal, without looking; what was never asked is not.
    pub fn are_known(&self, a: Id<Kernel>, b: Id<Kernel>, below: bool) -> bool {
        let known = self.pairs.are_equal(a.min(b), a.max(b), below);
        a == b || known.unwrap_or(false)
    }
}
