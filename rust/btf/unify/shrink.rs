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
use core::ffi::CStr;

/// With faults for whoever knows their place, as well.
type Result<T = (), E = Error> = core::result::Result<T, E>;

/// Strings are gone through where at least one byte of types in so many is left out: it takes as
/// long as all the rest, and there are hardly any to be found otherwise.
const WORTH_IT: usize = 16;

/// It stays for its own sake.
const ROOT: u8 = 1;
/// It stays because something that stays refers to it.
const REACHED: u8 = 2;
/// Something that does not stay refers to it.
const LEFT: u8 = 4;
/// It is a copy, and does not stay.
const COPY: u8 = 8;

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
    let marks = Marks::new(copies)?;
    let header = split.header();
    let layout = header.layout.bytes().len();
    // As much as if nothing were left out, so that nothing is moved when it grows.
    let room = header.bytes.len() + header.types.len() + header.strs.len() + layout;
    let mut bytes = Buf::with_capacity(room)?;
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

    let left_out = room.saturating_sub(bytes.len() + header.strs.len() + layout);
    let mut strings = match left_out >= header.types.len() / WORTH_IT {
        true => Some(Strings::new(split)?),
        false => None,
    };
    let end = split.end();
    let mut rest = bytes.get_mut(header.bytes.len()..).unwrap_or(&mut []);
    for id in (split.first()..split.end()).filter(|&id| marks.stays(id)) {
        let len = split.record_at(id + 1).wrapping_sub(split.record_at(id));
        let Some((record, behind)) = rest.split_at_mut_checked(len) else {
            break;
        };
        rest = behind;
        translate(
            record,
            |off| match &mut strings {
                Some(strings) => strings.keep(off),
                None => Ok(off),
            },
            |id| ids.get(id).ok_or(Fault::Reference { id, end }),
        )
        .map_err(|fault| Error::new(split.section(), Place::Type(id), fault))?;
    }
    let kept = strings
        .as_ref()
        .map_or(header.strs, |strings| &strings.kept);
    finish(&mut bytes, header, &[kept])?;
    Ok(Reconciled { bytes, ids })
}

/// Which types stay.
struct Marks<'p, 'a> {
    split: &'p Btf<'a>,
    /// One for each type.
    marks: Buf<u8>,
    /// Types that stay whose references are still to be followed.
    waiting: Buf<u32>,
}

impl<'p, 'a> Marks<'p, 'a> {
    /// Marks what has a name or is the module's own, and all that it refers to; and what nothing
    /// referred to in the first place. Copies do not stay.
    ///
    /// # Errors
    ///
    /// No memory.
    fn new<L: Locate>(copies: &Copies<'p, 'a, L>) -> Result<Self> {
        let split = copies.types().split;
        let mut this = Self {
            split,
            marks: Buf::filled(index(split.count()), 0)?,
            waiting: Buf::new(),
        };
        let ids = || split.first()..split.end();
        for id in ids() {
            if copies.kernels(id).is_some() {
                this.mark(id, COPY);
            } else if is_root(split, id) {
                this.mark(id, ROOT);
            }
        }
        for id in ids() {
            if this.get(id) & ROOT != 0 {
                this.follow(id)?;
            }
        }
        let mut any = false;
        for id in ids() {
            if this.stays(id) {
                continue;
            }
            any |= this.get(id) & COPY == 0;
            if let Some(record) = split.record(id) {
                for below in Ids::of(&record).values(&record) {
                    this.mark(below, LEFT);
                }
            }
        }
        if any {
            for id in ids() {
                if this.get(id) == 0 {
                    this.mark(id, ROOT);
                    this.follow(id)?;
                }
            }
        }
        Ok(this)
    }

