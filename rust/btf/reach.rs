// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a typedef or a function is made of.

use super::{
    fields::Ids,
    kind::Kind,
    parse::{
        Btf,
        Locate, //
    },
};

/// Types that are looked at before giving up.
const MAX_STEPS: usize = 128;
/// Types that wait to be looked at.
const MAX_WAITING: usize = 64;

/// Whether `wanted` holds for one of the types that `id` leads to through typedefs and types
/// without a name; what a named struct or union is made of is not its business.
///
/// Gives `true` where that can't be told with bounded work.
pub fn leads_to<L: Locate>(btf: &Btf<'_, L>, id: u32, wanted: impl Fn(u32) -> bool) -> bool {
    let mut waiting = [id; MAX_WAITING];
    let mut len = 1usize;
    for step in 0..MAX_STEPS {
        let Some(id) = len.checked_sub(1).and_then(|top| waiting.get(top).copied()) else {
            return false;
        };
        len -= 1;
        if wanted(id) {
            return true;
        }
        let Some(record) = btf.record(id) else {
            continue;
        };
        let named = record.name_off != 0 && record.kind() != Kind::Typedef;
        if named && step != 0 {
            continue;
        }
        for below in Ids::of(&record).values(&record) {
            match waiting.get_mut(len) {
                Some(place) => *place = below,
                None => return true,
            }
            len += 1;
        }
    }
    true
}
