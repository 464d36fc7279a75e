// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Several types of the kernel that fit one of a base.

use super::decision::{
    Decision,
    Mapping,
    Reason, //
};
use crate::btf::{
    equal::Twins,
    kernel::TooMany,
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
        if self.len > 1 && !(self.len <= MAX_RIVALS && twins.are_one(&self.ids)?) {
            return Ok(Some(Decision::Carried(Reason::Ambiguous)));
        }
        Ok(Some(Decision::Mapped(first, how)))
    }
}

/// The decision of the first of `fits` that has any candidates; `reason` to carry if none has.
/// `all` says whether all types of the name were looked at.
///
/// # Errors
///
/// No memory.
#[inline]
pub fn decide<L: Locate>(
    all: core::result::Result<(), TooMany>,
    fits: &[(&Candidates, Mapping)],
    reason: Reason,
    twins: &mut Twins<'_, '_, L>,
) -> Result<Decision> {
    if all.is_err() {
        return Ok(Decision::Carried(Reason::Ambiguous));
    }
    for &(fit, how) in fits {
        if let Some(decision) = fit.decide(twins, how)? {
            return Ok(decision);
        }
    }
    Ok(Decision::Carried(reason))
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
