// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Carrying a plan out: the split BTF with its new base.

use super::{
    decision::{
        Decision,
        Mapping, //
    },
    id_map::IdMap,
    order::{
        Order,
        Piece, //
    },
    plan::Plan,
    strings::{
        Renamed,
        Strings, //
    },
    Rewritten, //
};
use crate::btf::{
    error::{
        Error,
        Fault,
        Place,
        Section, //
    },
    limits::MAX_TYPE,
    number::{
        Base,
        Id,
        Kernel,
        New,
        Off,
        Space,
        Split, //
    },
    pace::Pace,
    wire::{
        fields,
        header::Writer,
        words::index,
        Btf,
        Locate,
        Offsets,
        Pair, //
    },
    Result, //
};

/// Gives `split` the base `vmlinux` in place of `base`, of whose types `plan` tells.
///
/// Types that are not mapped join the split ones, at the place where their names belong. With every
/// type mapped the types keep their order, and the result has the size of the input.
///
/// # Errors
///
/// A reference to a type or string that there is not, placed in `split` or `base`; more types or
/// strings than can be counted; no memory.
pub fn rewrite<L: Locate>(
    vmlinux: &Btf<'_, Kernel, L>,
    base: &Btf<'_, Base>,
    split: &Btf<'_, Split>,
    plan: &Plan,
) -> Result<Rewritten<Split>> {
    let stays = |&(_, decision): &(_, Decision)| !matches!(decision, Decision::Mapped(..));
    let staying = || plan.iter().filter(stays).map(|(id, _)| id);
    // What is too much is told before there is work with it.
    let new_first = Id::<New>::of_base(vmlinux.end());
    // There are fewer than 2^20 types.
    let count = staying().fold(0u32, |count, _| count.wrapping_add(1));
    let new_end = new_first.forward(count);
    let new_end = new_end.and_then(|end| end.forward(split.count()));
    if new_end.is_none_or(|end| end.number() > MAX_TYPE.saturating_add(1)) {
        return Err(Error::new(Section::Split, Place::Whole, Fault::TooLarge));
    }
    let mut strings = Strings::new(base, split, vmlinux)?;
    let mut ids = IdMap::new(split.end())?;
    for (id, decision) in plan.iter() {
        let Decision::Mapped(new, how) = decision else {
            continue;
        };
        ids.set(Id::of_base(id), Id::of_base(new));
        // The kernel's own string, but not one of another spelling.
        if how != Mapping::Alias {
            if let (Some(old), Some(new)) = (base.name_of(id), vmlinux.name_of(new)) {
                strings.share(old, new);
            }
        }
    }
    let mut pace = Pace::new();
    for id in staying() {
        pace.step();
        if let Some(name) = base.name_of(id) {
            let added = strings.of_base(name);
            added.map_err(|fault| base.at_type(id, fault))?;
        }
    }
    let types = Pair { base, split };
    let order = Order::new(&types, staying())?;
    let mut new = new_first;
    for piece in order.pieces(split) {
        new = match piece {
            Piece::Base(from, to) => ids.set_run(Id::of_base(from), Id::of_base(to), new),
            Piece::Split(from, to) => ids.set_run(from, to, new),
        };
    }
    let mut out = lay_out(&types, &order)?;
    let mut references = References {
        ids: ids.all(),
        strings: &mut strings,
        pace,
    };
    let mut records = out.records();
    for piece in order.pieces(split) {
        records = match piece {
            Piece::Base(from, to) => {
                references.translate(base, (from, to), records, Strings::of_base)?
            }
            Piece::Split(from, to) => {
                references.translate(split, (from, to), records, Strings::of_split)?
            }
        };
    }
    let pieces = [split.header().strs, strings.added()];
    let bytes = out.finish(pieces.into_iter())?;
    Ok(Rewritten { bytes, ids })
}

/// Writes the types as they are, those of the base at their places.
fn lay_out<'a>(types: &Pair<'_, 'a, Split, Offsets>, order: &Order) -> Result<Writer<'a>> {
    let (base, split) = (types.base.header(), types.split.header());
    // Room for all there will be, so that nothing is moved when it grows.
    let parts = if order.is_empty() {
        [split.types, split.strs, &[], &[]]
    } else {
        [split.types, split.strs, base.types, base.strs]
    };
    let room = parts
        .iter()
        .fold(0, |sum: usize, part| sum.saturating_add(part.len()));
    let mut out = Writer::new(split, room)?;
    for piece in order.pieces(types.split) {
        out.add(match piece {
            Piece::Base(from, to) => types.base.records_bytes(from, to),
            Piece::Split(from, to) => types.split.records_bytes(from, to),
        })?;
    }
    Ok(out)
}

/// Translates references in type records.
struct References<'t, 'p, 'a> {
    /// The new ids of all types, from the first id on.
    ids: &'t [Option<Id<New>>],
    strings: &'t mut Strings<'p, 'a>,
    pace: Pace,
}

impl<'p, 'a> References<'_, 'p, 'a> {
    /// Translates the records that `records` starts with, which are copies of those of the types of
    /// `of` from one up to another, and their strings by `string`; gives the others. A base refers
    /// to nothing behind its own end.
    #[inline(never)]
    fn translate<'r, S: Space>(
        &mut self,
        of: &Btf<'_, S>,
        (from, to): (Id<S>, Id<S>),
        records: &'r mut [u8],
        mut string: impl FnMut(&mut Strings<'p, 'a>, Off<S>) -> Renamed,
    ) -> Result<&'r mut [u8]> {
        let end = of.end();
        let ids = self.ids.get(..index(end.number().wrapping_sub(1)));
        let ids = ids.unwrap_or_default();
        let strings = &mut *self.strings;
        let mut name = |old| string(strings, old);
        let mut id = |id: Id<S>| {
            // Ids start with 1.
            let nth = index(id.number().wrapping_sub(1));
            match ids.get(nth) {
                Some(&Some(new)) => Ok(Some(new)),
                _ => Err(no_type(id, end)),
            }
        };
        let mut rest = records;
        let mut done = 0u32;
        for len in of.record_lens(from, to) {
            let Some((record, others)) = rest.split_at_mut_checked(len) else {
                return Ok(&mut []);
            };
            self.pace.step();
            if let Err(fault) = fields::translate(record, &mut name, &mut id) {
                return Err(of.at_type(from.forward(done).unwrap_or(from), fault));
            }
            rest = others;
            // There are fewer than 2^20 types.
            done = done.wrapping_add(1);
        }
        Ok(rest)
    }
}

/// A reference to no type.
#[cold]
fn no_type<S: Space>(id: Id<S>, end: Id<S>) -> Fault {
    let (id, end) = (id.number(), end.number());
    Fault::Reference { id, end }
}
