// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Writing what stays.

use super::{
    fate::{
        Fate,
        Fates, //
    },
    record::{
        remaining_name,
        with_variables,
        without_bad_names, //
    },
    Mended,
    Mending, //
};
use crate::{
    btf::{
        check::Identifiers,
        error::Fault,
        number::{
            Id,
            Kernel,
            New,
            Off, //
        },
        pace::Pace,
        reconcile::{
            IdMap,
            Rewritten, //
        },
        wire::{
            fields::translate,
            header::Writer,
            Btf,
            Kind,
            Locate,
            Pair,
            Record, //
        },
        Result, //
    },
    facade::Buf,
};

/// Writes the types of `split` that stay.
///
/// They keep their order; but if they are sorted, those that have no name any more come before
/// those that have one, for the kernel to see that they are.
///
/// # Errors
///
/// A reference to no type; no memory.
pub fn write<L: Locate>(
    vmlinux: &Btf<'_, Kernel, L>,
    split: &Btf<'_, New>,
    names: &mut Identifiers<'_>,
    fates: &Fates<'_, '_>,
) -> Result<Mended> {
    let mut pace = Pace::new();
    let mut order = Buf::new();
    let mut mending = Mending::default();
    for (id, record) in split.records() {
        pace.step();
        match fates.get(id) {
            Fate::Stays | Fate::Changes => {
                order.push(id)?;
                if remaining_name(&record, names) != record.name() {
                    mending.nameless = mending.nameless.saturating_add(1);
                }
            }
            Fate::GivesWay(_) => mending.replaced = mending.replaced.saturating_add(1),
            Fate::Goes | Fate::Open => mending.left_out = mending.left_out.saturating_add(1),
        }
    }
    if mending.nameless != 0 && is_sorted(vmlinux, split) {
        order = nameless_first(split, names, &order)?;
    }

    let mut ids = IdMap::fixing(split.first(), split.end())?;
    let mut new = split.first();
    for &id in order.iter() {
        ids.set(id, new);
        new = new.next();
    }
    for id in split.ids() {
        if let Fate::GivesWay(Some(to)) = fates.get(id) {
            if let Some(to) = ids.get(to) {
                ids.set(id, to);
            }
        }
    }

    let header = split.header();
    let len = header.types.len().saturating_add(header.strs.len());
    let mut writer = Writer::new(header, len)?;
    let mut bytes = Buf::new();
    for &id in order.iter() {
        let Some(record) = split.record(id) else {
            continue;
        };
        pace.steps(record.vlen().saturating_add(1));
        let members = one(&record, names, fates, id, &mut bytes)?;
        mending.members = mending.members.saturating_add(members);
        let new_id = |id: Id<New>| match fates.get(id) {
            Fate::GivesWay(None) => Ok(None),
            _ => match ids.get(id) {
                Some(new) => Ok(Some(new)),
                None => Err(Fault::Reference {
                    id: id.number(),
                    end: split.end().number(),
                }),
            },
        };
        translate(&mut bytes, |off: Off<New>| Ok(Some(off)), new_id)
            .map_err(|fault| split.at_type(id, fault))?;
        writer.add(&bytes)?;
    }
    let bytes = writer.finish([header.strs].into_iter())?;
    Ok(Mended {
        rewritten: Rewritten { bytes, ids },
        mending,
    })
}

/// Puts what type `id`, which is `record` and stays, becomes into `bytes`, but for its references;
/// says how many of its members or values have no name any more.
fn one(
    record: &Record<'_, New>,
    names: &mut Identifiers<'_>,
    fates: &Fates<'_, '_>,
    id: Id<New>,
    bytes: &mut Buf<u8>,
) -> Result<u32> {
    if fates.get(id) == Fate::Changes {
        return Ok(without_bad_names(record, names, bytes)?);
    }
    if record.kind() == Kind::Datasec {
        let stays = |id| Id::new(id).is_some_and(|id| fates.get(id) != Fate::Goes);
        with_variables(record, stays, bytes)?;
    } else {
        bytes.clear();
        bytes.extend_from_slice(record.bytes())?;
    }
    Ok(0)
}

/// Whether the types of `split` are in order of their names.
fn is_sorted<L: Locate>(vmlinux: &Btf<'_, Kernel, L>, split: &Btf<'_, New>) -> bool {
    let types = Pair {
        base: vmlinux,
        split,
    };
    let mut pace = Pace::new();
    let mut last: &[u8] = &[];
    for (_, record) in split.records() {
        pace.step();
        match types.name(record.name()) {
            Some(name) if name >= last => last = name,
            _ => return false,
        }
    }
    true
}

/// The types in `order`, those without a name first.
fn nameless_first(
    split: &Btf<'_, New>,
    names: &mut Identifiers<'_>,
    order: &[Id<New>],
) -> Result<Buf<Id<New>>> {
    let mut pace = Pace::new();
    let mut sorted = Buf::with_capacity(order.len())?;
    for are_named in [false, true] {
        for &id in order {
            pace.step();
            let name = split
                .record(id)
                .and_then(|record| remaining_name(&record, names));
            if name.is_some() == are_named {
                sorted.push(id)?;
            }
        }
    }
    Ok(sorted)
}
