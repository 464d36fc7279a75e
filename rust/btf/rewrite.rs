// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Carrying a plan out: the split BTF with its new base.

use super::{
    error::{
        Error,
        Fault,
        Place, //
    },
    fields::Fields,
    format::{
        set_word,
        word,
        Header,
        Record,
        MAX_TYPE, //
    },
    idmap::IdMap,
    matching::{
        Decision,
        Mapping, //
    },
    parse::{
        Btf,
        Locate,
        Pair, //
    },
    reconcile::Plan,
    sort::heapsort,
    strings::Strings,
    Result,
};
use crate::facade::Buf;

/// A split BTF that has been given another base.
pub struct Reconciled {
    /// It, in its wire form.
    pub bytes: Buf<u8>,
    /// What became of the ids of its types, and of those of its former base.
    pub ids: IdMap,
}

/// Gives `split` the base `vmlinux` in place of `base`, of whose types `plan` tells.
///
/// Types that are not mapped join the split ones: behind them, or where their names belong if those
/// are sorted by name. With every type mapped, the types keep their order and the result has the
/// size of the input.
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
    let mut stay = Buf::new();
    for (id, decision) in plan.iter() {
        match decision {
            Decision::Mapped(new, how) => {
                ids.set(id, new);
                // The kernel's own string, but not one of another spelling.
                if how != Mapping::Alias {
                    share_name(&mut strings, base.record(id), vmlinux.record(new));
                }
            }
            Decision::Carried(_) | Decision::Moved => stay.push(id)?,
        }
    }
    let order = order(&types, stay)?;
    if let Some(order) = &order {
        ids.use_table()?;
        for (new, &old) in (vmlinux.end()..).zip(order.iter()) {
            ids.set(old, new);
        }
    }
    let header = split.header();
    let count = match &order {
        Some(order) => u32::try_from(order.len()).unwrap_or(u32::MAX),
        None => split.count(),
    };
    if vmlinux.end().saturating_add(count) > MAX_TYPE + 1 {
        return Err(Error::new(split.section(), Place::Whole, Fault::TooLarge));
    }

    let mut out = Buf::with_capacity(header.bytes.len() + header.types.len() + header.strs.len())?;
    out.extend_from_slice(header.bytes)?;
    match &order {
        None => out.extend_from_slice(header.types)?,
        Some(order) => {
            for record in order.iter().filter_map(|&id| types.record(id)) {
                out.extend_from_slice(record.bytes)?;
            }
        }
    }
    let mut translate = Translate {
        ids: &ids,
        strings: &mut strings,
        end: split.end(),
    };
    let records = out.get_mut(header.bytes.len()..).unwrap_or(&mut []);
    match &order {
        None => translate.all(split.section(), split.records(), records)?,
        Some(order) => {
            let of_id = |&id| Some((id, types.record(id)?));
            translate.all(split.section(), order.iter().filter_map(of_id), records)?;
        }
    }
    finish(&mut out, header, strings.added())?;
    Ok(Reconciled { bytes: out, ids })
}

/// Lets the name of a base type stand where that of the kernel's does.
fn share_name(strings: &mut Strings<'_, '_>, old: Option<Record<'_>>, new: Option<Record<'_>>) {
    if let (Some(old), Some(new)) = (old, new) {
        strings.set(old.name_off, new.name_off);
    }
}

/// The order of types in the result; [`None`] if it is that of the split types and nothing else.
fn order(types: &Pair<'_, '_, super::Offsets>, mut stay: Buf<u32>) -> Result<Option<Buf<u32>>> {
    if stay.is_empty() {
        return Ok(None);
    }
    let split = types.split;
    let mut order = Buf::with_capacity(stay.len().saturating_add(split.header().types.len() / 20))?;
    if !is_sorted(types) {
        for id in split.first()..split.end() {
            order.push(id)?;
        }
        order.extend_from_slice(&stay)?;
        return Ok(Some(order));
    }
    let name = |id| types.record(id).and_then(|r| types.name(r.name_off));
    heapsort(&mut stay, |&a, &b| (name(a), a) < (name(b), b));
    let mut stay = stay.iter().copied().peekable();
    for id in split.first()..split.end() {
        let name_here = name(id);
        while let Some(id) = stay.next_if(|&id| name(id) < name_here) {
            order.push(id)?;
        }
        order.push(id)?;
    }
    for id in stay {
        order.push(id)?;
    }
    Ok(Some(order))
}

/// Whether the split types stand in order of their names, those without one first.
fn is_sorted(types: &Pair<'_, '_, super::Offsets>) -> bool {
    let names = || {
        let records = types.split.records();
        records.map(|(_, r)| types.name(r.name_off).unwrap_or(&[]))
    };
    names().zip(names().skip(1)).all(|(a, b)| a <= b)
}

/// Translates references in type records.
struct Translate<'t, 'p, 'a> {
    ids: &'t IdMap,
    strings: &'t mut Strings<'p, 'a>,
    end: u32,
}

impl Translate<'_, '_, '_> {
    /// Translates `records`, whose copies stand in `out` one after the other.
    fn all<'r>(
        &mut self,
        section: super::Section,
        records: impl Iterator<Item = (u32, Record<'r>)>,
        mut out: &mut [u8],
    ) -> Result {
        for (id, record) in records {
            let Some((bytes, rest)) = out.split_at_mut_checked(record.bytes.len()) else {
                break;
            };
            self.one(&record, bytes)
                .map_err(|fault| Error::new(section, Place::Type(id), fault))?;
            out = rest;
        }
        Ok(())
    }

    /// Translates what `record` refers to, in its copy `out`.
    #[inline]
    fn one(&mut self, record: &Record<'_>, out: &mut [u8]) -> core::result::Result<(), Fault> {
        for at in Fields::strings(record) {
            let old = word(record.bytes, at).ok_or(Fault::Truncated)?;
            let new = self.strings.translate(old)?;
            set_word(out, at, new).ok_or(Fault::Truncated)?;
        }
        for at in Fields::ids(record) {
            let id = word(record.bytes, at).ok_or(Fault::Truncated)?;
            let end = self.end;
            let new = self.ids.get(id).ok_or(Fault::Reference { id, end })?;
            set_word(out, at, new).ok_or(Fault::Truncated)?;
        }
        Ok(())
    }
}

/// Adds what follows the types, and sets the header to what there is.
fn finish(out: &mut Buf<u8>, header: &Header<'_>, added: &[u8]) -> Result {
    // As the kernel wants it: no gap, and the strings last.
    let types_len = out.len() - header.bytes.len();
    let layout = header.layout.bytes();
    out.extend_from_slice(layout)?;
    out.extend_from_slice(header.strs)?;
    out.extend_from_slice(added)?;
    let too_large = Error::new(super::Section::Split, Place::Header, Fault::TooLarge);
    let word = |n: usize| u32::try_from(n).map_err(|_| too_large);
    let strs_off = word(types_len + layout.len())?;
    let strs_len = word(header.strs.len() + added.len())?;
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
