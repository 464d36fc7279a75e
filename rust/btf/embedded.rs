// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which structs and unions a type holds by value.

use super::{
    fields::Fields,
    format::{
        word,
        Kind,
        Record, //
    },
    parse::{
        Locate,
        Pair, //
    },
};

/// Links of a chain of typedefs, qualifiers and arrays that are followed. The kernel refuses
/// modifiers that go on for longer.
const MAX_CHAIN: usize = 32;

/// Calls `each` for the structs and unions that `record` has inside, not behind a pointer: as
/// members, variables, arguments or results.
///
/// The ids come as often as they stand there; what they in turn hold is not looked into.
pub fn held_by_value<L: Locate>(
    types: &Pair<'_, '_, L>,
    record: &Record<'_>,
    mut each: impl FnMut(u32),
) {
    if !matches!(
        record.kind(),
        Kind::Struct | Kind::Union | Kind::FuncProto | Kind::Var
    ) {
        return;
    }
    for at in Fields::ids(record) {
        if let Some(id) = word(record.bytes, at).and_then(|id| end_of_chain(types, id)) {
            each(id);
        }
    }
}

/// The struct or union that `id` is, under typedefs, qualifiers and arrays.
fn end_of_chain<L: Locate>(types: &Pair<'_, '_, L>, mut id: u32) -> Option<u32> {
    for _ in 0..MAX_CHAIN {
        let record = types.record(id)?;
        id = match record.kind() {
            Kind::Struct | Kind::Union => return Some(id),
            Kind::Array => record.array()?.0,
            kind if kind.is_modifier() => record.size_or_type,
            _ => return None,
        };
    }
    None
}
