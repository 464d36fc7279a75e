// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Where the types that leave the base join the split ones.

use super::{
    parse::{
        Offsets,
        Pair, //
    },
    sort::heapsort,
    Result,
};
use crate::facade::Buf;
use core::{
    cmp::Ordering,
    ops::Range, //
};

/// Types of a base, each with the number of split types that come before it.
///
/// # Invariants
///
/// The numbers ascend, and none is larger than the number of split types.
pub struct Joined {
    places: Buf<(u32, u32)>,
    /// Number of split types.
    count: u32,
}

/// A piece of the new order of types.
pub enum Piece {
    /// One type of the base, by its id.
    Joined(u32),
    /// Split types, by their ids.
    Split(Range<u32>),
}

impl Joined {
    /// Finds places for types of the base: where bisection puts their names among those of the
    /// split types, so that what is sorted by name remains so. Types without a name come first.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(types: &Pair<'_, '_, Offsets>, ids: impl Iterator<Item = u32>) -> Result<Self> {
        let (first, end) = (types.split.first(), types.split.end());
        let name = |id| {
            let name = types.record(id).and_then(|r| types.name(r.name_off));
            name.unwrap_or(&[])
        };
        let mut places = Buf::new();
        for id in ids {
            let (mut low, mut high) = (first, end);
            let wanted = name(id);
            while low < high && !wanted.is_empty() {
                // NO-OVERFLOW: `low < high`.
                let middle = low + (high - low) / 2;
                match name(middle) < wanted {
                    true => low = middle + 1,
                    false => high = middle,
                }
            }
            // NO-OVERFLOW: `low` starts at `first` and grows.
            places.push((low - first, id))?;
        }
        let name_off = |id| types.record(id).map(|r| r.name_off);
        heapsort(&mut places, |a, b| {
            let by_name = || match name_off(a.1) == name_off(b.1) {
                true => Ordering::Equal,
                false => name(a.1).cmp(name(b.1)),
            };
            let order = a.0.cmp(&b.0).then_with(by_name);
            order.then(a.1.cmp(&b.1)) == Ordering::Less
        });
        // INVARIANT: Sorted just now; `low` is at most `end`.
        Ok(Self {
            places,
            count: types.split.count(),
        })
    }

    /// Whether no type joins.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Number of types that join.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// The new order; `first` is the id of the first split type.
    pub fn pieces(&self, first: u32) -> impl Iterator<Item = Piece> + '_ {
        let mut done = 0;
        let mut places = self.places.iter().peekable();
        core::iter::from_fn(move || {
            let until = places.peek().map_or(self.count, |place| place.0);
            if done < until {
                // NO-OVERFLOW: Ids of split types.
                let piece = Piece::Split(first + done..first + until);
                done = until;
                return Some(piece);
            }
            places.next().map(|place| Piece::Joined(place.1))
        })
    }
}
