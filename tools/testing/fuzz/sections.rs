// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! How the sections of a module stand in one input.
//!
//! A byte that says how to reconcile ([`How`](crate::pipeline::How)), the lengths of base and split
//! BTF in four bytes each, least first, both of them, and what `.BTF_ids` is made of: the number of
//! its symbols, three bytes for each, and its contents.

use crate::common::oracle::ids::Symbol;
use btf_reconcile::btf::{
    Btf,
    Id,
    Offsets,
    Pair,
    Section,
    Split, //
};

/// Bytes in front of the base.
const HEAD: usize = 9;
/// The least that is BTF with something behind its header.
const LEAST: usize = 25;

/// Symbols that are not for one type.
const SYMBOLS: [&str; 10] = [
    "__BTF_ID__set8__kfuncs",
    "__BTF_ID__set__ids",
    "__BTF_ID__func__alpha__1",
    "__BTF_ID__struct__list_head__3",
    "__BTF_ID__struct__task_struct__4",
    "__BTF_ID__typedef__mu__5",
    "__BTF_ID__union__nu__6",
    "__BTF_ID__func__",
    "__BTF_ID____",
    "other",
];

/// An input, taken apart.
#[derive(Clone, Copy)]
pub struct Sections<'i> {
    /// How to reconcile.
    pub how: u8,
    /// The base.
    pub base: &'i [u8],
    /// The split BTF.
    pub split: &'i [u8],
    /// The symbols of `.BTF_ids`.
    symbols: &'i [u8],
    /// What `.BTF_ids` holds.
    pub ids: &'i [u8],
}

impl<'i> Sections<'i> {
    /// Takes `input` apart.
    pub fn of(input: &'i [u8]) -> Option<Self> {
        let (&how, rest) = input.split_first()?;
        let (base_len, rest) = rest.split_first_chunk()?;
        let (split_len, rest) = rest.split_first_chunk()?;
        let (base, rest) = rest.split_at_checked(u32::from_le_bytes(*base_len) as usize)?;
        let (split, rest) = rest.split_at_checked(u32::from_le_bytes(*split_len) as usize)?;
        let (&count, rest) = rest.split_first().unwrap_or((&0, &[]));
        let (symbols, ids) = rest.split_at(rest.len().min(usize::from(count) * 3));
        Some(Self {
            how,
            base,
            split,
            symbols,
            ids,
        })
    }

    /// Base and split BTF in one, which stands on its own; its ids are those that the two have together.
    pub fn whole(&self) -> Option<Vec<u8>> {
        let parts = |blob: &'i [u8]| {
            let word =
                |at: usize| Some(u32::from_ne_bytes(*blob.get(at..)?.first_chunk()?) as usize);
            let body = blob.get(word(4)?..)?;
            let part = |at: usize, len: usize| body.get(at..)?.get(..len);
            Some((part(word(8)?, word(12)?)?, part(word(16)?, word(20)?)?))
        };
        let (base, split) = (parts(self.base)?, parts(self.split)?);
        let (types, strs) = ([base.0, split.0].concat(), [base.1, split.1].concat());
        let mut whole = 0xeb9fu16.to_ne_bytes().to_vec();
        whole.extend([1, 0]);
        let (types_len, strs_len) = (types.len() as u32, strs.len() as u32);
        for word in [24, 0, types_len, types_len, strs_len] {
            whole.extend(word.to_ne_bytes());
        }
        Some([whole, types, strs].concat())
    }

    /// The symbols of `.BTF_ids`. One that is for a type has the name of the type that the slot names,
    /// if there is one.
    pub fn symbols(&self) -> Vec<Symbol> {
        let base = Btf::parse_base(self.base, Section::Base).ok();
        let split = base.as_ref().map(|base| Btf::parse_split(self.split, base));
        let types = match (&base, &split) {
            (Some(base), Some(Ok(split))) => Some(Pair { base, split }),
            _ => None,
        };
        let symbols = self.symbols.chunks_exact(3).map(|s| {
            let (which, at, size) = (s[0], usize::from(s[1]) * 4, u32::from(s[2]) * 4);
            let name = match types.filter(|_| which >= 0x80) {
                Some(types) => self.name(&types, at),
                None => None,
            };
            Symbol {
                name: name.unwrap_or(SYMBOLS[usize::from(which) % SYMBOLS.len()].into()),
                at: at as u32,
                size,
            }
        });
        symbols.collect()
    }

    /// A symbol for the type that the slot at `at` names.
    fn name(&self, types: &Pair<'_, '_, Split, Offsets>, at: usize) -> Option<String> {
        let word = self.ids.get(at..)?.first_chunk()?;
        let record = types.record(Id::new(u32::from_ne_bytes(*word))?)?;
        let kind = record.kind().name().to_lowercase();
        let name = String::from_utf8_lossy(types.name(record.name())?);
        Some(format!("__BTF_ID__{kind}__{name}__{at}"))
    }
}

/// Makes the headers in an input sound, so that what is behind them is looked at.
pub fn mend(input: &mut [u8]) {
    if input.len() < HEAD + 2 * LEAST {
        return;
    }
    let (head, rest) = input.split_at_mut(HEAD);
    let wanted =
        |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
    let base_len = (wanted(1) as usize).clamp(LEAST, rest.len() - LEAST);
    let split_len = (wanted(5) as usize).clamp(LEAST, rest.len() - base_len);
    head[1..5].copy_from_slice(&(base_len as u32).to_le_bytes());
    head[5..].copy_from_slice(&(split_len as u32).to_le_bytes());
    let (base, rest) = rest.split_at_mut(base_len);
    mend_header(base);
    mend_header(&mut rest[..split_len]);
}

/// Makes the header of `blob` that of BTF of just its length. The strings take what types leave.
fn mend_header(blob: &mut [u8]) {
    let Some(room) = blob.len().checked_sub(24) else {
        return;
    };
    let types = u32::from_ne_bytes([blob[12], blob[13], blob[14], blob[15]]);
    let types = (types as usize).min(room) & !3;
    let strs = room - types;
    blob[..2].copy_from_slice(&0xeb9fu16.to_ne_bytes());
    blob[2] = 1;
    blob[3] = 0;
    for (at, value) in [(4, 24), (8, 0), (12, types), (16, types), (20, strs)] {
        blob[at..at + 4].copy_from_slice(&(value as u32).to_ne_bytes());
    }
    if strs != 0 {
        if let Some(last) = blob.last_mut() {
            *last = 0;
        }
    }
}
