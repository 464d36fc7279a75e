// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! A table of the names that a base can name.
//!
//! What a lookup costs when a module is loaded is memory that is in no cache: bisection reads
//! a name in another place at each step. Here it is one line of the table, the record and its name.

use super::lookup::{
    hash,
    is,
    TooMany, //
};
use crate::{
    btf::{
        limits::MAX_NAMESAKES,
        number::{
            Id,
            Kernel, //
        },
        pace::Pace,
        wire::{
            words::index,
            Btf,
            Kind,
            Locate,
            Record, //
        },
        Result, //
    },
    facade::Buf,
};
use core::{
    hint::black_box,
    num::NonZero, //
};

/// Bits of an entry that are of the type's id, which counts up to `MAX_TYPE`.
const ID_BITS: u32 = 20;

/// One name in a [`Table`], in eight bytes.
#[derive(Clone, Copy)]
struct Entry {
    /// The type's id, and above it as many bits of its name's hash as fit.
    id_and_tag: NonZero<u32>,
    /// Where its record stands, so that no other table has to be asked.
    at: u32,
}

impl Entry {
    fn new(hash: u32, id: Id<Kernel>, at: u32) -> Option<Self> {
        let id_and_tag = NonZero::new(Self::tag(hash) | id.number())?;
        Some(Self { id_and_tag, at })
    }

    /// The bits of a hash that an entry has: the lowest, since the highest say where it stands.
    fn tag(hash: u32) -> u32 {
        hash << ID_BITS
    }

    fn id(self) -> Option<Id<Kernel>> {
        Id::new(self.id_and_tag.get() & ((1 << ID_BITS) - 1))
    }

    fn may_be(self, hash: u32) -> bool {
        self.id_and_tag.get() >> ID_BITS == Self::tag(hash) >> ID_BITS
    }
}

/// The types that a base can name, by hash of their names; and functions, if there is no other way
/// to find these.
///
/// # Invariants
///
/// An entry stands at the place that its hash says, or behind it with none free between them; those
/// of one name stand in order of their ids. The last place is free.
pub struct Table {
    places: Buf<Option<Entry>>,
    /// Number of places that hashes say; the others are behind them.
    len: usize,
}

/// A name on its way through the table, see [`Table::prepare`].
#[derive(Clone, Copy, Default)]
pub struct Prepared {
    hash: u32,
}

/// A hash of a name of which the lowest and the highest bits are as good.
fn mixed(name: &[u8]) -> u32 {
    let hash = hash(name);
    (hash ^ (hash >> 15)).wrapping_mul(0x85eb_ca6b)
}

