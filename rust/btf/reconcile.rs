// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The plan: what becomes of every type of a base.

use super::{
    decision::{
        Decision,
        Mapping,
        Reason, //
    },
    embedded::Leading,
    error::{
        Error,
        Fault,
        Place, //
    },
    kind::Kind,
    matching::Matcher,
    parse::{
        Btf,
        Locate,
        Offsets,
        Pair, //
    },
    reach::leads_to,
    vmlinux::Vmlinux,
    words::index,
    Result,
};
use crate::facade::Buf;

/// What to do where a type can't be mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Carry it over as the module knows it.
    Lenient,
    /// Refuse, as the kernel itself does.
    Strict,
}

/// What becomes of every type of a base.
pub struct Plan {
    /// One for each type, that of id 1 first.
    decisions: Buf<Decision>,
}

/// How many types of a base met the same fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Found in the kernel.
    pub mapped: u32,
    /// Of those, the ones whose size differs.
    pub resized: u32,
    /// Become types of the module's own.
    pub carried: u32,
    /// Of those, the ones that the kernel has several of.
    pub ambiguous: u32,
    /// Structural types that move to the module's.
    pub moved: u32,
}

impl Plan {
    /// Looks every type of `base` up in `vmlinux`.
    ///
    /// `split` tells which types the module holds by value, so that their size matters.
    ///
    /// # Errors
    ///
    /// No memory; in strict mode the first type that can't be mapped.
    pub fn new<L: Locate>(
        vmlinux: &Vmlinux<'_, L>,
        base: &Btf<'_>,
        split: &Btf<'_>,
        mode: Mode,
    ) -> Result<Self> {
        let matcher = Matcher { base, vmlinux };
        let mut decisions = Buf::with_capacity(index(base.count()))?;
        let mut resized = false;
        for (id, record) in base.records() {
            let decision = matcher.decide(id, &record);
            resized |= matches!(decision, Decision::Mapped(_, Mapping::Resized(_)));
            decisions.push(decision)?;
        }
        let mut plan = Self { decisions };
        if resized {
            plan.carry_embedded(&Pair { base, split })?;
        }
        plan.move_users_of_carried(base);
        if mode == Mode::Strict {
            plan.refuse_carried(base)?;
        }
        Ok(plan)
    }

    /// Carries the types whose size differs from the kernel's where the module holds them by
    /// value: in a split type, or in a base type that stays the module's.
    fn carry_embedded(&mut self, types: &Pair<'_, '_, Offsets>) -> Result {
        let is_resized =
            |id| matches!(self.get(id), Some(Decision::Mapped(_, Mapping::Resized(_))));
        let leading = Leading::to(types, is_resized)?;
        let mut waiting: Buf<u32> = Buf::new();
        for (id, decision) in self.iter() {
            if !matches!(decision, Decision::Mapped(..)) {
                waiting.push(id)?;
            }
        }
        let mut failed = Ok(());
        let mut carry = |plan: &mut Self, id, waiting: &mut Buf<u32>| {
            // A type is carried once, so that this ends.
            if let Some(Decision::Mapped(_, Mapping::Resized(size))) = plan.get(id) {
                plan.set(id, Decision::Carried(Reason::Size(size)));
                failed = failed.and(waiting.push(id));
            }
        };
        for (_, record) in types.split.records() {
            leading.held_by(&record, |id| carry(self, id, &mut waiting));
        }
        while let Some(id) = waiting.pop() {
            if let Some(record) = types.base.record(id) {
                leading.held_by(&record, |id| carry(self, id, &mut waiting));
            }
        }
        Ok(failed?)
    }

    /// Moves the typedefs and functions that were found in the kernel, but are made of types of
    /// which the module keeps its own: the kernel's are made of the kernel's.
    fn move_users_of_carried(&mut self, base: &Btf<'_>) {
        let is_carried = |d: &Decision| matches!(d, Decision::Carried(_));
        if !self.decisions.iter().any(is_carried) {
            return;
        }
        for (id, record) in base.records() {
            let by_spelling = matches!(record.kind(), Kind::Typedef | Kind::Func);
            if by_spelling && leads_to(base, id, |id| self.get(id).as_ref().is_some_and(is_carried))
            {
                self.set(id, Decision::Moved);
            }
        }
    }

    /// Refuses what strict mode does.
    ///
    /// # Errors
    ///
    /// For the first type that is carried.
    pub fn refuse_carried(&self, base: &Btf<'_>) -> Result {
        for (id, decision) in self.iter() {
            if let Decision::Carried(reason) = decision {
                let place = Place::Type(id);
                return Err(Error::new(base.section(), place, Fault::Refused(reason)));
            }
        }
        Ok(())
    }

    /// All decisions, with the ids of the base's types.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Decision)> + '_ {
        (1..).zip(self.decisions.iter().copied())
    }

    /// What becomes of type `id` of the base; [`None`] for `void` and for split types.
    pub fn get(&self, id: u32) -> Option<Decision> {
        let nth = index(id).checked_sub(1)?;
        self.decisions.get(nth).copied()
    }

    fn set(&mut self, id: u32, decision: Decision) {
        let place = index(id)
            .checked_sub(1)
            .and_then(|nth| self.decisions.get_mut(nth));
        if let Some(place) = place {
            *place = decision;
        }
    }

    /// Counts the decisions.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (_, decision) in self.iter() {
            // NO-OVERFLOW: There are fewer than 2^20 types.
            match decision {
                Decision::Mapped(_, how) => {
                    counts.mapped += 1;
                    counts.resized += u32::from(matches!(how, Mapping::Resized(_)));
                }
                Decision::Carried(reason) => {
                    counts.carried += 1;
                    counts.ambiguous += u32::from(reason == Reason::Ambiguous);
                }
                Decision::Moved => counts.moved += 1,
            }
        }
        counts
    }
}
