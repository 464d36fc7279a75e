// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which structs and unions are held by value.

use super::{
    fields::Ids,
    kind::Kind,
    parse::{
        Locate,
        Offsets,
        Pair, //
    },
    record::Record,
    words::index,
    Result,
};
use crate::facade::Buf;

/// Links of a chain of typedefs, qualifiers and arrays that are followed. The kernel refuses
/// modifiers that go on for longer.
const MAX_CHAIN: usize = 32;

/// Types that are, or lead through typedefs, qualifiers and arrays to, one of some base types.
pub struct Leading<'p, 'a> {
    types: &'p Pair<'p, 'a, Offsets>,
    /// For each id whether it does.
    marks: Buf<bool>,
}

impl<'p, 'a> Leading<'p, 'a> {
    /// Finds what leads to the types of the base that `wanted` holds for.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn to(types: &'p Pair<'p, 'a, Offsets>, wanted: impl Fn(u32) -> bool) -> Result<Self> {
        let mut marks = Buf::filled(index(types.split.end()), false)?;
        for id in types.base.first()..types.base.end() {
            if let Some(mark) = marks.get_mut(index(id)) {
                *mark = wanted(id);
            }
        }
        // Mostly types come before those that refer to them, and two rounds do.
        for _ in 0..MAX_CHAIN {
            let mut changed = false;
            let records = types.base.records().chain(types.split.records());
            for (id, record) in records {
                let Some(to) = link(&record) else { continue };
                let leads = marks.get(index(to)).copied().unwrap_or(false);
                if let Some(mark) = marks.get_mut(index(id)) {
                    changed |= leads && !*mark;
                    *mark |= leads;
                }
            }
            if !changed {
                break;
            }
        }
        Ok(Self { types, marks })
    }

    /// Calls `each` for those of the types that `record` has inside, not behind a pointer: as
    /// members, variables, arguments or results. They come as often as they stand there.
    pub fn held_by(&self, record: &Record<'_>, mut each: impl FnMut(u32)) {
        if !matches!(
            record.kind(),
            Kind::Struct | Kind::Union | Kind::FuncProto | Kind::Var
        ) {
            return;
        }
        for id in Ids::of(record).values(record) {
            if self.marks.get(index(id)).copied().unwrap_or(false) {
                self.end_of_chain(id).map(&mut each);
            }
        }
    }

    /// The type that `id` leads to.
    fn end_of_chain(&self, mut id: u32) -> Option<u32> {
        for _ in 0..MAX_CHAIN {
            match link(&self.types.record(id)?) {
                Some(next) => id = next,
                None => return Some(id),
            }
        }
        None
    }
}

/// What `record` is another name, a qualified form or an array of.
fn link(record: &Record<'_>) -> Option<u32> {
    match record.kind() {
        Kind::Array => record.array().map(|(of, _, _)| of),
        kind if kind.is_modifier() => Some(record.size_or_type),
        _ => None,
    }
}