impl Table {
    /// Walks all types of `btf`: once for a kernel, not for each module. Functions are taken in if
    /// `with_functions` says so.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new<L: Locate>(btf: &Btf<'_, Kernel, L>, with_functions: bool) -> Result<Self> {
        let mut found: Buf<(u32, Entry)> = Buf::new();
        let mut pace = Pace::new();
        for (id, record) in btf.records() {
            pace.step();
            let kind = record.kind();
            if !(can_be_named(kind) || with_functions && kind == Kind::Func) {
                continue;
            }
            if let Some(name) = btf.name(record.name()).filter(|n| !n.is_empty()) {
                let hash = mixed(name);
                let at = u32::try_from(btf.record_at(id)).unwrap_or(u32::MAX);
                if let Some(entry) = Entry::new(hash, id, at) {
                    found.push((hash, entry))?;
                }
            }
        }
        // Two thirds are taken. Behind the places that hashes say is room for all that may have to
        // stand further back, which are few, and one that is free.
        let len = found.len().saturating_add(found.len() / 2);
        let mut places: Buf<Option<Entry>> = Buf::filled(len.saturating_add(1), None)?;
        for &(hash, entry) in found.iter() {
            pace.step();
            let from = place_of(hash, len);
            let behind = places.get_mut(from..len).unwrap_or(&mut []);
            match behind.iter_mut().find(|place| place.is_none()) {
                Some(place) => *place = Some(entry),
                None => insert_at_end(&mut places, entry)?,
            }
        }
        // INVARIANT: Each was put at the first free place from there, ids ascending.
        Ok(Self { places, len })
    }

    /// Calls `each` for the types named `name`, in order of their ids.
    ///
    /// # Errors
    ///
    /// More of them than are looked at.
    pub fn find<'a, L: Locate>(
        &self,
        btf: &Btf<'a, Kernel, L>,
        name: &[u8],
        each: impl FnMut(Id<Kernel>, Record<'a, Kernel>),
    ) -> core::result::Result<(), TooMany> {
        let hash = mixed(name);
        self.find_prepared(btf, Prepared { hash }, name, each)
    }

    /// As [`Self::find`], for a name that is on its way.
    ///
    /// # Errors
    ///
    /// As for [`Self::find`].
    pub fn find_prepared<'a, L: Locate>(
        &self,
        btf: &Btf<'a, Kernel, L>,
        Prepared { hash }: Prepared,
        name: &[u8],
        mut each: impl FnMut(Id<Kernel>, Record<'a, Kernel>),
    ) -> core::result::Result<(), TooMany> {
        let mut found = 0usize;
        for entry in self.entries(hash) {
            let (Some(id), Some(record)) = (entry.id(), btf.read_at(index(entry.at))) else {
                continue;
            };
            if !is(btf, record.name(), name) {
                continue;
            }
            if found == MAX_NAMESAKES {
                return Err(TooMany);
            }
            found = found.wrapping_add(1);
            each(id, record);
        }
        Ok(())
    }

    /// Sends some names on their way at once: what is read for one is waited for together with what
    /// is read for the others. Nothing else comes of it, so that it may be left out.
    pub fn prepare<L: Locate>(
        &self,
        btf: &Btf<'_, Kernel, L>,
        names: &[&[u8]],
        prepared: &mut [Prepared],
    ) {
        for (name, place) in names.iter().zip(prepared.iter_mut()) {
            place.hash = mixed(name);
        }
        let mut sum = 0u32;
        for place in prepared.iter() {
            sum ^= self.entries(place.hash).next().map_or(0, |entry| entry.at);
        }
        black_box(sum);
        for place in prepared.iter() {
            for entry in self.entries(place.hash) {
                let name = btf.name_at(index(entry.at));
                let strs = name.and_then(|off| btf.strs_from(off));
                sum ^= strs.and_then(<[u8]>::first).map_or(0, |&b| b.into());
            }
        }
        black_box(sum);
    }

    /// Bytes that this holds on to.
    pub fn memory(&self) -> usize {
        size_of_val(&*self.places)
    }

    /// The entries that may be of a name with this hash.
    #[inline]
    fn entries(&self, hash: u32) -> impl Iterator<Item = Entry> + '_ {
        let from = self.places.get(place_of(hash, self.len)..).unwrap_or(&[]);
        let taken = from.iter().map_while(|place| *place);
        taken.filter(move |entry| entry.may_be(hash))
    }
}

/// Puts `entry` behind all places; the last stays free.
fn insert_at_end(places: &mut Buf<Option<Entry>>, entry: Entry) -> Result {
    if let Some(last) = places.last_mut() {
        *last = Some(entry);
    }
    Ok(places.push(None)?)
}

/// The place, of `len`, that `hash` says.
#[inline]
fn place_of(hash: u32, len: usize) -> usize {
    let scaled = u64::from(hash).wrapping_mul(len as u64) >> 32;
    // CAST: Less than `len`.
    scaled as usize
}

/// Whether types of this kind are looked up by name.
fn can_be_named(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Int
            | Kind::Struct
            | Kind::Union
            | Kind::Enum
            | Kind::Fwd
            | Kind::Float
            | Kind::Enum64
            | Kind::Typedef
    )
}
