// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Several types of the kernel that fit one of a base.

use super::decision::{
    Decision,
    Mapping,
    Reason, //
};
use crate::btf::{
    equal::Twins,
    limits::MAX_RIVALS,
    number::{
        Id,
        Kernel, //
    },
    wire::{
        Kind,
        Locate, //
    },
    Result, //
};

/// The types of the kernel that fit one of a base equally well.
#[derive(Default)]
pub struct Candidates {
    /// The first of them, which has the lowest id.
    ids: [Option<Id<Kernel>>; MAX_RIVALS],
    /// Number of them, those that there was no room for among them.
    len: usize,
}

impl Candidates {
    /// Takes one more in. They come in order of their ids.
    #[inline]
    pub fn add(&mut self, id: Id<Kernel>) {
        if let Some(place) = self.ids.get_mut(self.len) {
            *place = Some(id);
        }
        self.len = self.len.saturating_add(1);
    }

    /// The decision if there is one: the candidate with the lowest id if all of them are one type.
    ///
    /// # Errors
    ///
    /// No memory.
    #[inline]
    pub fn decide<L: Locate>(
        &self,
        twins: &mut Twins<'_, '_, L>,
        how: Mapping,
    ) -> Result<Option<Decision>> {
        let Some(&Some(first)) = self.ids.first() else {
            return Ok(None);
        };
        if self.len > 1 && !self.are_one(twins)? {
            return Ok(Some(Decision::Carried(Reason::Ambiguous)));
        }
        Ok(Some(Decision::Mapped(first, how)))
    }

    /// Whether all of them are one type. Each is compared with each: of three types one may declare
    /// what the others define differently, and be equal to both.
    #[cold]
    fn are_one<L: Locate>(&self, twins: &mut Twins<'_, '_, L>) -> Result<bool> {
        let Some(mut rest) = self.ids.get(..self.len) else {
            return Ok(false);
        };
        while let Some((&one, others)) = rest.split_first() {
            for &other in others {
                let (Some(one), Some(other)) = (one, other) else {
                    return Ok(false);
                };
                if !twins.are_same(one, other)? {
                    return Ok(false);
                }
            }
            rest = others;
        }
        Ok(true)
    }
}

/// Of two reasons not to map, the one that says more; the first of those that say as much.
pub fn worse(a: Reason, b: Reason) -> Reason {
    let rank = |reason| match reason {
        Reason::Missing => 0,
        Reason::OtherKind(Kind::Func | Kind::Typedef | Kind::Var) => 1,
        Reason::OtherKind(_) => 2,
        Reason::Size(_) => 3,
        Reason::Differs => 4,
        Reason::Ambiguous => 5,
    };
    if rank(b) > rank(a) {
        b
    } else {
        a
    }
}
