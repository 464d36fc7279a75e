// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Where the types of a base that stay the module's stand among its own.

use crate::{
    btf::{
        number::{
            Base,
            Id,
            Off,
            Split, //
        },
        pace::Pace,
        sort::heapsort,
        wire::{
            words::compare_string,
            Btf,
            Offsets,
            Pair, //
        },
        Result, //
    },
    facade::Buf,
};
use core::cmp::Ordering;

/// A type of the base and its place.
#[derive(Clone, Copy)]
struct Place {
    /// Number of split types that come before it.
    before: u32,
    /// Of those between the same two split types, which of their names it has; 0 for none.
    rank: u32,
    id: Id<Base>,
}

/// A type of the base and its name.
type Named = (Off<Base>, Id<Base>);

/// A name that types of the base have.
#[derive(Clone, Copy)]
struct Name {
    /// Its first eight bytes, as a number of which the order is theirs.
    leading: u64,
    /// The first of the types that have it, by its place among all that have names.
    first: usize,
}

/// Types of the base, in the order of their places among the split ones.
///
/// # Invariants
///
/// What comes before them ascends, and is no more than there are split types.
pub struct Order {
    places: Buf<Place>,
}

/// A piece of the new order of types: those from the first id up to the second one.
#[derive(Clone, Copy)]
pub enum Piece {
    /// Types of the base.
    Base(Id<Base>, Id<Base>),
    /// Split types.
    Split(Id<Split>, Id<Split>),
}

impl Order {
    /// Finds places for types of the base: where bisection puts their names among those of the
    /// split types, so that what is sorted by name remains so. Types without a name come first.
    ///
    /// Each name is looked at once, however many types have it: names can be long.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(
        types: &Pair<'_, '_, Split, Offsets>,
        ids: impl Iterator<Item = Id<Base>>,
    ) -> Result<Self> {
        let mut pace = Pace::new();
        let mut places = Buf::new();
        let mut named: Buf<Named> = Buf::new();
        for id in ids {
            pace.step();
            match types.base.name_of(id) {
                Some(off) => named.push((off, id))?,
                None => places.push(Place {
                    before: 0,
                    rank: 0,
                    id,
                })?,
            }
        }
        sort(&mut named, |a, b| a < b);
        add_named(types, &named, &mut places)?;
        // Which they are by now, if the split types are and no name is in the base twice.
        let key = |place: &Place| (place.before, place.rank, place.id);
        sort(&mut places, |a, b| key(a) < key(b));
        // INVARIANT: Sorted just now.
        Ok(Self { places })
    }

    /// Whether no type stays.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The new order, piece by piece.
    pub fn pieces<'s>(&'s self, split: &Btf<'_, Split>) -> impl Iterator<Item = Piece> + 's {
        let (mut next, end) = (split.first(), split.end());
        let first = next;
        let mut places = self.places.iter().peekable();
        core::iter::from_fn(move || {
            let before = places.peek().map(|place| place.before);
            let until = before.map_or(Some(end), |before| first.forward(before));
            let until = until.unwrap_or(end).min(end);
            if next < until {
                let piece = Piece::Split(next, until);
                next = until;
                return Some(piece);
            }
            let from = places.next()?.id;
            let mut to = from.next();
            // What stands together goes together.
            while let Some(place) = places.peek() {
                if Some(place.before) != before || place.id != to {
                    break;
                }
                to = to.next();
                places.next();
            }
            Some(Piece::Base(from, to))
        })
    }
}

/// Adds the places of `named`, which is sorted, in order of their names.
fn add_named(
    types: &Pair<'_, '_, Split, Offsets>,
    named: &[Named],
    places: &mut Buf<Place>,
) -> Result {
    let spelling = |nth: usize| {
        let off = named.get(nth).map(|&(off, _)| off);
        off.and_then(|off| types.base.string(off)).unwrap_or(&[])
    };
    let mut pace = Pace::new();
    let mut names: Buf<Name> = Buf::new();
    let mut last = None;
    for (nth, &(off, _)) in (0..named.len()).zip(named) {
        pace.step();
        if last.replace(off) != Some(off) {
            names.push(Name {
                leading: leading(spelling(nth)),
                first: nth,
            })?;
        }
    }
    let order = |a: &Name, b: &Name| {
        let by_leading = a.leading.cmp(&b.leading);
        by_leading.then_with(|| spelling(a.first).cmp(spelling(b.first)))
    };
    sort(&mut names, |a, b| order(a, b) == Ordering::Less);
    let (mut before, mut rank) = (0, 0u32);
    let mut last: Option<&Name> = None;
    for name in names.iter() {
        let wanted = spelling(name.first);
        pace.steps(cost(wanted));
        // Unless it is in the base twice.
        if last.is_none_or(|last| order(last, name) != Ordering::Equal) {
            before = bisect(types, wanted);
            // There are no more names than types.
            rank = rank.wrapping_add(1);
        }
        let rest = named.get(name.first..).unwrap_or(&[]);
        let off = rest.first().map(|&(off, _)| off);
        for &(_, id) in rest.iter().take_while(|&&(other, _)| Some(other) == off) {
            places.push(Place { before, rank, id })?;
        }
        last = Some(name);
    }
    Ok(())
}

/// How many split types bisection puts before the name `wanted`.
fn bisect(types: &Pair<'_, '_, Split, Offsets>, wanted: &[u8]) -> u32 {
    let split = types.split;
    let (mut low, mut high) = (0, split.count());
    while low < high && !wanted.is_empty() {
        let middle = u32::midpoint(low, high);
        let off = split
            .first()
            .forward(middle)
            .and_then(|id| split.name_of(id));
        let strs = off.and_then(|off| types.strs_from(off)).unwrap_or(&[0]);
        if compare_string(strs, wanted) == Ordering::Less {
            low = middle.saturating_add(1);
        } else {
            high = middle;
        }
    }
    low
}

/// Steps that looking for a name takes.
fn cost(name: &[u8]) -> u32 {
    u32::try_from(name.len())
        .unwrap_or(u32::MAX)
        .saturating_add(16)
}

/// The first eight bytes of a name, as a number of which the order is theirs.
fn leading(name: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (place, &byte) in bytes.iter_mut().zip(name) {
        *place = byte;
    }
    u64::from_be_bytes(bytes)
}

/// Sorts what mostly is sorted already.
fn sort<T>(items: &mut [T], less: impl Fn(&T, &T) -> bool) {
    if !items.is_sorted_by(|a, b| !less(b, a)) {
        heapsort(items, less);
    }
}
