// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types of a module are copies of the kernel's.

use super::declarations::declarations;
use crate::{
    btf::{
        equal::{
            goes_by_name,
            Modules,
            Node,
            Pairs,
            Twins, //
        },
        kernel::Vmlinux,
        limits::MAX_RIVALS,
        number::{
            Id,
            Kernel,
            New,
            Off, //
        },
        pace::Pace,
        wire::{
            words::index,
            Btf,
            Kind,
            Locate,
            Pair,
            Record, //
        },
        Result, //
    },
    facade::Buf,
};

/// A type of the module of whose name and kind the kernel has a type.
#[derive(Clone, Copy)]
pub(super) struct Namesake {
    pub(super) ours: Id<New>,
    /// The first of them.
    pub(super) kernels: Id<Kernel>,
    /// Whether the kernel has several that it may be a copy of.
    has_rivals: bool,
    /// Whether several types of the kernel are equal to it, but not to each other.
    pub(super) is_ambiguous: bool,
}

/// The types of a module that are copies of the kernel's.
pub struct Copies<'p, 'a, L> {
    pub(super) types: Pair<'p, 'a, New, L>,
    /// What the kernel's are to each other, as far as anybody asked.
    pub(super) twins: &'p Twins<'p, 'a, L>,
    pub(super) found: Found,
}

/// What has been found out about the types of a module.
pub(super) struct Found {
    pub(super) pairs: Pairs<New>,
    /// For each type which of the kernel's it is a copy of; empty if nothing was compared.
    kernels: Buf<Option<Id<Kernel>>>,
    /// In order of the module's ids.
    pub(super) namesakes: Buf<Namesake>,
    /// Types that are none, but may be what others are made of that are.
    made_of: Buf<Id<New>>,
}

impl<'p, 'a, L: Locate> Copies<'p, 'a, L> {
    /// Looks for copies in `split`, which is split from the kernel's BTF.
    ///
    /// Each type is compared with a bounded number of the kernel's, so that the work is bounded by
    /// the size of `split`, but for looking each name up.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn find<'v: 'p, 'w: 'a>(
        vmlinux: &'p Vmlinux<'a, L>,
        split: &'p Btf<'a, New>,
        twins: &'p mut Twins<'v, 'w, L>,
    ) -> Result<Self> {
        let types = Pair {
            base: &vmlinux.btf,
            split,
        };
        let mut found = Found {
            pairs: Pairs::new(),
            kernels: Buf::new(),
            namesakes: Buf::new(),
            made_of: Buf::new(),
        };
        let mut declared = Buf::new();
        let mut pace = Pace::new();
        for id in split.ids() {
            pace.step();
            match split.kind_and_name(id) {
                Some((Kind::Fwd, Some(_))) => declared.push(id)?,
                Some((kind, Some(off))) if kind == Kind::Typedef || goes_by_name(kind) => {
                    found.look_up(vmlinux, &types, (id, kind, off))?;
                }
                _ => {}
            }
        }
        if !found.namesakes.is_empty() || !declared.is_empty() {
            found.compare(vmlinux, types, declared, twins)?;
        }
        Ok(Self {
            types,
            twins,
            found,
        })
    }

    /// The kernel's types, and those of the module.
    pub fn types(&self) -> &Pair<'p, 'a, New, L> {
        &self.types
    }

    /// The kernel's type that type `id` of the module is a copy of.
    #[inline]
    pub fn kernels(&self, id: Id<New>) -> Option<Id<Kernel>> {
        let nth = self.types.split.nth(id)?;
        self.found.kernels.get(nth).copied().flatten()
    }

    /// Types that are no copies themselves: copies are made of none but these, and such as have
    /// a name.
    pub fn made_of(&self) -> &[Id<New>] {
        &self.found.made_of
    }

    /// Number of types that are copies and have a name, forward declarations among them.
    pub fn count(&self) -> u32 {
        let split = self.types.split;
        let mut count: u32 = 0;
        for id in split.ids() {
            if self.kernels(id).is_some() && is_named(split, id) {
                count = count.saturating_add(1);
            }
        }
        count
    }
}

