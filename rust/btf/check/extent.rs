// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! How much room types take where they are embedded.

use crate::{
    btf::{
        number::{
            Id,
            Space, //
        },
        pace::Pace,
        wire::{
            words::{
                index,
                word, //
            },
            Kind,
            Locate,
            Pair,
            Record, //
        },
        NoMemory, //
    },
    facade::Buf,
};

/// Links of a chain in the base that are followed before what they lead to is remembered. The
/// memory for that would be larger than all else, and no kernel's BTF needs it.
const FEW_LINKS: usize = 32;

/// Types of the base that are remembered in any case. Most members are of a few of them.
const RECENT: usize = 256;

/// The room that a type takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// It can't be embedded: `void`, a declaration, a function and the like, or no type at all.
    None,
    /// It embeds itself.
    Endless,
    /// More bytes than a struct can have.
    TooLarge,
    /// So many bytes.
    Bytes(u32),
    /// An integer, maybe by another name.
    Integer {
        /// Its bytes.
        bytes: u32,
        /// Bits up to the end of its value: less than its bytes have in old-style bitfields.
        bits: u16,
    },
}

impl Extent {
    /// What `count` of it take.
    fn times(self, count: u32) -> Self {
        match self {
            Extent::Bytes(bytes) | Extent::Integer { bytes, .. } => {
                let bytes = bytes.checked_mul(count);
                bytes.map_or(Extent::TooLarge, Extent::Bytes)
            }
            other => other,
        }
    }
}

/// What is known of a type.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Memo {
    Unknown,
    /// What it is made of is being followed.
    Open,
    Known(Extent),
}

/// The extents of types, so that each is followed once.
pub struct Extents<'l, 'p, 'a, S: Space, L> {
    types: &'l Pair<'p, 'a, S, L>,
    pointer: u32,
    /// For each split type.
    split: Buf<Memo>,
    /// Types of the base with their extents, each at the place that it hashes to.
    recent: Buf<(Option<Id<S>>, Extent)>,
    /// For each type of the base, once a chain there is longer than [`FEW_LINKS`].
    base: Buf<Memo>,
    /// The types that are open, with the number of elements if it is an array.
    path: Buf<(Id<S>, Option<u32>)>,
    pace: Pace,
}

impl<'l, 'p, 'a, S: Space, L: Locate> Extents<'l, 'p, 'a, S, L> {
    /// Knows none yet. A pointer has `pointer` bytes.
    pub fn new(types: &'l Pair<'p, 'a, S, L>, pointer: u32) -> Result<Self, NoMemory> {
        Ok(Self {
            types,
            pointer,
            split: Buf::filled(index(types.split.count()), Memo::Unknown)?,
            recent: Buf::filled(RECENT, (None, Extent::None))?,
            base: Buf::new(),
            path: Buf::new(),
            pace: Pace::new(),
        })
    }

    /// Takes in type `id`, which is `record` and a split one, so that it need not be read again.
    #[inline]
    pub fn add(&mut self, id: Id<S>, record: &Record<'_, S>) {
        if record.wraps().is_none() {
            let extent = self.plain(record);
            self.set(id, Memo::Known(extent));
        }
    }

    /// That of type `id`.
    #[inline]
    pub fn of(&mut self, id: Option<Id<S>>) -> Result<Extent, NoMemory> {
        let Some(id) = id else {
            return Ok(Extent::None);
        };
        if !self.types.is_split(id) {
            return self.of_base(id);
        }
        match self.memo(id) {
            Some(&Memo::Known(extent)) => Ok(extent),
            _ => self.follow(id),
        }
    }

    /// That of type `id`, which is the base's.
    #[inline]
    fn of_base(&mut self, id: Id<S>) -> Result<Extent, NoMemory> {
        let place = index(id.number().wrapping_mul(0x9e37_79b1) >> 16) % RECENT;
        match self.recent.get(place) {
            Some(&(Some(recent), extent)) if recent == id => Ok(extent),
            _ => {
                let extent = self.follow(id)?;
                if let Some(recent) = self.recent.get_mut(place) {
                    *recent = (Some(id), extent);
                }
                Ok(extent)
            }
        }
    }

    /// That of type `id`, by what it leads to.
    fn follow(&mut self, id: Id<S>) -> Result<Extent, NoMemory> {
        let mut in_base = 0;
        let mut at = Some(id);
        let mut extent = loop {
            self.pace.step();
            let Some(here) = at else {
                break Extent::None;
            };
            match self.memo(here) {
                Some(Memo::Known(extent)) => break *extent,
                Some(Memo::Open) => break Extent::Endless,
                _ => {}
            }
            let Some(record) = self.types.record(here) else {
                break Extent::None;
            };
            let Some(of) = record.wraps() else {
                let extent = self.plain(&record);
                self.set(here, Memo::Known(extent));
                break extent;
            };
            if !self.types.is_split(here) && self.base.is_empty() {
                if in_base == FEW_LINKS {
                    self.remember_base()?;
                    // Open now, if it was met before.
                    continue;
                }
                in_base = in_base.saturating_add(1);
            }
            self.set(here, Memo::Open);
            self.path
                .push((here, record.array().map(|array| array.count)))?;
            at = of;
        };
        while let Some((id, count)) = self.path.pop() {
            if let Some(count) = count {
                extent = extent.times(count);
            }
            self.set(id, Memo::Known(extent));
        }
        Ok(extent)
    }

    /// That of `record`, which is neither another name nor an array.
    #[inline]
    fn plain(&self, record: &Record<'_, S>) -> Extent {
        let bytes = record.size();
        match record.kind() {
            Kind::Ptr => Extent::Bytes(self.pointer),
            Kind::Int => {
                let data = word(record.tail(), 0).unwrap_or(0);
                let [bits, _, offset, _] = data.to_le_bytes();
                let bits = u16::from(bits).saturating_add(u16::from(offset));
                Extent::Integer { bytes, bits }
            }
            kind if kind.has_size() => Extent::Bytes(bytes),
            _ => Extent::None,
        }
    }

    /// Makes room for what is known of the types of the base.
    fn remember_base(&mut self) -> Result<(), NoMemory> {
        self.base = Buf::filled(index(self.types.base.count()), Memo::Unknown)?;
        for nth in 0..self.path.len() {
            if let Some(&(id, _)) = self.path.get(nth) {
                self.set(id, Memo::Open);
            }
        }
        Ok(())
    }

    #[inline]
    fn memo(&self, id: Id<S>) -> Option<&Memo> {
        match self.types.split.nth(id) {
            Some(nth) => self.split.get(nth),
            None => self.base.get(self.base_place(id)?),
        }
    }

    #[inline]
    fn set(&mut self, id: Id<S>, memo: Memo) {
        let place = match self.types.split.nth(id) {
            Some(nth) => self.split.get_mut(nth),
            None => {
                let at = self.base_place(id);
                at.and_then(|at| self.base.get_mut(at))
            }
        };
        if let Some(place) = place {
            *place = memo;
        }
    }

    /// Where in the table of the base type `id` is.
    #[inline]
    fn base_place(&self, id: Id<S>) -> Option<usize> {
        self.types.base.nth(self.types.in_base(id)?)
    }
}
