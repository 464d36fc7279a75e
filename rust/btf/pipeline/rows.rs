// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What there is to say of single types and slots, for whoever prints it.
//!
//! None of this is needed to load a module: the kernel module asks for it after the commit.

use super::outcome::{
    Done,
    Outcome,
    Types, //
};
use crate::btf::{
    equal::Difference,
    ids::{
        Callables,
        Node,
        Slot,
        Slots,
        Use,
        View, //
    },
    kernel::Vmlinux,
    number::{
        number_of,
        Base,
        Id,
        Kernel,
        New,
        Space, //
    },
    reconcile::{
        Decision,
        Mapping,
        Reason, //
    },
    wire::{
        Kind,
        Locate, //
    },
    Result, //
};
use core::fmt;

/// One type of the base.
#[derive(Clone, Copy)]
pub struct TypeRow<'r> {
    /// Its id in the base.
    pub id: Id<Base>,
    /// Its kind.
    pub kind: Kind,
    /// Its name, empty if it has none.
    pub name: &'r [u8],
    /// Its size in bytes as the module knows it, for kinds that have one.
    pub size: Option<u32>,
    /// What becomes of it.
    pub decision: Decision,
    /// Its id now; none if nothing needs it.
    pub new: Option<Id<New>>,
}

impl TypeRow<'_> {
    /// The size of the kernel's, where it differs.
    pub fn kernel_size(&self) -> Option<u32> {
        let size = match self.decision {
            Decision::Mapped(_, Mapping::Resized(size)) => Some(size),
            Decision::Carried(Reason::Size(size)) => Some(size),
            _ => None,
        };
        size.filter(|_| self.size.is_some())
    }
}

/// One type of the module that is not the kernel's of the same name and kind.
#[derive(Clone, Copy)]
pub struct DifferingRow<'r> {
    /// Its id now.
    pub id: Id<New>,
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: &'r [u8],
    /// The id of the kernel's.
    pub kernels: Id<Kernel>,
    /// The first difference.
    pub why: Difference<'r>,
}

/// One slot of `.BTF_ids`.
#[derive(Clone, Copy)]
pub struct SlotRow<'r> {
    /// Where it lies in the section, in bytes.
    pub at: u32,
    /// Its symbol, or that of the set that it is in.
    pub symbol: &'r [u8],
    /// The set that it is in.
    pub set: Option<&'r [u8]>,
    /// The number in it; 0 if nobody resolved it.
    pub old: u32,
    /// The number that takes its place; none if that is not known.
    pub new: Option<u32>,
    /// Kind of the type with this id.
    pub kind: Option<Kind>,
    /// Name of that type, or else what its symbol says.
    pub name: &'r [u8],
    /// The flags behind the id, in sets that have them.
    pub flags: Option<u32>,
    /// What it is used for.
    pub used: Use,
    /// Name of the type that a destructor is for.
    pub of: &'r [u8],
    /// What keeps a kfunc or destructor from being used, in words.
    pub barrier: Option<&'r dyn fmt::Display>,
    /// Whether its type was found by the name that its symbol tells, since nobody had resolved it.
    pub is_resolved: bool,
    /// Whether that is the first of several types of the name.
    pub has_rivals: bool,
}

