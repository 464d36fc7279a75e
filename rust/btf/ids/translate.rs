// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! New contents for `.BTF_ids`.

use super::{
    callable::Node,
    slots::{
        error_at,
        Set,
        Slot,
        Slots, //
    }, //
};
use crate::{
    btf::{
        error::Fault,
        number::Space,
        pace::Pace,
        reconcile::{
            Gone,
            IdMap, //
        },
        sort::heapsort,
        wire::{
            words::{
                index,
                set_word, //
            },
            Locate,
            Pair, //
        },
        Result,
    },
    facade::Buf,
};

/// The new id and the flags of a slot in a set, and which slot that was.
type Entry = (u32, usize, u32);

impl<S: Space> Slots<'_, S> {
    /// Puts the new ids, as `map` has them, in place of the old ones, which are those of `types`.
    /// Sets are sorted by their new ids, flags with them, since they are searched by bisection.
    /// What was found for slots that nobody had resolved goes into them; what was not stays 0, and
    /// is not counted by a set that was not resolved at all. A type that was left out is in no list
    /// and in no set any more.
    ///
    /// # Errors
    ///
    /// A section that makes no sense, words that have no symbol, and ids that are not those of the
    /// types that the symbols name: these were made for other BTF.
    pub fn translate<T: Space, L: Locate>(
        &mut self,
        types: &Pair<'_, '_, S, L>,
        map: &IdMap<S, T>,
    ) -> Result<Buf<u8>> {
        if let Some(error) = self.fault.or(self.stripped()) {
            return Err(error);
        }
        self.name_sets(types)?;
        let mut pace = Pace::new();
        for slot in self.iter() {
            pace.step();
            self.check_name(slot, types, || Err(self.unnamed(slot)))?;
        }
        self.write(map, |_| true)
    }

    /// The section with what was found for slots that nobody had resolved, and else as it is;
    /// [`None`] if nothing was found.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn filled<T: Space>(&self, map: &IdMap<S, T>) -> Result<Option<Buf<u8>>> {
        if self.iter().all(|slot| slot.found.is_none()) {
            return Ok(None);
        }
        self.write(map, |slot| slot.found.is_some()).map(Some)
    }

    /// The section with new ids in those slots, and sets of those slots, that `changes` picks.
    fn write<T: Space>(
        &self,
        map: &IdMap<S, T>,
        changes: impl Fn(&Slot<S>) -> bool,
    ) -> Result<Buf<u8>> {
        let mut pace = Pace::new();
        let mut bytes = Buf::with_capacity(self.section.len())?;
        bytes.extend_from_slice(self.section)?;
        let alone = self.iter().filter(|slot| slot.set.is_none());
        for slot in alone.filter(|slot| changes(slot)) {
            pace.step();
            let new = self.new_id(slot, map)?.unwrap_or(0);
            put(&mut bytes, slot.at, new)?;
        }
        let mut entries = Buf::new();
        for set in self.sets.iter() {
            if self.slots_of(set).iter().any(&changes) {
                self.write_set(set, map, &mut entries, &mut pace, &mut bytes)?;
            }
        }
        Ok(bytes)
    }

    /// Checks that the ids are those of the types that the symbols name, for BTF which does not say
    /// what it was made for: what nothing contradicts is right.
    ///
    /// # Errors
    ///
    /// As [`Self::translate`], but that words without a symbol are passed over.
    pub fn check<L: Locate>(&mut self, types: &Pair<'_, '_, S, L>) -> Result {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        self.name_sets(types)?;
        let mut pace = Pace::new();
        // How many more of the set's symbols may be gone.
        let mut missing = (None, 0u32);
        for slot in self.iter() {
            pace.step();
            if slot.set != missing.0 {
                missing = (slot.set, self.set_of(slot).map_or(0, |set| set.missing));
            }
            self.check_name(slot, types, || match missing.1.checked_sub(1) {
                Some(less) => {
                    missing.1 = less;
                    Ok(())
                }
                None => Err(slot
                    .id
                    .map_or(Fault::NoSymbol, |id| Fault::SetName(id.number()))),
            })?;
        }
        Ok(())
    }

    /// The number that takes the place of the id in `slot`; [`None`] if its type was left out.
    fn new_id<T: Space>(&self, slot: &Slot<S>, map: &IdMap<S, T>) -> Result<Option<u32>> {
        let old = match slot.node() {
            None => return Ok(Some(0)),
            Some(Node::Kernel(id)) => return Ok(Some(id.number())),
            Some(Node::Own(id)) => id,
        };
        match map.find(old) {
            Some(Gone::To(new)) => Ok(Some(new.number())),
            Some(Gone::LeftOut) => Ok(None),
            None => Err(error_at(slot.at, Fault::SlotId(old.number()))),
        }
    }

    /// Writes a set.
    fn write_set<T: Space>(
        &self,
        set: &Set,
        map: &IdMap<S, T>,
        entries: &mut Buf<Entry>,
        pace: &mut Pace,
        bytes: &mut [u8],
    ) -> Result {
        entries.clear();
        let slots = self.slots_of(set);
        for (nth, slot) in slots.iter().enumerate() {
            pace.step();
            if !slot.is_counted && slot.found.is_none() {
                continue;
            }
            if let Some(new) = self.new_id(slot, map)? {
                entries.push((new, nth, slot.flags.unwrap_or(0)))?;
            }
        }
        if entries.is_empty() && set.count == 0 {
            return Ok(());
        }
        heapsort(entries, |a, b| a < b);
        let len = u32::try_from(entries.len()).unwrap_or(u32::MAX);
        put(bytes, set.at, len)?;
        let mut entries = entries.iter();
        for slot in slots {
            let (new, _, flags) = entries.next().copied().unwrap_or((0, 0, 0));
            put(bytes, slot.at, new)?;
            if set.stride == 8 {
                put(bytes, slot.at.saturating_add(4), flags)?;
            }
        }
        Ok(())
    }
}

/// Writes a word.
fn put(bytes: &mut [u8], at: u32, word: u32) -> Result {
    set_word(bytes, index(at), word).ok_or(error_at(at, Fault::SymbolBounds))
}