    /// Marks all that type `id`, which stays, leads to.
    fn follow(&mut self, id: u32) -> Result {
        let mut at = self.split.record(id);
        while let Some(record) = at {
            for id in Ids::of(&record).values(&record) {
                let nth = index(id.wrapping_sub(self.split.first()));
                if let Some(mark) = self.marks.get_mut(nth) {
                    if *mark & (ROOT | REACHED | COPY) == 0 {
                        *mark |= REACHED;
                        self.waiting.push(id)?;
                    }
                }
            }
            at = self.waiting.pop().and_then(|id| self.split.record(id));
        }
        Ok(())
    }

    /// Whether type `id` stays.
    fn stays(&self, id: u32) -> bool {
        self.get(id) & (ROOT | REACHED) != 0
    }

    fn get(&self, id: u32) -> u8 {
        let nth = index(id.wrapping_sub(self.split.first()));
        self.marks.get(nth).copied().unwrap_or(0)
    }

    fn mark(&mut self, id: u32, mark: u8) {
        let nth = index(id.wrapping_sub(self.split.first()));
        if let Some(place) = self.marks.get_mut(nth) {
            *place |= mark;
        }
    }
}

/// Whether type `id` stays for its own sake: it has a name, or is a thing of the module.
fn is_root(split: &Btf<'_>, id: u32) -> bool {
    let is_named = split.name_off(id).is_some_and(|off| off != 0);
    let kind = split.kind(id).unwrap_or(Kind::Unknown);
    is_named && kind != Kind::TypeTag || is_own(kind)
}

/// The strings that are still named, in the order in which they come up.
struct Strings<'p, 'a> {
    split: &'p Btf<'a>,
    /// For each offset into the split strings the new one, or 0 if it has none yet.
    places: Buf<u32>,
    /// The strings.
    kept: Buf<u8>,
}

impl<'p, 'a> Strings<'p, 'a> {
    fn new(split: &'p Btf<'a>) -> Result<Self> {
        let strs = split.header().strs;
        let mut kept = Buf::with_capacity(strs.len())?;
        if split.str_start() == 0 && !strs.is_empty() {
            // The empty string, which has to be there, for those that have no name.
            kept.push(0)?;
        }
        let places = Buf::filled(strs.len(), 0)?;
        Ok(Self {
            split,
            places,
            kept,
        })
    }

    /// The new offset of the string at offset `off`, which from now on is kept.
    ///
    /// # Errors
    ///
    /// No string starts there; no memory.
    fn keep(&mut self, off: u32) -> Result<u32, Fault> {
        let Some(at) = off.checked_sub(self.split.str_start()) else {
            return Ok(off);
        };
        match self.places.get(index(at)) {
            _ if off == 0 => Ok(0),
            Some(0) => self.add(index(at)).ok_or(Fault::NameBounds(off))?,
            Some(&new) => Ok(new),
            None => Err(Fault::NameBounds(off)),
        }
    }

    /// Keeps the string that byte `at` is in, all of it, so that each is kept once. Gives where the
    /// byte is from now on.
    fn add(&mut self, at: usize) -> Option<Result<u32, Fault>> {
        let strs = self.split.header().strs;
        // NO-OVERFLOW: Places in a slice, here and below.
        let before = strs.get(..at)?.iter().rposition(|&b| b == 0);
        let from = before.map_or(0, |nul| nul + 1);
        let string = CStr::from_bytes_until_nul(strs.get(from..)?).ok()?;
        let string = string.to_bytes_with_nul();
        let start = match self.places.get(from).copied()? {
            0 => {
                let start = u32::try_from(self.kept.len()).ok()?;
                if let Err(error) = self.kept.extend_from_slice(string) {
                    return Some(Err(error.into()));
                }
                start.checked_add(self.split.str_start())?
            }
            // It is kept already, but what starts inside of it was not asked for yet.
            start => start,
        };
        let places = self.places.get_mut(from..)?.iter_mut();
        let wanted = match at == from {
            true => 1,
            false => string.len(),
        };
        for (place, new) in places.zip(start..).take(wanted) {
            *place = new;
        }
        self.places.get(at).copied().map(Ok)
    }
}
