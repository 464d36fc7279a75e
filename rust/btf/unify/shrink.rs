// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Leaving copies out: the split BTF without them.

use super::{
    kept::Kept,
    marks::Marks,
    Copies, //
};
use crate::{
    btf::{
        error::{
            Error,
            Fault,
            Place, //
        },
        fields::{
            string_offsets,
            translate, //
        },
        idmap::IdMap,
        parse::{
            Btf,
            Locate, //
        },
        rewrite::{
            finish,
            Reconciled, //
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
/// the kernel's, which do not change; what is left out without being a copy becomes `void`.
///
/// # Errors
///
/// A reference to a type or string that there is not; no memory.
pub fn unify<L: Locate>(copies: &Copies<'_, '_, L>) -> Result<Reconciled> {
    let split = copies.types().split;
    let header = split.header();
    let marks = Marks::new(copies)?;
    let staying = || (split.first()..split.end()).filter(|&id| marks.stays(id));
    // NO-OVERFLOW: No more than there are bytes of types, here and below.
    let types_len = staying().fold(0, |len, id| len + split.record_len(id));
    let strings = match header.types.len() - types_len >= header.types.len() / WORTH_IT {
        true => Some(strings(split, staying())?),
        false => None,
    };
    let strs_len = strings.as_ref().map_or(header.strs.len(), Kept::len);
    let len = header.bytes.len() + types_len + header.layout.bytes().len() + strs_len;
    let mut bytes = Buf::with_capacity(len)?;
    bytes.extend_from_slice(header.bytes)?;
    let mut ids = IdMap::fixing(split.first(), split.end())?;
    let mut new = split.first();
    let mut run = new;
    for id in split.first()..split.end() {
        if marks.stays(id) {
            ids.set(id, new);
            // NO-OVERFLOW: No more than there are types, here and below.
            new += 1;
            continue;
        }
        if let Some(kernels) = copies.kernels(id) {
            ids.set(id, kernels);
        }
        bytes.extend_from_slice(split.records_bytes(run..id))?;
        run = id + 1;
    }
    bytes.extend_from_slice(split.records_bytes(run..split.end()))?;

    let end = split.end();
    let mut rest = bytes.get_mut(header.bytes.len()..).unwrap_or(&mut []);
    for id in staying() {
        let Some((record, behind)) = rest.split_at_mut_checked(split.record_len(id)) else {
            break;
        };
        rest = behind;
        translate(
            record,
            |off| match &strings {
                Some(strings) => strings.translate(off),
                None => Ok(off),
            },
            |id| ids.get(id).ok_or(Fault::Reference { id, end }),
        )
        .map_err(|fault| Error::new(split.section(), Place::Type(id), fault))?;
    }
    match &strings {
        Some(strings) => finish(&mut bytes, header, strings.pieces())?,
        None => finish(&mut bytes, header, [header.strs].into_iter())?,
    }
    Ok(Reconciled { bytes, ids })
}

/// The strings that the types with these ids name.
///
/// # Errors
///
/// A string that is not there; no memory.
fn strings<'p, 'a>(split: &'p Btf<'a>, ids: impl Iterator<Item = u32>) -> Result<Kept<'p, 'a>> {
    Kept::new(split, |strings| {
        for id in ids {
            let Some(record) = split.record(id) else {
                continue;
            };
            string_offsets(&record)
                .try_for_each(|off| strings.mark(off))
                .map_err(|fault| Error::new(split.section(), Place::Type(id), fault))?;
        }
        Ok(())
    })
}