impl<L: Locate> Done<'_, L> {
    /// Tells of the types of the base, in order of their ids, `most` of them at the most.
    pub fn list_types(&self, most: usize, each: &mut dyn FnMut(TypeRow<'_>)) {
        let Types::Based {
            types, plan, ids, ..
        } = &self.types
        else {
            return;
        };
        for (id, decision) in plan.iter().take(most) {
            let Some(record) = types.base.record(id) else {
                continue;
            };
            let kind = record.kind();
            each(TypeRow {
                id,
                kind,
                name: types.base.name(record.name()).unwrap_or(&[]),
                size: kind.has_size().then_some(record.size()),
                decision,
                new: ids.get(Id::of_base(id)),
            });
        }
    }

    /// Tells of the types that might have been copies of the kernel's, `most` of them at the most.
    pub fn list_differing(&self, most: usize, each: &mut dyn FnMut(DifferingRow<'_>)) {
        let Some((copies, after)) = self.copies else {
            return;
        };
        for (id, kernels, why) in copies.differing().take(most) {
            let (Some(new), Some(record)) = (after.get(id), copies.types().record(id)) else {
                continue;
            };
            each(DifferingRow {
                id: new,
                kind: record.kind(),
                name: copies.types().name(record.name()).unwrap_or(&[]),
                kernels,
                why: why.renumbered(after),
            });
        }
    }

    /// Tells of the slots of `.BTF_ids`, in order of their places, `most` of them at the most.
    /// `cfi` says whether the kernel has `CONFIG_CFI`.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn list_slots(
        &self,
        vmlinux: &Vmlinux<'_, L>,
        cfi: bool,
        most: usize,
        each: &mut dyn FnMut(SlotRow<'_>),
    ) -> Result {
        match self.types {
            Types::Plain { types, ids, slots } => {
                let view = View {
                    vmlinux,
                    types,
                    map: ids,
                };
                list(view, slots, &|_| None, cfi, most, each)
            }
            Types::Based {
                types,
                plan,
                ids,
                slots,
            } => {
                let view = View {
                    vmlinux,
                    types,
                    map: ids,
                };
                let reason = |id| match plan.get(id) {
                    Some(Decision::Carried(reason)) => Some(reason),
                    _ => None,
                };
                list(view, slots, &reason, cfi, most, each)
            }
        }
    }
}

impl<L> Outcome<'_, L> {
    /// Tells of the slots of a module whose BTF is of no use, `most` of them at the most.
    pub fn list_lost_slots(&self, most: usize, each: &mut dyn FnMut(SlotRow<'_>)) {
        if let Some(slots) = self.lost {
            list_lost_slots(slots, most, each);
        }
    }
}

/// Tells of `slots`, whose ids are of no use, `most` of them at the most.
pub fn list_lost_slots(slots: &Slots<'_, New>, most: usize, each: &mut dyn FnMut(SlotRow<'_>)) {
    let name_of = |slot| slots.wanted(slot).map_or(&[][..], |wanted| wanted.name);
    for slot in slots.iter().take(most) {
        each(SlotRow {
            at: slot.at,
            symbol: slots.symbol(slot),
            set: slots.set_name(slot),
            old: number_of(slot.id),
            new: None,
            kind: None,
            // Ids that can't be trusted do not tell the name.
            name: name_of(slot),
            flags: slot.flags,
            used: slot.used,
            of: slots.dtor_of(slot).map_or(&[], name_of),
            barrier: None,
            is_resolved: false,
            has_rivals: false,
        });
    }
}

/// Tells of `slots`, whose ids are those of the types in `view`. `reason` tells why a type of a
/// base was carried.
fn list<S: Space, L: Locate, B: Locate>(
    view: View<'_, '_, S, L, B>,
    slots: Option<&Slots<'_, S>>,
    reason: &dyn Fn(Id<S::Base>) -> Option<Reason>,
    cfi: bool,
    most: usize,
    each: &mut dyn FnMut(SlotRow<'_>),
) -> Result {
    let Some(slots) = slots else { return Ok(()) };
    let mut callables = Callables::new(view, slots, reason, cfi)?;
    for slot in slots.iter().take(most) {
        let record = |slot: &Slot<S>| view.record(slot.node()?);
        let name = |slot: &Slot<S>| {
            let name = record(slot).map(|record| view.name(&record));
            let wanted = || slots.wanted(slot).map(|wanted| wanted.name);
            name.or_else(wanted).unwrap_or(&[])
        };
        let told = callables
            .barrier(slot)
            .map(|barrier| callables.tell(barrier));
        let new = match slot.node() {
            Some(Node::Own(id)) => view.map.get(id).map(Id::number),
            Some(Node::Kernel(id)) => Some(id.number()),
            None => Some(0),
        };
        each(SlotRow {
            at: slot.at,
            symbol: slots.symbol(slot),
            set: slots.set_name(slot),
            old: number_of(slot.id),
            new,
            kind: record(slot).map(|record| record.kind()),
            name: name(slot),
            flags: slot.flags,
            used: slot.used,
            of: slots.dtor_of(slot).map_or(&[], name),
            barrier: told.as_ref().map(|told| told as &dyn fmt::Display),
            is_resolved: slot.found.is_some() && new.is_some(),
            has_rivals: slot.has_rivals,
        });
    }
    Ok(())
}
