// SPDX-License-Identifier: GPL-2.0

//! What has been seen of one module, kept while it is loaded.

use crate::{
    btf::{
        Barrier,
        Btf,
        Copies,
        Counts,
        Decision,
        Difference,
        Kind,
        Locate,
        Marks,
        NoMemory,
        Pair,
        Plan,
        Reconciled,
        Record,
        Slot,
        Symbol, //
    },
    facade::Buf,
    shown::Shown, //
};
use kernel::{
    fmt,
    prelude::*,
    str::{
        BStr,
        CStr,
        CString, //
    },
    time::Delta, //
};

/// Types and slots of one module that are kept; what goes beyond is counted.
const MAX_ROWS: usize = 1 << 15;

/// Bytes of a string that are kept, as many as the kernel takes for a name.
const MAX_STRING: usize = 511;
/// Bytes of a type's name, in the mean.
const MEAN_NAME: usize = 20;
/// Bytes of all strings of one module that are kept.
const MAX_TEXT: usize = 4 << 20;

/// What became of a module's BTF, in the words of `btf-reconcile check`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is of this kernel as it is.
    Fits,
    /// Every type of its base is the kernel's.
    Reconciled,
    /// Some types of its base have become types of its own.
    Carries,
    /// It is of another kernel and has no base, or makes no sense.
    Stale,
    /// The same, and the module is refused for it.
    Refused,
    /// Nothing could be done for it.
    Left,
}

impl Verdict {
    /// The word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Verdict::Fits => "fits",
            Verdict::Reconciled => "reconciled",
            Verdict::Carries => "carries",
            Verdict::Stale => "stale",
            Verdict::Refused => "refused",
            Verdict::Left => "left",
        }
    }
}

/// How a module says what its BTF was made against.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// It does not.
    Plain,
    /// `.BTF.base`
    Base,
    /// `.BTF.base_ref`
    BaseRef,
}

impl Form {
    /// The word for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Form::Plain => "plain",
            Form::Base => "base",
            Form::BaseRef => "base_ref",
        }
    }
}

/// The name of a module, which takes no memory of its own: what is seen of a module must not hang
/// on that.
pub(crate) struct ModuleName([u8; ModuleName::ROOM]);

impl ModuleName {
    /// Bytes that no name fills: `MODULE_NAME_LEN` is a pointer's size less.
    const ROOM: usize = 64;

    fn new(name: &BStr) -> Self {
        let mut bytes = [0; Self::ROOM];
        // The last byte stays a NUL.
        for (place, &byte) in bytes.iter_mut().take(Self::ROOM - 1).zip(name.iter()) {
            *place = byte;
        }
        Self(bytes)
    }

    /// It, as a C string.
    pub(crate) fn as_c_str(&self) -> &CStr {
        CStr::from_bytes_until_nul(&self.0).unwrap_or(c"")
    }

    /// It, as bytes that can be shown.
    pub(crate) fn as_bytes(&self) -> &BStr {
        BStr::from_bytes(self.as_c_str().to_bytes())
    }
}

/// A string that is kept, in [`Seen::text`].
#[derive(Clone, Copy)]
pub(crate) struct Text {
    at: usize,
    len: usize,
}

/// One type of the base.
#[derive(Clone, Copy)]
pub(crate) struct TypeRow {
    /// Its id in the base.
    pub(crate) id: u32,
    /// Its kind.
    pub(crate) kind: Kind,
    /// Its name.
    pub(crate) name: Text,
    /// Its size, or what stands in its place.
    pub(crate) size: u32,
    /// What became of it.
    pub(crate) decision: Decision,
    /// Its id now.
    pub(crate) new: u32,
}

/// One type of the module that is not the kernel's of the same name and kind.
#[derive(Clone, Copy)]
pub(crate) struct DifferingRow {
    /// Its id now.
    pub(crate) id: u32,
    /// Its kind.
    pub(crate) kind: Kind,
    /// Its name.
    pub(crate) name: Text,
    /// The id of the kernel's.
    pub(crate) kernels: u32,
    /// The first difference, in words.
    pub(crate) why: Text,
}

/// One slot of `.BTF_ids`.
#[derive(Clone, Copy)]
pub(crate) struct SlotRow {
    /// Where it lies and what it holds.
    pub(crate) slot: Slot,
    /// The symbol over it.
    pub(crate) symbol: Text,
    /// Kind of the type with its id.
    pub(crate) kind: Kind,
    /// Name of that type.
    pub(crate) name: Text,
    /// What the kernel uses it for.
    pub(crate) used: Used,
}

/// What the kernel uses a slot for.
#[derive(Clone, Copy)]
pub(crate) enum Used {
    /// A kfunc; what keeps programs from using it.
    Kfunc(Option<Barrier>),
    /// A destructor for the type of this name; what keeps the kernel from taking it.
    Dtor(Text, Option<Barrier>),
    /// Something else.
    Other,
}

