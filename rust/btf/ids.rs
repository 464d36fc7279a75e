// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `.BTF_ids`: the section through which a module names types by id.
//!
//! `BTF_ID()` and its kin put a slot of four bytes there for each type and a symbol
//! `__BTF_ID__<kind>__<name>__<counter>` on it. `BTF_SET*()` and `BTF_KFUNCS_START()` put a count
//! (and flags) in front of such slots, sorted by id since they are searched by bisection, and
//! a symbol `__BTF_ID__set__<name>` or `__BTF_ID__set8__<name>` over all of it.
//!
//! C header: [`include/linux/btf_ids.h`](srctree/include/linux/btf_ids.h)

use super::{
    error::{
        Error,
        Fault,
        Place,
        Section, //
    },
    idmap::IdMap,
    kind::Kind,
    parse::{
        Locate,
        Pair, //
    },
    sort::heapsort,
    words::{
        index,
        set_word,
        word, //
    },
    Result,
};
use crate::facade::Buf;

/// What the symbols of slots and sets start with.
pub const PREFIX: &[u8] = b"__BTF_ID__";

/// Flag of a set that holds kfuncs, `BTF_SET8_KFUNCS`.
const SET8_KFUNCS: u32 = 1;

/// A symbol of `.BTF_ids`.
#[derive(Clone, Copy, Debug)]
pub struct Symbol<'a> {
    /// Its name, with [`PREFIX`].
    pub name: &'a [u8],
    /// Where it lies, in bytes from the start of the section.
    pub at: u32,
    /// How many bytes it spans.
    pub size: u32,
}

/// What a symbol says of the bytes under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marks<'a> {
    /// A slot for the id of a type of this kind and name.
    Slot(Kind, &'a [u8]),
    /// A set of this name.
    Set(&'a [u8]),
    /// A set of this name, each slot with flags: kfuncs.
    Set8(&'a [u8]),
}

impl<'a> Symbol<'a> {
    /// Reads the name; [`None`] if it is of no known form.
    pub fn marks(&self) -> Option<Marks<'a>> {
        let rest = self.name.strip_prefix(PREFIX)?;
        if let Some(name) = rest.strip_prefix(b"set__") {
            return Some(Marks::Set(name));
        }
        if let Some(name) = rest.strip_prefix(b"set8__") {
            return Some(Marks::Set8(name));
        }
        let kinds: [(&[u8], Kind); 4] = [
            (b"func__", Kind::Func),
            (b"struct__", Kind::Struct),
            (b"union__", Kind::Union),
            (b"typedef__", Kind::Typedef),
        ];
        let (kind, rest) = kinds
            .iter()
            .find_map(|&(prefix, kind)| Some((kind, rest.strip_prefix(prefix)?)))?;
        // The counter, which makes the symbol unique.
        let end = rest.windows(2).rposition(|w| w == b"__")?;
        Some(Marks::Slot(kind, rest.get(..end)?))
    }
}

/// One id in `.BTF_ids`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Where it lies, in bytes from the start of the section.
    pub at: u32,
    /// The id.
    pub old: u32,
    /// The id that takes its place. Sets are sorted by it, so that in a set it may come to stand
    /// elsewhere.
    pub new: u32,
    /// Which of the symbols is over it: its own, or that of the set it is in.
    pub symbol: u32,
    /// The flags behind the id, in sets that have them.
    pub flags: Option<u32>,
    /// Whether it makes a kfunc.
    pub kfunc: bool,
}

/// `.BTF_ids` with its ids translated.
pub struct Remapped {
    /// The contents.
    pub bytes: Buf<u8>,
    /// The slots, by place.
    pub slots: Buf<Slot>,
}

