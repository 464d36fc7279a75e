// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Leaving copies out: the split BTF without them.

use super::{
    is_own,
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
            translate,
            Ids, //
        },
        idmap::IdMap,
        kind::Kind,
        parse::{
            Btf,
            Locate, //
        },
        rewrite::{
            finish,
            Reconciled, //
        },
        words::index, //
    },
    facade::Buf,
};

/// With faults for whoever knows their place, as well.
type Result<T = (), E = Error> = core::result::Result<T, E>;

/// Another type refers to it, or did.
const USED: u8 = 1;
/// It stays.
const STAYS: u8 = 2;

/// Lets all that refers to a copy refer to the kernel's type, and leaves out the copies, the
/// structural types that only they referred to, and the strings that nothing names any more.
///
/// The types and strings that stay keep their order. The map has the ids of the module's types, and
/// the kernel's, which do not change; what is left out without being a copy becomes `void`.
///
/// # Errors
///
/// A reference to a type or string that there is not; no memory.
pub fn unify<L: Locate>(copies: &Copies<'_, '_, L>) -> Result<Reconciled> {
    let split = copies.types().split;
    let marks = mark(copies)?;
    let stays = |id: u32| {
        let nth = index(id.wrapping_sub(split.first()));
        marks.get(nth).is_some_and(|m| m & STAYS != 0)
    };
    let mut ids = IdMap::fixing(split.first(), split.end())?;
    let mut new = split.first();
    let mut len = 0usize;
    for (id, record) in split.records() {
        if let Some(kernels) = copies.kernels(id) {
            ids.set(id, kernels);
        } else if stays(id) {
            ids.set(id, new);
            // NO-OVERFLOW: No more than there are types, and bytes, in `split`.
            new += 1;
            len += record.bytes.len();
        }
    }

    let header = split.header();
    let layout = header.layout.bytes().len();
    let room = header.bytes.len() + len + header.strs.len() + layout;
    let mut bytes = Buf::with_capacity(room)?;
    bytes.extend_from_slice(header.bytes)?;
    for (_, record) in split.records().filter(|&(id, _)| stays(id)) {
        bytes.extend_from_slice(record.bytes)?;
    }
    let mut records = Records {
        split,
        stays,
        bytes: bytes.get_mut(header.bytes.len()..).unwrap_or(&mut []),
    };
    let mut strings = Strings::new(split)?;
    let end = split.end();
    records.each(|record| {
        translate(
            record,
            |off| strings.keep(off),
            |id| ids.get(id).ok_or(Fault::Reference { id, end }),
        )
    })?;
    let kept = strings.settle()?;
    records.each(|record| translate(record, |off| Ok(strings.get(off)), Ok))?;
    finish(&mut bytes, header, &[&kept])?;
    Ok(Reconciled { bytes, ids })
}

/// Finds out which types stay: see [`STAYS`].
fn mark<L: Locate>(copies: &Copies<'_, '_, L>) -> Result<Buf<u8>> {
    let split = copies.types().split;
    let mut marks: Buf<u8> = Buf::filled(index(split.count()), 0)?;
    let nth = |id: u32| index(id.wrapping_sub(split.first()));
    for (_, record) in split.records() {
        for id in Ids::of(&record).values(&record) {
            if let Some(mark) = marks.get_mut(nth(id)) {
                *mark |= USED;
            }
        }
    }
    let mut waiting = Buf::new();
    for (id, record) in split.records() {
        let Some(mark) = marks.get_mut(nth(id)) else {
            continue;
        };
        let has_name = record.name_off != 0 && record.kind() != Kind::TypeTag;
        let is_root = has_name || is_own(&record) || *mark & USED == 0;
        if is_root && copies.kernels(id).is_none() {
            *mark |= STAYS;
            waiting.push(id)?;
        }
    }
    while let Some(id) = waiting.pop() {
        let Some(record) = split.record(id) else {
            continue;
        };
        for id in Ids::of(&record).values(&record) {
            match marks.get_mut(nth(id)) {
                Some(mark) if *mark & STAYS == 0 && copies.kernels(id).is_none() => {
                    *mark |= STAYS;
                    waiting.push(id)?;
                }
                _ => {}
            }
        }
    }
    Ok(marks)
}

/// The records that stay, in the order in which they stand.
struct Records<'r, 'p, 'a, S> {
    /// What they are from.
    split: &'p Btf<'a>,
    /// Which of its types they are.
    stays: S,
    /// They themselves.
    bytes: &'r mut [u8],
}

impl<S: Fn(u32) -> bool> Records<'_, '_, '_, S> {
    /// Calls `change` on each, a fault of which is one of the type.
    fn each(&mut self, mut change: impl FnMut(&mut [u8]) -> Result<(), Fault>) -> Result {
        let mut rest = &mut *self.bytes;
        for (id, record) in self.split.records() {
            if !(self.stays)(id) {
                continue;
            }
            let Some((here, behind)) = rest.split_at_mut_checked(record.bytes.len()) else {
                break;
            };
            change(here)
                .map_err(|fault| Error::new(self.split.section(), Place::Type(id), fault))?;
            rest = behind;
        }
        Ok(())
    }
}

/// The strings that are still named.
struct Strings<'p, 'a> {
    split: &'p Btf<'a>,
    /// For each offset into the split strings: 0 if it is not named, then the new one.
    places: Buf<u32>,
}

impl<'p, 'a> Strings<'p, 'a> {
    fn new(split: &'p Btf<'a>) -> Result<Self> {
        let mut places = Buf::filled(split.header().strs.len(), 0)?;
        if split.str_start() == 0 {
            // The empty string, which is there for those that have no name.
            if let Some(first) = places.first_mut() {
                *first = 1;
            }
        }
        Ok(Self { split, places })
    }

    /// Notes that the string at offset `off` is named, and gives the offset back.
    fn keep(&mut self, off: u32) -> Result<u32, Fault> {
        if let Some(at) = off.checked_sub(self.split.str_start()) {
            match self.places.get_mut(index(at)) {
                Some(place) => *place = 1,
                None if off == 0 => {}
                None => return Err(Fault::NameBounds(off)),
            }
        }
        Ok(off)
    }

    /// Gathers the strings that are named, in whole or from somewhere inside.
    fn settle(&mut self) -> Result<Buf<u8>> {
        let mut kept: Buf<u8> = Buf::new();
        let mut new = self.split.str_start();
        let mut places: &mut [u32] = &mut self.places;
        for string in self.split.header().strs.split_inclusive(|&b| b == 0) {
            let Some((here, behind)) = places.split_at_mut_checked(string.len()) else {
                break;
            };
            places = behind;
            if here.iter().all(|&place| place == 0) {
                continue;
            }
            kept.extend_from_slice(string)?;
            for place in here.iter_mut() {
                // NO-OVERFLOW: No larger than the offset that the place is for.
                *place = new;
                new += 1;
            }
        }
        Ok(kept)
    }

    /// The new offset of a string that was kept.
    fn get(&self, off: u32) -> u32 {
        let at = off.checked_sub(self.split.str_start());
        let place = at.and_then(|at| self.places.get(index(at)));
        place.copied().unwrap_or(off)
    }
}
