// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Carrying a plan out: the split BTF with its new base.

use super::{
    decision::{
        Decision,
        Mapping, //
    },
    error::{
        Error,
        Fault,
        Place,
        Section, //
    },
    fields::translate,
    header::{
        Header,
        MAX_TYPE, //
    },
    idmap::IdMap,
    joined::{
        Joined,
        Piece, //
    },
    parse::{
        Btf,
        Locate,
        Offsets,
        Pair, //
    },
    reconcile::Plan,
    record::Record,
    strings::Strings,
    words::{
        index,
        set_word, //
    },
    Result,
};
use crate::facade::Buf;
use core::ops::Range;

/// A split BTF that has been given another base.
pub struct Reconciled {
    /// It, in its wire form.
    pub bytes: Buf<u8>,
    /// What became of the ids of its types, and of those of its former base.
    pub ids: IdMap,
}

/// Gives `split` the base `vmlinux` in place of `base`, of whose types `plan` tells.
///
/// Types that are not mapped join the split ones, at the place where their names belong. With every
/// type mapped the types keep their order, and the result has the size of the input.
///
/// # Errors
///
/// A reference to a type or string that there is not, placed in `split` or `base`; more types or
/// strings than can be counted; no memory.
pub fn rewrite<L: Locate>(
    vmlinux: &Btf<'_, L>,
    base: &Btf<'_>,
    split: &Btf<'_>,
    plan: &Plan,
) -> Result<Reconciled> {
    let types = Pair { base, split };
    let mut ids = IdMap::shifting(base.end(), split.end(), vmlinux.end())?;
    let mut strings = Strings::new(base, split, vmlinux.strs_end())?;
    for (id, decision) in plan.iter() {
        if let Decision::Mapped(new, how) = decision {
            ids.set(id, new);
            // The kernel's own string, but not one of another spelling.
            if how != Mapping::Alias {
                share_name(&mut strings, base.record(id), vmlinux.record(new));
            }
        }
    }
    let stay = plan.iter().filter_map(|(id, decision)| match decision {
        Decision::Mapped(..) => None,
        Decision::Carried(_) | Decision::Moved => Some(id),
    });
    let joined = Joined::new(&types, stay)?;
    let count = index(split.count()).saturating_add(joined.len());
    if index(vmlinux.end()).saturating_add(count) > index(MAX_TYPE) + 1 {
        return Err(Error::new(Section::Split, Place::Whole, Fault::TooLarge));
    }
    if !joined.is_empty() {
        ids.use_table()?;
        let mut new = vmlinux.end()..;
        for piece in joined.pieces(split.first()) {
            match piece {
                Piece::Joined(id) => new.by_ref().take(1).for_each(|new| ids.set(id, new)),
                Piece::Split(range) => {
                    range
                        .zip(new.by_ref())
                        .for_each(|(id, new)| ids.set(id, new));
                }
            }
        }
    }

    let mut bytes = lay_out(&types, &joined)?;
    let mut references = References {
        ids: &ids,
        strings: &mut strings,
        end: split.end(),
    };
    let mut records = bytes
        .get_mut(split.header().bytes.len()..)
        .unwrap_or(&mut []);
    for piece in joined.pieces(split.first()) {
        let (of, ids) = match piece {
            Piece::Joined(id) => (base, id..id.saturating_add(1)),
            Piece::Split(ids) => (split, ids),
        };
        let len = of.records_bytes(ids.clone()).len();
        let Some((here, rest)) = records.split_at_mut_checked(len) else {
            break;
        };
        references.translate(of, ids, here)?;
        records = rest;
    }
    finish(
        &mut bytes,
        split.header(),
        [split.header().strs, strings.added()].into_iter(),
    )?;
    Ok(Reconciled { bytes, ids })
}

/// Lets the name of a base type stand where that of the kernel's does.
fn share_name(strings: &mut Strings<'_, '_>, old: Option<Record<'_>>, new: Option<Record<'_>>) {
    if let (Some(old), Some(new)) = (old, new) {
        strings.set(old.name_off, new.name_off);
    }
}

/// Copies the header and the types, those that join at their places.
fn lay_out(types: &Pair<'_, '_, Offsets>, joined: &Joined) -> Result<Buf<u8>> {
    let (base, split) = (types.base, types.split);
    let header = split.header();
    // Room for all there will be, so that nothing is moved when it grows.
    let mut len = header.bytes.len() + header.types.len() + header.strs.len();
    if !joined.is_empty() {
        len += base.header().types.len() + base.header().strs.len();
    }
    let mut bytes = Buf::with_capacity(len + header.layout.bytes().len())?;
    bytes.extend_from_slice(header.bytes)?;
    for piece in joined.pieces(split.first()) {
        match piece {
            Piece::Joined(id) => {
                bytes.extend_from_slice(base.record(id).map_or(&[][..], |r| r.bytes))?;
            }
            Piece::Split(ids) => bytes.extend_from_slice(split.records_bytes(ids))?,
        }
    }
    Ok(bytes)
}

/// Translates references in type records.
struct References<'t, 'p, 'a> {
    ids: &'t IdMap,
    strings: &'t mut Strings<'p, 'a>,
    end: u32,
}

impl References<'_, '_, '_> {
    /// Translates `records`, which are copies of those that `ids` have in `of`.
    ///
    /// Where each of them starts is looked up, rather than found by the length of the one before:
    /// that would make each wait for the memory of the last.
    fn translate(&mut self, of: &Btf<'_>, ids: Range<u32>, records: &mut [u8]) -> Result {
        let first = of.record_at(ids.start);
        for id in ids {
            let from = of.record_at(id).wrapping_sub(first);
            let to = of.record_at(id.saturating_add(1)).wrapping_sub(first);
            if let Some(record) = records.get_mut(from..to) {
                self.one(record)
                    .map_err(|fault| Error::new(of.section(), Place::Type(id), fault))?;
            }
        }
        Ok(())
    }

    /// Translates what `record` refers to.
    #[inline]
    fn one(&mut self, record: &mut [u8]) -> core::result::Result<(), Fault> {
        let strings = &mut *self.strings;
        let (ids, end) = (self.ids, self.end);
        translate(
            record,
            |old| strings.translate(old),
            |id| ids.get(id).ok_or(Fault::Reference { id, end }),
        )
    }
}

/// Adds what follows the types, `strings` as the strings, and sets the header to what there is.
pub fn finish<'s>(
    out: &mut Buf<u8>,
    header: &Header<'_>,
    strings: impl Iterator<Item = &'s [u8]>,
) -> Result {
    // As the kernel wants it: no gap, and the strings last.
    let types_len = out.len() - header.bytes.len();
    let layout = header.layout.bytes();
    out.extend_from_slice(layout)?;
    let strs_at = out.len();
    for strings in strings {
        out.extend_from_slice(strings)?;
    }
    let too_large = Error::new(Section::Split, Place::Header, Fault::TooLarge);
    let word = |n: usize| u32::try_from(n).map_err(|_| too_large);
    let strs_off = word(types_len + layout.len())?;
    let strs_len = word(out.len() - strs_at)?;
    let mut fields = [0, word(types_len)?, strs_off, strs_len, 0, 0];
    if !layout.is_empty() {
        fields[4] = word(types_len)?;
        fields[5] = word(layout.len())?;
    }
    for (at, value) in (8..header.bytes.len().min(32)).step_by(4).zip(fields) {
        let _ = set_word(out, at, value);
    }
    Ok(())
}