impl Used {
    /// What is in the way of its use.
    pub(crate) fn barrier(self) -> Option<Barrier> {
        match self {
            Used::Kfunc(barrier) | Used::Dtor(_, barrier) => barrier,
            Used::Other => None,
        }
    }
}

/// A function that is called for programs.
#[derive(Clone, Copy)]
pub(crate) enum Callable {
    /// The kfunc with this id.
    Kfunc(u32),
    /// The destructor with this id, for the type with that one.
    Dtor(u32, u32),
}

/// What has been seen of one module.
pub(crate) struct Seen {
    /// Its name.
    pub(crate) module: ModuleName,
    /// What became of its BTF.
    pub(crate) verdict: Verdict,
    /// How it says what its BTF was made against.
    pub(crate) form: Form,
    /// Why, if it is stale or left.
    pub(crate) why: Option<CString>,
    /// How many types met which fate.
    pub(crate) counts: Counts,
    /// Types that were copies of the kernel's.
    pub(crate) unified: u32,
    /// Types of which the kernel's differ.
    pub(crate) differing: usize,
    /// Bytes of BTF less for the copies.
    pub(crate) bytes_unified: usize,
    /// Slots in `.BTF_ids`.
    pub(crate) slots: usize,
    /// What the work took.
    pub(crate) time: Delta,
    /// Bytes of BTF that it came with, base included.
    pub(crate) bytes_before: usize,
    /// Bytes of BTF that it has.
    pub(crate) bytes_after: usize,
    /// What became of each type.
    pub(crate) type_rows: Buf<TypeRow>,
    /// The types of which the kernel's differ.
    pub(crate) differing_rows: Buf<DifferingRow>,
    /// What became of each slot.
    pub(crate) slot_rows: Buf<SlotRow>,
    text: Buf<u8>,
}

impl Seen {
    /// A module of which no more is known than what became of it.
    pub(crate) fn new(module: &BStr, verdict: Verdict, form: Form) -> Self {
        Self {
            module: ModuleName::new(module),
            verdict,
            form,
            why: None,
            counts: Counts::default(),
            unified: 0,
            differing: 0,
            bytes_unified: 0,
            slots: 0,
            time: Delta::ZERO,
            bytes_before: 0,
            bytes_after: 0,
            type_rows: Buf::new(),
            differing_rows: Buf::new(),
            slot_rows: Buf::new(),
            text: Buf::new(),
        }
    }

    /// Says why, if there is memory for it.
    pub(crate) fn because(mut self, why: impl fmt::Display) -> Self {
        self.why = CString::try_from_fmt(fmt!("{why}")).ok();
        self
    }

    /// Keeps a copy of `string`, as far as it goes.
    fn keep(&mut self, string: &[u8]) -> Result<Text, NoMemory> {
        let at = self.text.len();
        let room = MAX_TEXT.saturating_sub(at).min(MAX_STRING);
        let string = string.get(..room).unwrap_or(string);
        self.text.extend_from_slice(string)?;
        let len = string.len();
        Ok(Text { at, len })
    }

    /// Reads a string that was kept.
    pub(crate) fn text(&self, text: Text) -> &BStr {
        let bytes = self.text.get(text.at..).and_then(|t| t.get(..text.len));
        BStr::from_bytes(bytes.unwrap_or(&[]))
    }

    /// Lists what became of the types of `base`.
    ///
    /// # Errors
    ///
    /// No memory; what was listed so far is.
    pub(crate) fn list_types(
        &mut self,
        base: &Btf<'_>,
        plan: &Plan,
        new: impl Fn(u32) -> Option<u32>,
    ) -> Result<(), NoMemory> {
        // All at once: growing takes longer than the rest. CAST: 32 bits fit.
        let rows = MAX_ROWS.min(base.count() as usize);
        self.type_rows.reserve(rows)?;
        let room = MAX_TEXT.saturating_sub(self.text.len());
        let names = base.header().strs.len().min(rows.saturating_mul(MEAN_NAME));
        let _ = self.text.reserve(room.min(names));
        for (id, decision) in plan.iter().take(MAX_ROWS) {
            if let Some(record) = base.record(id) {
                let name = self.keep(base.name(record.name_off).unwrap_or(&[]))?;
                self.type_rows.push(TypeRow {
                    id,
                    kind: record.kind(),
                    name,
                    size: record.size_or_type,
                    decision,
                    new: new(id).unwrap_or(0),
                })?;
            }
        }
        Ok(())
    }

