// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Recognising slots and sets by their symbols: once, for all who ask.
//!
//! What makes no sense is noted and passed over, so that the rest can be listed.

use super::{
    slots::{
        error_at,
        Registers,
        Set,
        Slot,
        Slots,
        Use, //
    },
    symbol::{
        self,
        Meaning,
        Symbol,
        Wanted, //
    },
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
        wire::{
            words::{
                index,
                word, //
            },
            Kind, //
        },
        Result,
    },
    facade::Buf,
};
use core::ops::Range;

impl<'s, S: Space> Slots<'s, S> {
    /// Recognises what is in `section`, of which `symbols` are the symbols; they are sorted on the
    /// way.
    ///
    /// # Errors
    ///
    /// No memory. What makes no sense is told by [`Self::fault`].
    pub fn read<'a: 's>(
        section: &'s [u8],
        symbols: &'s mut [Symbol<'a>],
        registers: Registers,
    ) -> Result<Self> {
        symbol::sort(symbols);
        let symbols: &'s [Symbol<'s>] = symbols;
        let mut reading = Reading {
            slots: Self {
                section,
                symbols,
                slots: Buf::with_capacity(symbols.len())?,
                sets: Buf::new(),
                fault: None,
                stray: None,
                named: false,
            },
            end: 0,
            pace: Pace::new(),
        };
        let mut nth = 0u32;
        for symbol in symbols {
            reading.pace.step();
            if symbol.is_of_ids() {
                reading.symbol(nth, symbol)?;
            }
            // There are no more of them than a file has bytes.
            nth = nth.saturating_add(1);
        }
        reading.pass_over(u32::try_from(section.len()).unwrap_or(u32::MAX), None);
        let mut slots = reading.slots;
        mark_kfuncs(&mut slots, registers);
        if registers.dtors {
            mark_dtors(&mut slots);
        }
        Ok(slots)
    }
}

/// Going through the symbols, in order of their places.
struct Reading<'s, S> {
    slots: Slots<'s, S>,
    /// Up to where it is known what is there.
    end: u32,
    pace: Pace,
}

impl<'s, S: Space> Reading<'s, S> {
    /// Takes the next symbol, which is number `nth`.
    fn symbol(&mut self, nth: u32, symbol: &'s Symbol<'s>) -> Result {
        match symbol.meaning() {
            None => {
                // What is under it can't be told; it contradicts nothing, though.
                self.pass_over(symbol.at, None);
                let end = symbol.at.saturating_add(4);
                self.pass_over(end, Some(Fault::SymbolName));
            }
            Some(Meaning::Slot(_)) if symbol.at < self.end => self.slot_again(nth, symbol),
            Some(_) if symbol.at < self.end => self.fault(symbol.at, Fault::SymbolBounds),
            Some(_) if symbol.at & 3 != 0 => self.fault(symbol.at, Fault::SymbolUnaligned),
            Some(Meaning::Slot(wanted)) => self.slot(nth, symbol, wanted)?,
            Some(Meaning::Set(_)) => self.set(nth, symbol, 4)?,
            Some(Meaning::Set8(_)) => self.set(nth, symbol, 8)?,
        }
        Ok(())
    }

    /// Takes a slot of its own.
    fn slot(&mut self, nth: u32, symbol: &Symbol<'_>, wanted: Wanted<'_>) -> Result {
        self.pass_over(symbol.at, None);
        let Some(id) = self.word(symbol.at) else {
            self.fault(symbol.at, Fault::SymbolBounds);
            return Ok(());
        };
        self.end = symbol.at.saturating_add(4);
        self.slots.slots.push(Slot {
            at: symbol.at,
            id: Id::new(id),
            flags: None,
            used: use_of(wanted),
            found: None,
            has_rivals: false,
            set: None,
            is_counted: true,
            symbol: Some(nth),
        })?;
        Ok(())
    }

    /// Takes a symbol where a slot or a set is already: that of a slot in the set, or one more of
    /// the slot that says the same.
    fn slot_again(&mut self, nth: u32, symbol: &Symbol<'_>) {
        let slots = &mut self.slots.slots;
        let found = slots.binary_search_by_key(&symbol.at, |slot| slot.at);
        let slot = found.ok().and_then(|found| slots.get_mut(found));
        let agrees = match slot {
            Some(slot) => {
                let other = slot.symbol.and_then(|n| self.slots.symbols.get(index(n)));
                slot.symbol = slot.symbol.or(Some(nth));
                other.is_none_or(|other| other.meaning() == symbol.meaning())
            }
            None => false,
        };
        if !agrees {
            self.fault(symbol.at, Fault::SymbolBounds);
        }
    }

