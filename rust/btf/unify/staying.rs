// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types stay when copies go.

use super::copies::{
    is_named,
    Copies, //
};
use crate::{
    btf::{
        number::{
            Id,
            New, //
        },
        pace::Pace,
        wire::{
            fields::ids,
            words::index,
            Btf,
            Kind,
            Locate, //
        },
        Result, //
    },
    facade::Buf,
};

/// What becomes of a type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It stays.
    Stays,
    /// It goes.
    Goes,
    /// It goes, unless something that stays refers to it.
    Open,
}

/// Which types stay.
pub struct Staying<'p, 'a> {
    split: &'p Btf<'a, New>,
    /// One for each type.
    fates: Buf<Fate>,
}

impl<'p, 'a> Staying<'p, 'a> {
    /// Copies go, and so does what has no name and only they, or types that go with them, refer to.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new<L: Locate>(copies: &Copies<'p, 'a, L>) -> Result<Self> {
        let split = copies.types().split;
        let mut this = Self {
            split,
            fates: Buf::with_capacity(index(split.count()))?,
        };
        for id in split.ids() {
            this.fates.push(if copies.kernels(id).is_some() {
                Fate::Goes
            } else {
                Fate::Stays
            })?;
        }
        let mut open: usize = 0;
        for &id in copies.made_of() {
            let fate = split.nth(id).and_then(|nth| this.fates.get_mut(nth));
            if let Some(fate) = fate.filter(|fate| **fate == Fate::Stays) {
                if !is_wanted(split, id) {
                    *fate = Fate::Open;
                    open = open.saturating_add(1);
                }
            }
        }
        if open != 0 {
            this.close(open)?;
        }
        Ok(this)
    }

    /// Lets those of the `open` types stay that types which stay lead to.
    fn close(&mut self, mut open: usize) -> Result {
        let mut pace = Pace::new();
        let mut waiting = Buf::new();
        for id in self.split.ids() {
            let mut next = Some(id).filter(|&id| self.stays(id));
            while let Some(record) = next.and_then(|id| self.split.record(id)) {
                pace.steps(record.vlen().saturating_add(1));
                for id in ids(&record) {
                    let fate = id.and_then(|id| self.fates.get_mut(self.split.nth(id)?));
                    if let (Some(id), Some(fate @ Fate::Open)) = (id, fate) {
                        *fate = Fate::Stays;
                        open = open.saturating_sub(1);
                        waiting.push(id)?;
                    }
                }
                if open == 0 {
                    return Ok(());
                }
                next = waiting.pop();
            }
        }
        Ok(())
    }

    /// Whether type `id` stays.
    #[inline]
    pub fn stays(&self, id: Id<New>) -> bool {
        let fate = self.split.nth(id).and_then(|nth| self.fates.get(nth));
        fate == Some(&Fate::Stays)
    }

    /// The types that stay, each run of them from one up to another that does not.
    #[inline]
    pub fn runs(&self) -> impl Iterator<Item = (Id<New>, Id<New>)> + '_ {
        let mut all = self.split.ids().zip(self.fates.iter());
        core::iter::from_fn(move || {
            let (from, _) = all.find(|(_, fate)| **fate == Fate::Stays)?;
            let to = all.find(|(_, fate)| **fate != Fate::Stays);
            Some((from, to.map_or(self.split.end(), |(to, _)| to)))
        })
    }

    /// The types that stay.
    #[inline]
    pub fn ids(&self) -> impl Iterator<Item = Id<New>> + '_ {
        self.runs().flat_map(|(from, to)| from.up_to(to))
    }
}

/// Whether type `id` stays for its own sake: it has a name, or is a thing of the module.
fn is_wanted(split: &Btf<'_, New>, id: Id<New>) -> bool {
    let is_own = matches!(
        split.kind(id).unwrap_or(Kind::Unknown),
        Kind::Func | Kind::Var | Kind::Datasec | Kind::DeclTag | Kind::Unknown
    );
    is_own || is_named(split, id)
}
