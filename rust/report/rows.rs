// SPDX-License-Identifier: GPL-2.0

//! The lines of a report: types and slots of one module.

use crate::{
    btf::{
        self,
        Base,
        Decision,
        Id,
        Kernel,
        Kind,
        New,
        NoMemory,
        Outcome,
        Use, //
    },
    facade::Buf,
    running::{
        Running,
        RunningTypes, //
    },
    shown::Shown, //
};
use kernel::{
    prelude::*,
    str::{
        BStr,
        CString, //
    }, //
};

/// Types and slots of one module that are listed; what goes beyond is counted.
const MAX_ROWS: usize = 1 << 15;
/// Bytes of a string that are kept, as many as the kernel takes for a name.
const MAX_STRING: usize = 511;
/// Bytes of all strings of one module that are kept.
const MAX_TEXT: usize = 4 << 20;

/// A string that is kept, in [`Rows::text`].
#[derive(Clone, Copy)]
pub(crate) struct Text {
    at: usize,
    len: usize,
}

/// One type of the base.
#[derive(Clone, Copy)]
pub(crate) struct TypeRow {
    /// Its id in the base.
    pub(crate) id: Id<Base>,
    /// Its kind.
    pub(crate) kind: Kind,
    /// Its name.
    pub(crate) name: Text,
    /// Its size, for kinds that have one.
    pub(crate) size: Option<u32>,
    /// The size of the kernel's, where it differs.
    pub(crate) kernel_size: Option<u32>,
    /// What became of it.
    pub(crate) decision: Decision,
    /// Its id now.
    pub(crate) new: Option<Id<New>>,
}

/// One type of the module that is not the kernel's of the same name and kind.
#[derive(Clone, Copy)]
pub(crate) struct DifferingRow {
    /// Its id now.
    pub(crate) id: Id<New>,
    /// Its kind.
    pub(crate) kind: Kind,
    /// Its name.
    pub(crate) name: Text,
    /// The id of the kernel's.
    pub(crate) kernels: Id<Kernel>,
    /// The first difference, in words.
    pub(crate) why: Text,
}

/// One slot of `.BTF_ids`.
#[derive(Clone, Copy)]
pub(crate) struct SlotRow {
    /// Where it lies.
    pub(crate) at: u32,
    /// The symbol over it.
    pub(crate) symbol: Text,
    /// The set that it is in.
    pub(crate) set: Option<Text>,
    /// The number in it before.
    pub(crate) old: u32,
    /// The number in it now, but for the order of a set; none if it was withheld.
    pub(crate) new: Option<u32>,
    /// Kind of the type with this id.
    pub(crate) kind: Option<Kind>,
    /// Name of that type.
    pub(crate) name: Text,
    /// The flags behind it.
    pub(crate) flags: Option<u32>,
    /// What the kernel uses it for.
    pub(crate) used: Use,
    /// Name of the type that a destructor is for.
    pub(crate) of: Text,
    /// What keeps it from being used, in words.
    pub(crate) barrier: Option<Text>,
    /// Whether nobody had resolved it, and its type was found.
    pub(crate) is_resolved: bool,
    /// Whether that is the first of several of the name.
    pub(crate) has_rivals: bool,
}

/// The lines of a report.
pub(crate) struct Rows {
    /// What became of each type of the base.
    pub(crate) types: Buf<TypeRow>,
    /// The types that are not the kernel's of their name and kind.
    pub(crate) differing: Buf<DifferingRow>,
    /// What became of each slot.
    pub(crate) slots: Buf<SlotRow>,
    text: Buf<u8>,
}

impl Rows {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self {
            types: Buf::new(),
            differing: Buf::new(),
            slots: Buf::new(),
            text: Buf::new(),
        }
    }

    /// Reads a string that was kept.
    pub(crate) fn text(&self, text: Text) -> &BStr {
        let bytes = self.text.get(text.at..).and_then(|t| t.get(..text.len));
        BStr::from_bytes(bytes.unwrap_or(&[]))
    }

    /// Keeps a copy of `string`, as far as there is room.
    fn keep(&mut self, string: &[u8]) -> Result<Text, NoMemory> {
        let at = self.text.len();
        let room = MAX_TEXT.saturating_sub(at).min(MAX_STRING);
        let string = string.get(..room).unwrap_or(string);
        self.text.extend_from_slice(string)?;
        let len = string.len();
        Ok(Text { at, len })
    }

    /// Keeps words.
    fn keep_words(&mut self, words: &dyn core::fmt::Display) -> Result<Text, NoMemory> {
        let words = CString::try_from_fmt(fmt!("{}", Shown(words))).map_err(|_| NoMemory)?;
        self.keep(words.to_bytes())
    }

    /// Takes in all that `outcome` tells of types and slots of a module of the kernel `vmlinux`.
    ///
    /// # Errors
    ///
    /// No memory; what was taken in so far stays.
    pub(crate) fn list(
        &mut self,
        vmlinux: &Running,
        outcome: &Outcome<'_, RunningTypes>,
    ) -> Result<(), NoMemory> {
        let mut listed = Ok(());
        let Ok(done) = &outcome.result else {
            outcome.list_lost_slots(MAX_ROWS, &mut |row| {
                listed = listed.and_then(|()| self.add_slot(&row));
            });
            return listed;
        };
        done.list_types(MAX_ROWS, &mut |row| {
            listed = listed.and_then(|()| self.add_type(&row));
        });
        done.list_differing(MAX_ROWS, &mut |row| {
            listed = listed.and_then(|()| self.add_differing(&row));
        });
        done.list_slots(vmlinux, cfg!(CONFIG_CFI), MAX_ROWS, &mut |row| {
            listed = listed.and_then(|()| self.add_slot(&row));
        })
        .map_err(|_| NoMemory)?;
        listed
    }

    fn add_type(&mut self, row: &btf::TypeRow<'_>) -> Result<(), NoMemory> {
        let name = self.keep(row.name)?;
        self.types.push(TypeRow {
            id: row.id,
            kind: row.kind,
            name,
            size: row.size,
            kernel_size: row.kernel_size(),
            decision: row.decision,
            new: row.new,
        })
    }

    fn add_differing(&mut self, row: &btf::DifferingRow<'_>) -> Result<(), NoMemory> {
        let name = self.keep(row.name)?;
        let why = self.keep_words(&row.why)?;
        self.differing.push(DifferingRow {
            id: row.id,
            kind: row.kind,
            name,
            kernels: row.kernels,
            why,
        })
    }

    fn add_slot(&mut self, row: &btf::SlotRow<'_>) -> Result<(), NoMemory> {
        let symbol = self.keep(row.symbol)?;
        let name = self.keep(row.name)?;
        let of = self.keep(row.of)?;
        let set = match row.set {
            Some(set) => Some(self.keep(set)?),
            None => None,
        };
        let barrier = match row.barrier {
            Some(barrier) => Some(self.keep_words(barrier)?),
            None => None,
        };
        self.slots.push(SlotRow {
            at: row.at,
            symbol,
            set,
            old: row.old,
            new: row.new,
            kind: row.kind,
            name,
            flags: row.flags,
            used: row.used,
            of,
            barrier,
            is_resolved: row.is_resolved,
            has_rivals: row.has_rivals,
        })
    }
}