    /// Takes a set whose slots are `stride` bytes each. So are its count and flags, in front of
    /// them.
    fn set(&mut self, nth: u32, symbol: &Symbol<'_>, stride: u32) -> Result {
        self.pass_over(symbol.at, None);
        let after_head = symbol.at.saturating_add(stride);
        let (Some(count), Some(_)) = (self.word(symbol.at), self.word(after_head.wrapping_sub(4)))
        else {
            self.fault(symbol.at, Fault::SymbolBounds);
            return Ok(());
        };
        let left = self.slots.section.len().saturating_sub(index(symbol.at));
        let left = u32::try_from(left).unwrap_or(u32::MAX);
        if symbol.size > left {
            self.fault(symbol.at, Fault::SymbolBounds);
        }
        let room = symbol
            .size
            .min(left)
            .saturating_sub(stride)
            .checked_div(stride);
        let room = room.unwrap_or(0);
        let slots_end = |slots: u32| after_head.saturating_add(slots.saturating_mul(stride));
        // One that was never resolved counts none, and nothing is in its slots. One that types were
        // left out of counts fewer than it has room for, and nothing is behind them.
        let rest = slots_end(count)..slots_end(room);
        let counts_less = count != 0 && count < room && self.is_zero(rest);
        let len = if count == 0 || counts_less {
            room
        } else {
            count.min(room)
        };
        let set = Set {
            at: symbol.at,
            stride,
            count,
            flags: if stride == 8 {
                self.word(symbol.at.saturating_add(4))
            } else {
                None
            },
            symbol: nth,
            first: u32::try_from(self.slots.len()).unwrap_or(u32::MAX),
            len,
            missing: 0,
        };
        let mut holds_ids = false;
        let mut at = after_head;
        for nth in 0..len {
            self.pace.step();
            let id = self.word(at).and_then(Id::new);
            holds_ids |= id.is_some();
            let behind = self.word(at.saturating_add(4));
            self.slots.slots.push(Slot {
                at,
                id,
                flags: if stride == 8 { behind } else { None },
                used: Use::Own,
                found: None,
                has_rivals: false,
                set: Some(u32::try_from(self.slots.sets.len()).unwrap_or(u32::MAX)),
                is_counted: nth < count,
                symbol: None,
            })?;
            at = at.saturating_add(stride);
        }
        if count != room && !counts_less && (count != 0 || holds_ids) {
            self.fault(symbol.at, Fault::SetSize { room, count });
        }
        self.slots.sets.push(set)?;
        self.end = at;
        Ok(())
    }

    /// Whether there is nothing but zeros at `place`.
    fn is_zero(&mut self, place: Range<u32>) -> bool {
        let bytes = self.slots.section.get(index(place.start)..index(place.end));
        bytes.is_some_and(|bytes| {
            bytes.iter().all(|&byte| {
                self.pace.step();
                byte == 0
            })
        })
    }

    /// Passes over what lies before `to` and has no symbol that can be read; `fault` is what is
    /// wrong there if not that.
    fn pass_over(&mut self, to: u32, fault: Option<Fault>) {
        while self.end < to {
            self.pace.step();
            let at = self.end;
            let (start, end) = (index(at), index(to));
            let bytes = self.slots.section.get(start..);
            let bytes = bytes.map_or(&[][..], |b| b.get(..4).unwrap_or(b));
            if bytes.is_empty() {
                // Nothing of the section is left.
                self.end = to;
                return;
            }
            if bytes
                .iter()
                .take(end.saturating_sub(start))
                .any(|&b| b != 0)
            {
                let fault = fault.unwrap_or(Fault::NoSymbol);
                self.slots.stray = self.slots.stray.or(Some(error_at(at, fault)));
            }
            self.end = at.saturating_add(4).min(to);
        }
    }

    fn word(&self, at: u32) -> Option<u32> {
        word(self.slots.section, index(at))
    }

    /// Notes what makes no sense, if it is the first.
    fn fault(&mut self, at: u32, fault: Fault) {
        let error: Error = error_at(at, fault);
        self.slots.fault = self.slots.fault.or(Some(error));
    }
}

/// What a slot outside of sets is for, as the macros of `include/trace/trace_events.h` name it.
fn use_of(wanted: Wanted<'_>) -> Use {
    let of_event = match wanted.kind {
        Kind::Func => wanted.name.starts_with(b"__bpf_trace_"),
        Kind::Struct => wanted.name.starts_with(b"trace_event_raw_"),
        _ => false,
    };
    if of_event {
        Use::TraceEvent
    } else {
        Use::Own
    }
}

/// Finds the kfuncs: what is in sets that say so. A module that registers some and says so of no
/// set has forgotten to, which registering does not forgive: its other sets with flags must be
/// those.
fn mark_kfuncs<S: Space>(slots: &mut Slots<'_, S>, registers: Registers) {
    let says_so = slots.sets.iter().any(Set::is_of_kfuncs);
    let all = registers.kfuncs && !says_so;
    for slot in slots.slots.iter_mut() {
        let set = slot.set.and_then(|nth| slots.sets.get(index(nth)));
        if set.is_some_and(|set| set.is_of_kfuncs() || (all && set.flags.is_some())) {
            slot.used = Use::Kfunc;
        }
    }
}

/// Finds destructors: a slot for a struct and right behind it one for a function, in a module that
/// registers some. The list of them is made at run time, so that this can't be read.
fn mark_dtors<S: Space>(slots: &mut Slots<'_, S>) {
    let mut last = None;
    for nth in 0..slots.len() {
        let Some(&slot) = slots.slots.get(nth) else {
            return;
        };
        let wanted = slots.wanted(&slot).filter(|_| slot.used == Use::Own);
        let kind = wanted.filter(|_| slot.set.is_none()).map(|w| w.kind);
        if kind == Some(Kind::Func) && last == slot.at.checked_sub(4) && last.is_some() {
            let pair = nth.checked_sub(1).and_then(|of| slots.slots.get_mut(of..));
            if let Some([of, dtor, ..]) = pair {
                of.used = Use::DtorOf;
                dtor.used = Use::Dtor;
            }
        }
        last = kind.filter(|kind| kind.is_composite()).map(|_| slot.at);
    }
}