    /// Counts the copies in BTF of which `after` is what became, and lists the types that might
    /// have been ones. Without memory the list is shorter.
    pub(crate) fn count_copies<L: Locate>(
        &mut self,
        copies: &Copies<'_, '_, L>,
        after: &Reconciled,
    ) {
        self.unified = copies.count();
        for (id, kernels, difference) in copies.differing() {
            let difference = difference.renumbered(&after.ids);
            self.differing += 1;
            if self.differing <= MAX_ROWS {
                let id = after.ids.get(id).zip(copies.types().record(id));
                let _ = self.list_differing(copies, id, kernels, difference);
            }
        }
    }

    /// Lists a type, of which the new id and the record are given, that is not the kernel's.
    ///
    /// # Errors
    ///
    /// No memory; it is not listed then.
    fn list_differing<L: Locate>(
        &mut self,
        copies: &Copies<'_, '_, L>,
        type_: Option<(u32, Record<'_>)>,
        kernels: u32,
        difference: Difference<'_>,
    ) -> Result {
        let Some((id, record)) = type_ else {
            return Ok(());
        };
        let name = copies.types().name(record.name_off).unwrap_or(&[]);
        let why = CString::try_from_fmt(fmt!("{}", Shown(difference)))?;
        let row = DifferingRow {
            id,
            kind: record.kind(),
            name: self.keep(name).map_err(|_| ENOMEM)?,
            kernels,
            why: self.keep(why.to_bytes()).map_err(|_| ENOMEM)?,
        };
        self.differing_rows.push(row).map_err(|_| ENOMEM)
    }

    /// Gives the slots that are listed, which `slots` are, new ids; `barrier` tells what is in the way
    /// now, if that is known.
    pub(crate) fn renumber_slots(
        &mut self,
        slots: &[Slot],
        barrier: Option<impl Fn(Callable) -> Option<Barrier>>,
    ) {
        let mut last = 0;
        for (row, slot) in self.slot_rows.iter_mut().zip(slots) {
            row.slot.new = slot.new;
            let of = core::mem::replace(&mut last, slot.old);
            let Some(barrier) = &barrier else { continue };
            row.used = match row.used {
                Used::Kfunc(_) => Used::Kfunc(barrier(Callable::Kfunc(slot.old))),
                Used::Dtor(name, _) => Used::Dtor(name, barrier(Callable::Dtor(slot.old, of))),
                Used::Other => Used::Other,
            };
        }
    }

    /// Lists what became of the slots of `.BTF_ids`; `types` are what their old ids mean, `barrier`
    /// tells, by old ids, what is in the way of a function's use. `has_dtors`: whether the module
    /// registers destructors. Their list is made at run time, so that they are told by a struct with
    /// a function behind it.
    ///
    /// # Errors
    ///
    /// No memory; what was listed so far is.
    pub(crate) fn list_slots<L: Locate>(
        &mut self,
        slots: &[Slot],
        symbols: &[Symbol<'_>],
        types: &Pair<'_, '_, L>,
        has_dtors: bool,
        barrier: impl Fn(Callable) -> Option<Barrier>,
    ) -> Result<(), NoMemory> {
        self.slot_rows.reserve(MAX_ROWS.min(slots.len()))?;
        let is_for = |slot: &Slot, kinds: &[Kind]| {
            let symbol = symbols.get(slot.symbol as usize);
            let marks = symbol.and_then(Symbol::marks);
            matches!(marks, Some(Marks::Slot(kind, _)) if kinds.contains(&kind))
        };
        let mut last: Option<(Slot, Text, Text)> = None;
        for &slot in slots.iter().take(MAX_ROWS) {
            let record = types.record(slot.old);
            let name = record.and_then(|r| types.name(r.name_off)).unwrap_or(&[]);
            // All slots of a set have its symbol.
            let symbol = match last {
                Some((last, text, _)) if last.symbol == slot.symbol => text,
                _ => {
                    let symbol = symbols.get(slot.symbol as usize);
                    self.keep(symbol.map_or(&[][..], |s| s.name))?
                }
            };
            let name = self.keep(name)?;
            let of = last.filter(|(of, ..)| {
                let behind = of.at.checked_add(4) == Some(slot.at);
                has_dtors && behind && is_for(of, &[Kind::Struct, Kind::Union])
            });
            let used = match of {
                _ if slot.kfunc => Used::Kfunc(barrier(Callable::Kfunc(slot.old))),
                Some((of, _, name)) if is_for(&slot, &[Kind::Func]) => {
                    Used::Dtor(name, barrier(Callable::Dtor(slot.old, of.old)))
                }
                _ => Used::Other,
            };
            last = Some((slot, symbol, name));
            let row = SlotRow {
                slot,
                symbol,
                kind: record.map_or(Kind::Unknown, |r| r.kind()),
                name,
                used,
            };
            self.slot_rows.push(row)?;
        }
        Ok(())
    }
}
