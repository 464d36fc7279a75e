// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What keeps programs from using a kfunc.

use super::{
    format::{
        Kind,
        Record, //
    },
    matching::Decision,
    parse::{
        Locate,
        Offsets,
        Pair, //
    },
    reconcile::Plan,
};

/// Links of a chain of typedefs and qualifiers that are followed, as the kernel does.
const MAX_CHAIN: usize = 32;

/// The type of the base for which programs can't call `function`: its arguments or its result are
/// of a carried struct or union, or point to one, and a program has the kernel's.
pub fn barrier(types: &Pair<'_, '_, Offsets>, plan: &Plan, function: &Record<'_>) -> Option<u32> {
    let proto = types.record(function.size_or_type)?;
    let params = proto.params().map(|(_, of)| of);
    core::iter::once(proto.size_or_type)
        .chain(params)
        .filter_map(|id| pointed_to(types, id))
        .find(|&id| matches!(plan.get(id), Some(Decision::Carried(_))))
}

/// The struct or union that type `id` is, or points to.
fn pointed_to<L: Locate>(types: &Pair<'_, '_, L>, id: u32) -> Option<u32> {
    let (id, record) = plain(types, id)?;
    let (id, record) = match record.kind() {
        Kind::Ptr => plain(types, record.size_or_type)?,
        _ => (id, record),
    };
    matches!(record.kind(), Kind::Struct | Kind::Union | Kind::Fwd).then_some(id)
}

/// What type `id` is under typedefs and qualifiers.
fn plain<'a, L: Locate>(types: &Pair<'_, 'a, L>, mut id: u32) -> Option<(u32, Record<'a>)> {
    for _ in 0..MAX_CHAIN {
        let record = types.record(id)?;
        if !record.kind().is_modifier() {
            return Some((id, record));
        }
        id = record.size_or_type;
    }
    None
}
