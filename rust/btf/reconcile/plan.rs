// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The plan: what becomes of every type of a base.

use super::{
    decision::{
        Decision,
        Mapping,
        Reason, //
    },
    embedded::Embedded,
    matching::{
        Matcher,
        Wanted, //
    },
    underlying::leading_to_carried, //
};
use crate::{
    btf::{
        equal::Twins,
        error::Fault,
        kernel::{
            Prepared,
            Vmlinux, //
        },
        number::{
            Base,
            Id,
            Split, //
        },
        pace::Pace,
        wire::{
            words::index,
            Btf,
            Kind,
            Locate,
            Offsets,
            Pair, //
        },
        Result, //
    },
    facade::Buf,
};

/// Names that are looked up at once.
const WAVE: usize = 16;

/// What becomes of every type of a base.
pub struct Plan {
    /// One for each type, that of the first id first.
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

/// Types of a base on their way to be looked up.
#[derive(Default)]
struct Wave<'b> {
    ids: [Option<Id<Base>>; WAVE],
    names: [&'b [u8]; WAVE],
    len: usize,
}

impl<'b> Wave<'b> {
    /// Adds a type, for which there is room.
    fn add(&mut self, id: Id<Base>, name: &'b [u8]) {
        let places = (self.ids.get_mut(self.len), self.names.get_mut(self.len));
        if let (Some(its_id), Some(its_name)) = places {
            (*its_id, *its_name) = (Some(id), name);
            self.len = self.len.saturating_add(1);
        }
    }

    /// Whether there is no more room.
    fn is_full(&self) -> bool {
        self.len == WAVE
    }
}

impl Plan {
    /// Looks every type of `base` up in `vmlinux`.
    ///
    /// `split` tells which types the module embeds, so that their size matters; `twins` is of the
    /// same kernel.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new<'v, 'a, L: Locate>(
        vmlinux: &'v Vmlinux<'a, L>,
        base: &Btf<'_, Base>,
        split: &Btf<'_, Split>,
        twins: &mut Twins<'v, 'a, L>,
    ) -> Result<Self> {
        let mut plan = Self {
            decisions: Buf::filled(index(base.count()), Decision::Moved)?,
        };
        plan.look_up(vmlinux, base, twins)?;
        let is_resized = |(_, decision): &(_, Decision)| resized(*decision).is_some();
        if plan.iter().any(|decision| is_resized(&decision)) {
            plan.carry_embedded(&Pair { base, split })?;
        }
        plan.move_users_of_carried(base)?;
        Ok(plan)
    }

    /// Looks up each type that goes by its name.
    fn look_up<'v, 'a, L: Locate>(
        &mut self,
        vmlinux: &'v Vmlinux<'a, L>,
        base: &Btf<'_, Base>,
        twins: &mut Twins<'v, 'a, L>,
    ) -> Result {
        let mut matcher = Matcher::new(vmlinux, base, twins);
        let mut wave = Wave::default();
        let mut pace = Pace::new();
        for (id, record) in base.records() {
            pace.step();
            match base.name(record.name()) {
                Some(name) if !name.is_empty() => wave.add(id, name),
                _ => continue,
            }
            if wave.is_full() {
                self.look_up_wave(vmlinux, base, &mut matcher, &wave)?;
                wave.len = 0;
            }
        }
        self.look_up_wave(vmlinux, base, &mut matcher, &wave)
    }