impl Found {
    /// Notes the kernel's types of the name of type `id`.
    fn look_up<L: Locate>(
        &mut self,
        vmlinux: &Vmlinux<'_, L>,
        types: &Pair<'_, '_, New, L>,
        (id, kind, off): (Id<New>, Kind, Off<New>),
    ) -> Result {
        let name = types.name(Some(off)).unwrap_or(&[]);
        if name.is_empty() {
            return Ok(());
        }
        let mut first = None;
        let mut rivals = [None; MAX_RIVALS];
        let mut count: usize = 0;
        let all = vmlinux.named(name, |other, theirs| {
            if theirs.kind() != kind {
                return;
            }
            let Some(ours) = types.split.record(id).filter(|ours| !is_opaque(ours)) else {
                return;
            };
            first = first.or(Some(other));
            let same_size = theirs.size() == ours.size() && theirs.vlen() == ours.vlen();
            if kind == Kind::Typedef || same_size {
                if let Some(place) = rivals.get_mut(count) {
                    *place = Some(other);
                }
                count = count.saturating_add(1);
            }
        });
        let Some(first) = first else {
            return Ok(());
        };
        // More than are looked at: which it is a copy of can't be told.
        let is_ambiguous = all.is_err() || count > MAX_RIVALS;
        if self.namesakes.is_empty() {
            self.pairs.make_room(types.split.count())?;
        }
        self.namesakes.push(Namesake {
            ours: id,
            kernels: first,
            has_rivals: count > 1,
            is_ambiguous,
        })?;
        if !is_ambiguous {
            for rival in rivals.into_iter().map_while(|rival| rival) {
                self.pairs.start(id, rival, kind)?;
            }
        }
        Ok(())
    }

    /// Compares the types that the kernel may have, too; `declared` are the forward declarations.
    fn compare<'p, 'a, L: Locate>(
        &mut self,
        vmlinux: &'p Vmlinux<'a, L>,
        types: Pair<'p, 'a, New, L>,
        declared: Buf<Id<New>>,
        twins: &mut Twins<'_, '_, L>,
    ) -> Result {
        let split = types.split;
        self.kernels = Buf::filled(index(split.count()), None)?;
        let declared = declarations(vmlinux, &types, &declared, twins)?;
        for &(id, kernels) in declared.iter() {
            let nth = split.nth(id);
            if let Some(place) = nth.and_then(|nth| self.kernels.get_mut(nth)) {
                *place = Some(kernels);
            }
        }
        let mut modules = Modules {
            types,
            twins,
            declared,
        };
        self.pairs.settle(&mut modules)?;
        self.settle_nominal(split, twins)?;
        self.settle_structural(split)
    }

    /// Settles for the kernel's types that are equal to those that go by their names: the first of
    /// several, if they are one.
    fn settle_nominal<L: Locate>(
        &mut self,
        split: &Btf<'_, New>,
        twins: &mut Twins<'_, '_, L>,
    ) -> Result {
        for namesake in self.namesakes.iter_mut().filter(|n| !n.is_ambiguous) {
            let equal = self.pairs.equal_to(namesake.ours);
            let Some(lowest) = equal.into_iter().map_while(|id| id).min() else {
                continue;
            };
            // What found no room may be another one that is equal.
            let is_complete = !(namesake.has_rivals && self.pairs.overflowed());
            let are_one = is_complete && twins.are_one(&equal)?;
            namesake.is_ambiguous = !are_one;
            let nth = split.nth(namesake.ours);
            if let Some(place) = nth.and_then(|nth| self.kernels.get_mut(nth)) {
                *place = Some(lowest).filter(|_| are_one);
            }
        }
        Ok(())
    }

    /// Settles for the kernel's types that are equal to the others and made of the same types to
    /// the id, so that it does not matter which.
    fn settle_structural(&mut self, split: &Btf<'_, New>) -> Result {
        let kernels = &self.kernels;
        self.pairs
            .find_inexact(|id| kernels.get(split.nth(id)?).copied().flatten())?;
        for node in self.pairs.nodes() {
            if node.is_nominal || !node.is_equal() {
                continue;
            }
            let nth = split.nth(node.ours);
            if let Some(place) = nth.and_then(|nth| self.kernels.get_mut(nth)) {
                *place = Some(place.map_or(node.kernels, |had| had.min(node.kernels)));
            }
        }
        // A copy leads to nothing that is not equal. Mostly there is nothing of that left.
        let is_copy =
            |id: Id<New>| split.nth(id).and_then(|nth| self.kernels.get(nth)) != Some(&None);
        for node in self.pairs.nodes() {
            if !node.may_be_in_equal() {
                continue;
            }
            let leads = |user: &Node<New>| is_copy(user.ours) || user.may_be_in_equal();
            if !is_copy(node.ours) && self.pairs.is_led_to(node, leads) {
                self.made_of.push(node.ours)?;
            }
            // Pairs say nothing of that.
            if node.kind == Kind::Array {
                let array = split.record(node.ours).and_then(|record| record.array());
                if let Some(of) = array.and_then(|array| array.index) {
                    self.made_of.push(of)?;
                }
            }
        }
        Ok(())
    }
}

/// Whether only the size of a type is known: it can't be told what it is a copy of.
fn is_opaque(record: &Record<'_, New>) -> bool {
    let has_parts = record.kind().is_composite() || record.kind().is_enum();
    has_parts && record.vlen() == 0 && record.size() != 0
}

/// Whether type `id` is called something; a tag has its words where others have a name.
pub fn is_named(split: &Btf<'_, New>, id: Id<New>) -> bool {
    split.name_of(id).is_some() && split.kind(id) != Some(Kind::TypeTag)
}