/// Translates every id in `.BTF_ids`.
///
/// `section` is what the section holds and `symbols` are those that [`PREFIX`] starts; they are
/// sorted by place on the way. `types` are what the ids mean today.
///
/// # Errors
///
/// A symbol that lies outside or can't be read, a set that does not fit what it counts, and ids
/// that are not those of the types that the symbols name: such ids were made for other BTF.
pub fn remap<L: Locate>(
    section: &[u8],
    symbols: &mut [Symbol<'_>],
    types: &Pair<'_, '_, L>,
    map: &IdMap,
) -> Result<Remapped> {
    // A set comes before the first slot in it, and the larger of two at one place first.
    heapsort(symbols, |a, b| {
        (a.at, u32::MAX - a.size, a.name) < (b.at, u32::MAX - b.size, b.name)
    });
    let mut bytes = Buf::with_capacity(section.len())?;
    bytes.extend_from_slice(section)?;
    let remap = Remap {
        section,
        types,
        map,
    };
    let mut slots = Buf::with_capacity(symbols.len())?;
    let mut room = Room::default();
    let mut rest: &[Symbol<'_>] = symbols;
    let mut end = 0;
    while let Some((symbol, behind)) = rest.split_first() {
        // CAST: As many as there are symbols in a file.
        let nth = (symbols.len() - rest.len()) as u32;
        rest = behind;
        let fail = |fault| Error::new(Section::Ids, Place::Slot(symbol.at), fault);
        if symbol.at < end {
            return Err(fail(Fault::SymbolBounds));
        }
        let marks = symbol.marks().ok_or(fail(Fault::SymbolName))?;
        let (head, stride) = match marks {
            Marks::Slot(kind, name) => {
                let (old, new) = remap.slot(symbol.at, kind, name)?;
                set_word(&mut bytes, index(symbol.at), new).ok_or(fail(Fault::SymbolBounds))?;
                end = symbol.at.saturating_add(4);
                slots.push(Slot {
                    at: symbol.at,
                    old,
                    new,
                    symbol: nth,
                    flags: None,
                    kfunc: false,
                })?;
                continue;
            }
            Marks::Set(_) => (4u32, 4u32),
            Marks::Set8(_) => (8, 8),
        };
        end = symbol.at.saturating_add(symbol.size);
        let inside = rest.partition_point(|s| s.at < end);
        let (members, behind) = rest.split_at_checked(inside).unwrap_or((rest, &[]));
        rest = behind;
        let set = Set {
            at: symbol.at,
            head,
            stride,
            count: remap.count(symbol, head, stride)?,
            symbol: nth,
        };
        remap.set(&set, members, &mut room, &mut bytes, &mut slots)?;
    }
    Ok(Remapped { bytes, slots })
}

/// A set in `.BTF_ids`.
struct Set {
    at: u32,
    /// Bytes in front of the first slot.
    head: u32,
    /// Bytes from one slot to the next.
    stride: u32,
    /// Number of slots.
    count: u32,
    /// Which of the symbols it has.
    symbol: u32,
}

/// Room for what is known of one set, used for all of them.
#[derive(Default)]
struct Room<'s> {
    /// New ids and flags.
    slots: Buf<(u32, u32)>,
    /// What types its ids are.
    found: Buf<(Kind, &'s [u8])>,
    /// What types its symbols name, with their places.
    wanted: Buf<(u32, Kind, &'s [u8])>,
}

/// What [`remap`] looks into on its way.
struct Remap<'r, 'p, 'a, L> {
    section: &'r [u8],
    types: &'r Pair<'p, 'a, L>,
    map: &'r IdMap,
}

impl<'a, L: Locate> Remap<'_, '_, 'a, L> {
    /// The old and the new id for the slot at `at`, which is for a type of this kind and name.
    fn slot(&self, at: u32, kind: Kind, name: &[u8]) -> Result<(u32, u32)> {
        let (old, new) = self.id_at(at)?;
        if old != 0 && !self.is_named(old, kind, name) {
            let place = Place::Slot(at);
            return Err(Error::new(Section::Ids, place, Fault::SlotName(old)));
        }
        Ok((old, new))
    }

    /// The id at `at`, and the one that takes its place; an id that was never found stays 0.
    fn id_at(&self, at: u32) -> Result<(u32, u32)> {
        let fail = |fault| Error::new(Section::Ids, Place::Slot(at), fault);
        let old = word(self.section, index(at)).ok_or(fail(Fault::SymbolBounds))?;
        let new = self.map.get(old).ok_or(fail(Fault::SlotId(old)))?;
        Ok((old, new))
    }

    /// Whether type `id` is of this kind and name.
    fn is_named(&self, id: u32, kind: Kind, name: &[u8]) -> bool {
        self.types
            .record(id)
            .is_some_and(|r| r.kind() == kind && self.types.name(r.name_off) == Some(name))
    }

    /// Number of slots in the set under `symbol`.
    fn count(&self, symbol: &Symbol<'_>, head: u32, stride: u32) -> Result<u32> {
        let fail = |fault| Error::new(Section::Ids, Place::Slot(symbol.at), fault);
        let at = index(symbol.at);
        let bounds = at.checked_add(index(symbol.size));
        if bounds.is_none_or(|end| end > self.section.len()) {
            return Err(fail(Fault::SymbolBounds));
        }
        let count = word(self.section, at).ok_or(fail(Fault::SymbolBounds))?;
        let room = symbol.size.saturating_sub(head) / stride;
        match room == count {
            true => Ok(count),
            false => Err(fail(Fault::SetSize { room, count })),
        }
    }

    /// Translates a set, and sorts it by its new ids, flags with them.
    fn set<'s>(
        &self,
        set: &Set,
        members: &[Symbol<'s>],
        room: &mut Room<'s>,
        out: &mut [u8],
        listed: &mut Buf<Slot>,
    ) -> Result
    where
        'a: 's,
    {
        let fail = |fault| Error::new(Section::Ids, Place::Slot(set.at), fault);
        room.slots.clear();
        room.found.clear();
        let places = || {
            (0..set.count).map(|n| {
                // NO-OVERFLOW: The set lies in the section.
                set.at + set.head + n * set.stride
            })
        };
        let kfuncs = set.stride == 8
            && word(self.section, index(set.at) + 4).is_some_and(|flags| flags & SET8_KFUNCS != 0);
        for at in places() {
            let (old, new) = self.id_at(at)?;
            let flags = match set.stride {
                8 => Some(word(self.section, index(at) + 4).ok_or(fail(Fault::SymbolBounds))?),
                _ => None,
            };
            listed.push(Slot {
                at,
                old,
                new,
                symbol: set.symbol,
                flags,
                kfunc: kfuncs,
            })?;
            room.slots.push((new, flags.unwrap_or(0)))?;
            if let Some(r) = self.types.record(old) {
                let name = self.types.name(r.name_off).unwrap_or(&[]);
                room.found.push((r.kind(), name))?;
            }
        }
        self.check_names(set, members, room)?;
        heapsort(&mut room.slots, |a, b| a.0 < b.0);
        for (at, &(id, flags)) in places().zip(room.slots.iter()) {
            set_word(out, index(at), id).ok_or(fail(Fault::SymbolBounds))?;
            if set.stride == 8 {
                set_word(out, index(at) + 4, flags).ok_or(fail(Fault::SymbolBounds))?;
            }
        }
        Ok(())
    }

    /// Checks that the types in a set are those that the symbols in it name.
    ///
    /// Which is which is not known: the set was sorted after the symbols were made.
    fn check_names<'s>(&self, set: &Set, members: &[Symbol<'s>], room: &mut Room<'s>) -> Result {
        let fail = |at, fault| Error::new(Section::Ids, Place::Slot(at), fault);
        let Room { found, wanted, .. } = room;
        wanted.clear();
        for symbol in members {
            match symbol.marks() {
                Some(Marks::Slot(kind, name)) => wanted.push((symbol.at, kind, name))?,
                _ => return Err(fail(symbol.at, Fault::SymbolName)),
            }
        }
        let kind = |kind| kind as u8;
        heapsort(wanted, |a, b| (kind(a.1), a.2) < (kind(b.1), b.2));
        heapsort(found, |a, b| (kind(a.0), a.1) < (kind(b.0), b.1));
        // An id that was never found is 0 and has no name: each name found must be wanted, in
        // order, and no more of them than there are.
        let mut wanted = wanted.iter();
        for &(kind, name) in found.iter() {
            if !wanted.any(|&(_, k, n)| k == kind && n == name) {
                return Err(fail(set.at, Fault::SetName));
            }
        }
        Ok(())
    }
}
