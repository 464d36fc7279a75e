// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which structs and unions are embedded: held by value, not behind a pointer.

use super::leading::{
    Leading,
    Links, //
};
use crate::btf::{
    number::{
        Base,
        Id,
        Space,
        Split, //
    },
    pace::Pace,
    wire::{
        fields,
        Btf,
        Kind,
        Offsets,
        Pair, //
    },
    Result, //
};

/// Finds out what embeds some types of a base.
pub struct Embedded {
    /// What is one of them, or leads to one through typedefs, qualifiers and arrays.
    leading: Leading<Split>,
    pace: Pace,
}

impl Embedded {
    /// Looks for what leads to `wanted`, which are types of the base.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(
        types: &Pair<'_, '_, Split, Offsets>,
        wanted: impl Iterator<Item = Id<Base>>,
    ) -> Result<Self> {
        let mut links = Links::new(types.split.end())?;
        let mut pace = Pace::new();
        for id in types.base.ids() {
            pace.step();
            add_link(&mut links, types.base, id)?;
        }
        for id in types.split.ids() {
            pace.step();
            add_link(&mut links, types.split, id)?;
        }
        let leading = links.lead_to(wanted.map(Id::of_base))?;
        Ok(Self { leading, pace })
    }

    /// Calls `each` for those of the types that type `id` of `btf` embeds: as members, elements,
    /// variables, arguments or results. They come as often as they stand there.
    #[inline]
    pub fn by<S: Space>(&mut self, btf: &Btf<'_, S>, id: Id<S>, mut each: impl FnMut(Id<Base>)) {
        self.pace.step();
        match btf.kind(id) {
            // A pointer to an array leads to elements of one size, too.
            Some(Kind::Array) => self.check(id, &mut each),
            Some(Kind::Struct | Kind::Union | Kind::FuncProto | Kind::Var) => {
                let Some(record) = btf.record(id) else { return };
                self.pace.steps(record.vlen());
                fields::each_id(&record, |id| self.check(id, &mut each));
            }
            _ => {}
        }
    }

    /// Calls `each` with what `id`, which is one of the split ids, leads to, if it does.
    #[inline]
    fn check<S: Space>(&self, id: Id<S>, each: &mut impl FnMut(Id<Base>)) {
        let end = Id::new(id.number()).and_then(|id| self.leading.end(id));
        if let Some(end) = end.and_then(|end| Id::new(end.number())) {
            each(end);
        }
    }
}

/// Adds what type `id` of `btf` is another name, a qualified form or an array of.
#[inline]
fn add_link<S: Space>(links: &mut Links<Split>, btf: &Btf<'_, S>, id: Id<S>) -> Result {
    let wraps = |kind: Kind| kind == Kind::Array || kind.is_modifier();
    if !btf.kind(id).is_some_and(wraps) {
        return Ok(());
    }
    let to = btf.record(id).and_then(|record| record.wraps());
    let to = to.flatten().and_then(|to| Id::new(to.number()));
    match (Id::new(id.number()), to) {
        (Some(id), Some(to)) => links.add(id, to),
        _ => Ok(()),
    }
}
