// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Finding names among types that are sorted by them.
//!
//! Bisection reads a name in another place at each step, far from the last. So the leading bytes
//! of one name in many are kept together: most of the steps are taken among these.

use super::{
    compare,
    MAX_CANDIDATES, //
};
use crate::{
    btf::{
        parse::{
            Btf,
            Locate, //
        },
        record::Record,
        words::index,
        Result, //
    },
    facade::Buf,
};
use core::cmp::Ordering;

/// One type in so many has a guide.
const STEP: usize = 32;

/// A way through types that stand in order of their names, those without one first.
pub struct Sorted {
    /// [`leading`] of the names of the first type and of each [`STEP`]th from there, ascending.
    guides: Buf<u64>,
}

impl Sorted {
    /// Walks all types of `btf`; [`None`] if they are not sorted, or one has no name that can be
    /// read.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new<L: Locate>(btf: &Btf<'_, L>) -> Result<Option<Self>> {
        let mut guides = Buf::with_capacity(index(btf.count()).div_ceil(STEP))?;
        let mut last: &[u8] = &[];
        for (nth, id) in (btf.first()..btf.end()).enumerate() {
            let name = btf.name_off(id).and_then(|off| btf.name(off));
            let Some(name) = name.filter(|&name| name >= last) else {
                return Ok(None);
            };
            last = name;
            if nth % STEP == 0 {
                guides.push(leading(name))?;
            }
        }
        Ok(Some(Self { guides }))
    }

    /// As [`super::Names::find`].
    pub fn find<'a, L: Locate>(
        &self,
        btf: &Btf<'a, L>,
        name: &[u8],
        mut each: impl FnMut(u32, Record<'a>),
    ) -> bool {
        let from = self.lower_bound(btf, name);
        for (seen, id) in (from..btf.end()).enumerate() {
            let Some(record) = btf.record(id) else { break };
            if compare(btf, record.name_off, name) != Ordering::Equal {
                break;
            }
            if seen == MAX_CANDIDATES {
                return false;
            }
            each(id, record);
        }
        true
    }

    /// The first type whose name is not less than `name`.
    fn lower_bound<L: Locate>(&self, btf: &Btf<'_, L>, name: &[u8]) -> u32 {
        let leading = leading(name);
        // Names with the same leading bytes may be less or greater.
        let less = self.guides.partition_point(|&guide| guide < leading);
        let more = self.guides.partition_point(|&guide| guide <= leading);
        let place = |nth: usize| {
            let places = u32::try_from(nth.saturating_mul(STEP)).unwrap_or(u32::MAX);
            btf.first().saturating_add(places)
        };
        let mut low = less.checked_sub(1).map_or(btf.first(), place);
        let mut high = match more < self.guides.len() {
            true => place(more),
            false => btf.end(),
        };
        while low < high {
            // NO-OVERFLOW: `low < high`.
            let middle = low + (high - low) / 2;
            let less = btf
                .name_off(middle)
                .is_some_and(|off| compare(btf, off, name) == Ordering::Less);
            match less {
                true => low = middle + 1,
                false => high = middle,
            }
        }
        low
    }

    /// Bytes that this holds on to.
    pub fn memory(&self) -> usize {
        size_of_val(&*self.guides)
    }
}

/// The first eight bytes of a name, as a number of which the order is theirs.
fn leading(name: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    for (place, &byte) in bytes.iter_mut().zip(name) {
        *place = byte;
    }
    u64::from_be_bytes(bytes)
}
