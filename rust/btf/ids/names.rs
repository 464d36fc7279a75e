// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether ids are those of the types that the symbols name.

use super::{
    slots::{
        error_at,
        Slot,
        Slots, //
    },
    symbol::Wanted,
};
use crate::{
    btf::{
        error::{
            Error,
            Fault, //
        },
        number::{
            Id,
            Space, //
        },
        pace::Pace,
        sort::heapsort,
        wire::{
            words::index,
            Locate,
            Pair, //
        },
        Result,
    },
    facade::Buf,
};

/// Room for what is known of one set, used for all of them.
#[derive(Default)]
struct Room<'r> {
    /// What types its symbols name; which of the symbols they are.
    wanted: Buf<(Wanted<'r>, u32)>,
    /// What types its ids are; which of the slots they are in.
    found: Buf<(Wanted<'r>, usize)>,
    /// Symbols that name none of these.
    left: Buf<u32>,
}

impl<S: Space> Slots<'_, S> {
    /// Gives each symbol in a set to the slot that it is for: the set was sorted after the symbols
    /// were made, so that a symbol marks a place, and its id may be in another one. A slot whose
    /// type no symbol of the set names is left without; those that were never found get the names
    /// that are left.
    ///
    /// # Errors
    ///
    /// No memory.
    pub(super) fn name_sets<L: Locate>(&mut self, types: &Pair<'_, '_, S, L>) -> Result {
        if self.named {
            return Ok(());
        }
        let mut pace = Pace::new();
        let mut room = Room::default();
        for nth in 0..self.sets.len() {
            let Some(&set) = self.sets.get(nth) else {
                break;
            };
            room.wanted.clear();
            room.found.clear();
            room.left.clear();
            let first = index(set.first);
            for (slot, place) in self.slots_of(&set).iter().zip(first..) {
                pace.step();
                if let (Some(wanted), Some(symbol)) = (self.wanted(slot), slot.symbol) {
                    room.wanted.push((wanted, symbol))?;
                }
                if let Some(found) = slot.id.and_then(|id| type_of(types, id)) {
                    room.found.push((found, place))?;
                }
            }
            // None of it is in its place by then, and each is as good as another.
            if set.count == 0 {
                continue;
            }
            if let Some(set) = self.sets.get_mut(nth) {
                let named = u32::try_from(room.wanted.len()).unwrap_or(u32::MAX);
                set.missing = set.len.saturating_sub(named);
            }
            let of_set = first..first.saturating_add(index(set.len));
            for slot in self.slots.get_mut(of_set).unwrap_or(&mut []) {
                slot.symbol = None;
            }
            self.match_set(&mut room, first, index(set.len))?;
        }
        self.named = true;
        Ok(())
    }

    /// Gives the symbols in `room` to the slots in it; what is left goes to the slots from `first`
    /// on, `len` in all, that hold no id.
    fn match_set(&mut self, room: &mut Room<'_>, first: usize, len: usize) -> Result {
        heapsort(&mut room.wanted, |a, b| a < b);
        heapsort(&mut room.found, |a, b| a < b);
        let mut found = room.found.iter().peekable();
        for &(wanted, symbol) in room.wanted.iter() {
            // What no symbol names stays without.
            while found.next_if(|&&(found, _)| found < wanted).is_some() {}
            match found.next_if(|&&(found, _)| found == wanted) {
                Some(&(_, place)) => {
                    if let Some(slot) = self.slots.get_mut(place) {
                        slot.symbol = Some(symbol);
                    }
                }
                None => room.left.push(symbol)?,
            }
        }
        let mut left = room.left.iter();
        let slots = self.slots.get_mut(first..).unwrap_or(&mut []);
        for slot in slots.iter_mut().take(len).filter(|slot| slot.id.is_none()) {
            slot.symbol = left.next().copied();
        }
        Ok(())
    }

    /// Checks that the id in `slot` is that of the type which its symbol names. A slot without
    /// a symbol is right if `unnamed` says so.
    pub(super) fn check_name<L: Locate>(
        &self,
        slot: &Slot<S>,
        types: &Pair<'_, '_, S, L>,
        unnamed: impl FnOnce() -> core::result::Result<(), Fault>,
    ) -> Result {
        let Some(id) = slot.id else {
            return Ok(());
        };
        let fail = |fault| -> Result { Err(error_at(slot.at, fault)) };
        let number = id.number();
        let Some(found) = type_of(types, id) else {
            return fail(Fault::SlotId(number));
        };
        match self.wanted(slot) {
            Some(wanted) if wanted.kind != found.kind => fail(Fault::SlotKind {
                id: number,
                kind: found.kind,
                wanted: wanted.kind,
            }),
            Some(wanted) if wanted.name != found.name => fail(Fault::SlotName(number)),
            Some(_) => Ok(()),
            None => unnamed().or_else(fail),
        }
    }

    /// What is wrong with a slot that has no symbol of its own, in a set where there are enough of
    /// them for all, and where there are not.
    pub(super) fn unnamed(&self, slot: &Slot<S>) -> Fault {
        match (self.set_of(slot), slot.id) {
            (Some(set), Some(id)) if set.missing == 0 => Fault::SetName(id.number()),
            _ => Fault::NoSymbol,
        }
    }

    /// The first word that nothing tells the meaning of, if there is one: without that an id in it
    /// can't follow when others change.
    pub(super) fn stripped(&self) -> Option<Error> {
        let error = self.stray?;
        if self.symbols.iter().any(|symbol| symbol.is_of_ids()) {
            return Some(error);
        }
        let place = crate::btf::error::Place::Whole;
        Some(Error::new(error.section, place, Fault::NoSymbols))
    }
}

/// What type `id` is.
fn type_of<'a, S: Space, L: Locate>(types: &Pair<'_, 'a, S, L>, id: Id<S>) -> Option<Wanted<'a>> {
    let record = types.record(id)?;
    Some(Wanted {
        kind: record.kind(),
        name: types.name(record.name()).unwrap_or(&[]),
    })
}