    /// Looks up the types in `wave`.
    fn look_up_wave<'v: 'b, 'a: 'b, 'b, L: Locate>(
        &mut self,
        vmlinux: &'v Vmlinux<'a, L>,
        base: &Btf<'b, Base>,
        matcher: &mut Matcher<'_, 'v, 'a, 'b, L>,
        wave: &Wave<'b>,
    ) -> Result {
        let mut prepared = [Prepared::default(); WAVE];
        vmlinux.prepare(wave.names.get(..wave.len).unwrap_or(&[]), &mut prepared);
        let wanted = wave.ids.iter().zip(wave.names).zip(prepared);
        for ((&id, name), prepared) in wanted.take(wave.len) {
            let Some((id, record)) = id.and_then(|id| Some((id, base.record(id)?))) else {
                continue;
            };
            let decision = matcher.decide(Wanted {
                id,
                record,
                name,
                prepared,
            })?;
            self.set(id, decision);
        }
        Ok(())
    }

    /// Carries the types whose size differs from the kernel's where the module embeds them: in
    /// a split type, or in a base type that stays the module's.
    fn carry_embedded(&mut self, types: &Pair<'_, '_, Split, Offsets>) -> Result {
        let resized_ids = self
            .iter()
            .filter(|&(_, decision)| resized(decision).is_some());
        let mut embedded = Embedded::new(types, resized_ids.map(|(id, _)| id))?;
        let mut waiting: Buf<Id<Base>> = Buf::new();
        for (id, decision) in self.iter() {
            if !matches!(decision, Decision::Mapped(..)) {
                waiting.push(id)?;
            }
        }
        let mut failed = Ok(());
        let mut carry = |id: Id<Base>, waiting: &mut Buf<Id<Base>>| {
            // A type is carried once, so that this ends.
            if let Some(size) = self.get(id).and_then(resized) {
                self.set(id, Decision::Carried(Reason::Size(size)));
                if let Err(error) = waiting.push(id) {
                    failed = Err(error);
                }
            }
        };
        for id in types.split.ids() {
            embedded.by(types.split, id, |id| carry(id, &mut waiting));
        }
        while let Some(id) = waiting.pop() {
            embedded.by(types.base, id, |id| carry(id, &mut waiting));
        }
        Ok(failed?)
    }

    /// Moves the typedefs and functions that were found in the kernel, but are made of types of
    /// which the module keeps its own: the kernel's are made of the kernel's.
    fn move_users_of_carried(&mut self, base: &Btf<'_, Base>) -> Result {
        let is_mapped = |id| {
            let by_others = matches!(base.kind(id), Some(Kind::Typedef | Kind::Func));
            by_others && matches!(self.get(id), Some(Decision::Mapped(..)))
        };
        let is_carried = |(_, decision)| matches!(decision, Decision::Carried(_));
        if !self.iter().any(is_carried) || !base.ids().any(is_mapped) {
            return Ok(());
        }
        let leading = leading_to_carried(base, self)?;
        for id in base.ids() {
            let by_others = || matches!(base.kind(id), Some(Kind::Typedef | Kind::Func));
            if leading.end(id).is_some() && by_others() {
                self.set(id, Decision::Moved);
            }
        }
        Ok(())
    }

    /// Refuses what strict mode does.
    ///
    /// # Errors
    ///
    /// For the first type that is carried.
    pub fn refuse_carried(&self, base: &Btf<'_, Base>) -> Result {
        for (id, decision) in self.iter() {
            if let Decision::Carried(reason) = decision {
                return Err(base.at_type(id, Fault::Refused(reason)));
            }
        }
        Ok(())
    }

    /// All decisions, with the ids of the base's types.
    pub fn iter(&self) -> impl Iterator<Item = (Id<Base>, Decision)> + '_ {
        // No more than there are ids.
        let count = u32::try_from(self.decisions.len()).unwrap_or(u32::MAX);
        let end = Id::FIRST.forward(count).unwrap_or(Id::FIRST);
        Id::FIRST.up_to(end).zip(self.decisions.iter().copied())
    }

    /// What becomes of type `id` of the base; [`None`] if it has no such type.
    pub fn get(&self, id: Id<Base>) -> Option<Decision> {
        let nth = id.behind(Id::FIRST)?;
        self.decisions.get(index(nth)).copied()
    }

    fn set(&mut self, id: Id<Base>, decision: Decision) {
        let nth = id.behind(Id::FIRST);
        if let Some(place) = nth.and_then(|nth| self.decisions.get_mut(index(nth))) {
            *place = decision;
        }
    }

    /// Counts the decisions.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        // There are fewer than 2^20 types.
        let add = |count: &mut u32, n: bool| *count = count.wrapping_add(n.into());
        for (_, decision) in self.iter() {
            match decision {
                Decision::Mapped(_, how) => {
                    add(&mut counts.mapped, true);
                    add(&mut counts.resized, matches!(how, Mapping::Resized(_)));
                }
                Decision::Carried(reason) => {
                    add(&mut counts.carried, true);
                    add(&mut counts.ambiguous, reason == Reason::Ambiguous);
                }
                Decision::Moved => add(&mut counts.moved, true),
            }
        }
        counts
    }
}

/// The kernel's size of a type that is mapped although that differs.
fn resized(decision: Decision) -> Option<u32> {
    match decision {
        Decision::Mapped(_, Mapping::Resized(size)) => Some(size),
        _ => None,
    }
}
