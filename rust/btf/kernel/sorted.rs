// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Finding names by bisection among types that are sorted by them.
//!
//! For what the table leaves out there: functions.

use super::lookup::{
    compare,
    TooMany, //
};
use crate::btf::{
    limits::MAX_NAMESAKES,
    number::{
        Id,
        Kernel, //
    },
    pace::Pace,
    wire::{
        Btf,
        Locate,
        Record, //
    },
};
use core::cmp::Ordering;

/// Whether the types of `btf` stand in order of their names, those without one first, and each name
/// can be read.
pub fn is_sorted<L: Locate>(btf: &Btf<'_, Kernel, L>) -> bool {
    let mut last: &[u8] = &[];
    let mut pace = Pace::new();
    for id in btf.ids() {
        pace.step();
        match btf.name(btf.name_of(id)) {
            Some(name) if name >= last => last = name,
            _ => return false,
        }
    }
    true
}

/// Calls `each` for the types of `btf`, which is sorted, that are named `name`, in order of their
/// ids.
///
/// # Errors
///
/// More of them than are looked at.
pub fn find<'a, L: Locate>(
    btf: &Btf<'a, Kernel, L>,
    name: &[u8],
    mut each: impl FnMut(Id<Kernel>, Record<'a, Kernel>),
) -> core::result::Result<(), TooMany> {
    for (seen, id) in lower_bound(btf, name).up_to(btf.end()).enumerate() {
        let Some(record) = btf.record(id) else { break };
        if compare(btf, record.name(), name) != Ordering::Equal {
            break;
        }
        if seen == MAX_NAMESAKES {
            return Err(TooMany);
        }
        each(id, record);
    }
    Ok(())
}

/// The first type whose name is not less than `name`.
fn lower_bound<L: Locate>(btf: &Btf<'_, Kernel, L>, name: &[u8]) -> Id<Kernel> {
    let id = |nth: u32| btf.first().forward(nth).unwrap_or(btf.end());
    let (mut low, mut high) = (0u32, btf.count());
    while low < high {
        let middle = low.midpoint(high);
        if compare(btf, btf.name_of(id(middle)), name) == Ordering::Less {
            low = middle.saturating_add(1);
        } else {
            high = middle;
        }
    }
    id(low)
}
