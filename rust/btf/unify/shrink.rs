// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Leaving copies out: the split BTF without them.

use super::{
    staying::Staying,
    strings::{
        Named,
        Strings, //
    },
    Copies, //
};
use crate::{
    btf::{
        error::Fault,
        number::{
            Id,
            New, //
        },
        pace::Pace,
        reconcile::{
            IdMap,
            Rewritten, //
        },
        wire::{
            fields::{
                has_named_parts,
                names,
                translate, //
            },
            header::Writer,
            words::index,
            Btf,
            Locate, //
        },
        Result, //
    },
    facade::Buf,
};

/// Strings are gone through where at least one byte of types in so many is left out: it takes as
/// long as all the rest, and there are hardly any to be found otherwise.
const WORTH_IT: usize = 16;

/// Lets all that refers to a copy refer to the kernel's type, and leaves out the copies, the
/// structural types that only they referred to, and, where these are more than a few, the strings
/// that nothing names any more.
///
/// The types that stay keep their order. The map has the ids of the module's types, and
/// the kernel's, which do not change.
///
/// # Errors
///
/// A reference to a type or string that there is not; no memory.
pub fn unify<L: Locate>(copies: &Copies<'_, '_, L>) -> Result<Rewritten<New>> {
    let split = copies.types().split;
    let header = split.header();
    let staying = Staying::new(copies)?;
    let mut new_ids = Buf::with_capacity(index(split.count()))?;
    let mut new = split.first();
    for id in split.ids() {
        if staying.stays(id) {
            new_ids.push(Some(new))?;
            new = new.next();
        } else {
            new_ids.push(copies.kernels(id).map(Id::of_base))?;
        }
    }
    let records = || {
        staying
            .runs()
            .map(|(from, to)| split.records_bytes(from, to))
    };
    let types_len = records().fold(0, |sum: usize, run| sum.saturating_add(run.len()));
    let left_out = header.types.len().saturating_sub(types_len);
    let strings = if left_out >= header.types.len() / WORTH_IT {
        Some(strings(split, &staying)?)
    } else {
        None
    };
    let strs_len = strings.as_ref().map_or(header.strs.len(), Strings::len);
    let mut out = Writer::new(header, types_len.saturating_add(strs_len))?;
    for run in records() {
        out.add(run)?;
    }
    translate_all(out.records(), split, &staying, &new_ids, strings.as_ref())?;
    let bytes = match &strings {
        Some(strings) => out.finish(strings.pieces())?,
        None => out.finish([header.strs].into_iter())?,
    };
    let ids = IdMap::of_split(split.first(), new_ids);
    Ok(Rewritten { bytes, ids })
}

/// The strings that types that stay name.
///
/// # Errors
///
/// A string that is not there; no memory.
fn strings<'p, 'a>(split: &'p Btf<'a, New>, staying: &Staying<'_, '_>) -> Result<Strings<'p, 'a>> {
    let mut named = Named::new(split)?;
    for id in staying.ids() {
        let marked = mark_names(&mut named, split, id);
        marked.map_err(|fault| split.at_type(id, fault))?;
    }
    named.lay_out()
}

/// Marks the names in type `id`.
#[inline]
fn mark_names(
    named: &mut Named<'_, '_>,
    split: &Btf<'_, New>,
    id: Id<New>,
) -> core::result::Result<(), Fault> {
    let Some((kind, own)) = split.kind_and_name(id) else {
        return Ok(());
    };
    if let Some(off) = own {
        named.mark(off)?;
    }
    // Most have no other.
    if has_named_parts(kind) {
        if let Some(record) = split.record(id) {
            for off in names(&record) {
                off.map_or(Ok(()), |off| named.mark(off))?;
            }
        }
    }
    Ok(())
}

/// Translates what `records`, copies of those that stay, refer to.
fn translate_all(
    mut records: &mut [u8],
    split: &Btf<'_, New>,
    staying: &Staying<'_, '_>,
    new_ids: &[Option<Id<New>>],
    strings: Option<&Strings<'_, '_>>,
) -> Result {
    let end = split.end();
    let mut pace = Pace::new();
    for id in staying.ids() {
        let Some((record, behind)) = records.split_at_mut_checked(split.record_len(id)) else {
            break;
        };
        records = behind;
        // An element takes two words or more.
        pace.steps(u32::try_from(record.len() / 8).unwrap_or(u32::MAX));
        let name = |off| match strings {
            Some(strings) => strings.translate(off).map(Some),
            None => Ok(Some(off)),
        };
        let new_id = |old: Id<New>| {
            let new = match split.nth(old) {
                Some(nth) => new_ids.get(nth).copied().flatten(),
                None => Some(old),
            };
            new.map(Some).ok_or(Fault::Reference {
                id: old.number(),
                end: end.number(),
            })
        };
        translate(record, name, new_id).map_err(|fault| split.at_type(id, fault))?;
    }
    Ok(())
}
