// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The lines of a report: types, slots, kfuncs and destructors.

use super::{
    callable::Callables,
    model::{
        Callable,
        DifferingLine,
        Fate,
        Report,
        SlotLine,
        TypeLine, //
    },
};
use crate::{
    btf::{
        Btf,
        Copies,
        Decision,
        IdMap,
        Kind,
        Locate,
        Mapping,
        Offsets,
        Pair,
        Plan,
        Reason,
        Reconciled,
        Record,
        Vmlinux, //
    },
    elf::Module,
    mainline::Relocated,
    slots::{
        self,
        Slot,
        Use, //
    },
};

/// Adds a line for each type of the base.
pub fn add_types(
    report: &mut Report,
    base: &Btf<'_>,
    vmlinux: &Vmlinux<'_, Offsets>,
    plan: &Plan,
    new_ids: Option<&IdMap>,
    relocated: &[Relocated],
) {
    let lines = plan.iter().filter_map(|(id, decision)| {
        let record = base.record(id)?;
        let (fate, how, why) = in_words(decision);
        let size = size(&record);
        let kernel_size = match decision {
            Decision::Mapped(new, _) => vmlinux.btf.record(new).and_then(|r| self::size(&r)),
            Decision::Carried(Reason::Size(size)) => Some(size),
            _ => None,
        };
        let name = base.name(record.name_off).unwrap_or_default();
        let nth = usize::try_from(id).ok()?.checked_sub(1)?;
        Some(TypeLine {
            id,
            kind: record.kind(),
            name: name.escape_ascii().to_string(),
            fate,
            how,
            why,
            size,
            kernel_size: kernel_size.filter(|&theirs| Some(theirs) != size && size.is_some()),
            new_id: new_ids.and_then(|ids| ids.get(id)).filter(|&id| id != 0),
            stock: relocated.get(nth).map(|to| match to {
                Relocated::To(_) => "maps",
                Relocated::ToWrongKind(..) => "maps_wrong_kind",
                Relocated::Several(..) => "several",
                Relocated::Nowhere => "nowhere",
                Relocated::NotDistilled => "invalid",
            }),
        })
    });
    report.types = lines.collect();
}

/// Adds the copies that were found, and a line for each type that might have been one; `after` is
/// what became of the BTF.
pub fn add_copies(report: &mut Report, copies: &Copies<'_, '_, Offsets>, after: &Reconciled) {
    let types = copies.types();
    let lines = copies
        .differing()
        .filter_map(|(id, kernel_id, difference)| {
            let record = types.split.record(id)?;
            let name = types.name(record.name_off).unwrap_or_default();
            Some(DifferingLine {
                id: after.ids.get(id)?,
                kind: record.kind(),
                name: name.escape_ascii().to_string(),
                kernel_id,
                why: difference.renumbered(&after.ids).to_string(),
            })
        });
    report.differing = lines.collect();
    report.counts.differing = report.differing.len();
    report.counts.unified = copies.count();
}

/// A decision in words that do not change, and in plain language.
fn in_words(decision: Decision) -> (Fate, &'static str, Option<String>) {
    match decision {
        Decision::Mapped(_, how) => {
            let how = match how {
                Mapping::Exact => "exact",
                Mapping::Alias => "alias",
                Mapping::Defined => "defined",
                Mapping::Resized(_) => "resized",
            };
            (Fate::Mapped, how, None)
        }
        Decision::Carried(reason) => {
            let how = match reason {
                Reason::Missing => "missing",
                Reason::OtherKind(_) => "other_kind",
                Reason::Size(_) => "size",
                Reason::Differs => "differs",
                Reason::Ambiguous => "ambiguous",
            };
            (Fate::Carried, how, Some(reason.to_string()))
        }
        Decision::Moved => (Fate::Moved, "structural", None),
    }
}

/// The size in bytes that a record gives, for kinds that do.
fn size(record: &Record<'_>) -> Option<u32> {
    record.kind().has_size().then_some(record.size_or_type)
}

/// Adds a line for each slot, kfunc and destructor. `types` are what the ids in the slots mean,
/// `new_ids` what they become.
pub fn add_slots<L: Locate>(
    report: &mut Report,
    module: &Module<'_>,
    types: &Pair<'_, '_, L>,
    new_ids: &IdMap,
    mut callables: Callables<'_, '_>,
) {
    let slots = slots::list(module);
    for slot in slots.iter().filter(|slot| slot.used == Use::Kfunc) {
        callables.note_result(new_ids.get(slot.id).unwrap_or(0));
    }
    let mut of = (0, String::new());
    for slot in slots {
        let record = types.record(slot.id);
        let name = record.and_then(|r| types.name(r.name_off));
        let name = name.unwrap_or_default().escape_ascii().to_string();
        let new_id = new_ids.get(slot.id);
        add_slot(
            report,
            &slot,
            new_id,
            record.map(|r| r.kind()),
            name.clone(),
        );
        let id = new_id.unwrap_or(0);
        let why = match slot.used {
            _ if slot.id == 0 => Some("its id was never found".to_owned()),
            Use::Kfunc => callables.kfunc(id).err(),
            Use::Dtor => callables.dtor(id, of.0).err(),
            _ => None,
        };
        add_callable(report, &slot, name.clone(), why, of.1);
        of = (id, name);
    }
}

/// Adds a line for each slot, kfunc and destructor of a module whose types are of no use.
pub fn add_lost_slots(report: &mut Report, module: &Module<'_>, why: &str) {
    let mut of = String::new();
    for slot in slots::list(module) {
        // Ids that can't be trusted do not tell the name.
        let name = slot.wanted.escape_ascii().to_string();
        add_slot(report, &slot, None, None, name.clone());
        add_callable(report, &slot, name.clone(), Some(why.to_owned()), of);
        of = name;
    }
}

/// Adds a line for a slot.
fn add_slot(
    report: &mut Report,
    slot: &Slot<'_>,
    new_id: Option<u32>,
    kind: Option<Kind>,
    name: String,
) {
    report.counts.slots += 1;
    report.slots.push(SlotLine {
        at: slot.at,
        symbol: slot.symbol.escape_ascii().to_string(),
        set: slot.set.map(|set| set.escape_ascii().to_string()),
        old_id: slot.id,
        new_id,
        kind,
        name,
        flags: slot.flags,
    });
}

/// Adds a line for the kfunc or destructor that `slot` makes, if it does.
fn add_callable(
    report: &mut Report,
    slot: &Slot<'_>,
    name: String,
    why: Option<String>,
    of: String,
) {
    let (lines, of) = match slot.used {
        Use::Kfunc => {
            report.counts.kfuncs += 1;
            let set = slot.set.unwrap_or_default();
            (&mut report.kfuncs, set.escape_ascii().to_string())
        }
        Use::Dtor => {
            report.counts.dtors += 1;
            (&mut report.dtors, of)
        }
        Use::DtorOf | Use::TraceEvent | Use::Own => return,
    };
    report.counts.unusable += usize::from(why.is_some());
    lines.push(Callable {
        name,
        of,
        usable: why.is_none(),
        why,
    });
}
