// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The lines of a report: types, slots, kfuncs and destructors.

use super::model::{
    Callable,
    Counts,
    DifferingLine,
    Fate,
    Report,
    SlotLine,
    TypeLine,
    Verdict, //
};
use crate::{
    base::Kernel,
    btf::{
        list_lost_slots,
        Decision,
        Done,
        Id,
        Module,
        New,
        Offsets,
        Outcome,
        SlotRow,
        TypeRow,
        Use, //
    },
    mainline::Relocated,
};

/// All lines that there are.
const ALL: usize = usize::MAX;

/// Adds what has come of a module. `relocated` tells what a stock kernel takes each type of a distilled
/// base for.
pub fn add_outcome(
    report: &mut Report,
    outcome: &Outcome<'_, Offsets>,
    kernel: &Kernel<'_>,
    relocated: &[Relocated],
) {
    report.form = outcome.form;
    report.verdict = outcome.verdict().into();
    let counts = outcome.counts();
    report.counts = Counts {
        mapped: counts.mapped,
        resized: counts.resized,
        carried: counts.carried,
        ambiguous: counts.ambiguous,
        moved: counts.moved,
        ..Counts::default()
    };
    match &outcome.result {
        Ok(done) => {
            add_done(report, done, kernel, relocated);
            outcome.list_missing(&mut |_| report.counts.unresolved += 1);
        }
        Err(error) => {
            report.why = Some(error.to_string());
            let why = match report.verdict {
                Verdict::Stale => "the ids of the module are stale",
                _ => "the BTF of the module is broken",
            };
            outcome.list_lost_slots(ALL, &mut |row| add_slot(report, &row, Some(why)));
        }
    }
}

/// Adds what was done about a module that keeps its BTF.
fn add_done(
    report: &mut Report,
    done: &Done<'_, Offsets>,
    kernel: &Kernel<'_>,
    relocated: &[Relocated],
) {
    report.bytes_after = match &done.btf {
        Some(bytes) => bytes.len(),
        None => report.bytes_before,
    };
    report.bytes_unified = done.bytes_unified;
    if done.mending != Default::default() {
        report.mended = Some(done.mending.to_string());
    }
    if let Some((copies, _)) = done.copies {
        report.counts.unified = copies.count();
    }
    done.list_types(ALL, &mut |row| add_type(report, &row, relocated));
    done.list_differing(ALL, &mut |row| {
        report.differing.push(DifferingLine {
            id: row.id.number(),
            kind: row.kind,
            name: row.name.escape_ascii().to_string(),
            kernel_id: row.kernels.number(),
            why: row.why.to_string(),
        });
    });
    report.counts.differing = report.differing.len();
    report.counts.resolved = done.resolved();
    // Whether it has CONFIG_CFI can't be told from its types.
    let listed = done.list_slots(&kernel.vmlinux, false, ALL, &mut |row| {
        add_slot(report, &row, None);
    });
    if let Err(error) = listed {
        report.verdict = Verdict::Unreadable;
        report.why = Some(error.to_string());
    }
}

/// Adds a line for each slot, kfunc and destructor of a module without BTF.
pub fn add_slots_without_btf(report: &mut Report, module: &mut Module<'_>) {
    if let Ok(Some(slots)) = module.slots::<New>() {
        let why = Some("the module has no BTF");
        list_lost_slots(&slots, ALL, &mut |row| add_slot(report, &row, why));
    }
}

/// Adds a line for a type of the base.
fn add_type(report: &mut Report, row: &TypeRow<'_>, relocated: &[Relocated]) {
    let (_, how) = row.decision.words();
    let (fate, why) = match row.decision {
        Decision::Mapped(..) => (Fate::Mapped, None),
        Decision::Carried(reason) => (Fate::Carried, Some(reason.to_string())),
        Decision::Moved => (Fate::Moved, None),
    };
    // That of id 1 is the first.
    let nth = usize::try_from(row.id.number()).map_or(usize::MAX, |n| n.wrapping_sub(1));
    report.types.push(TypeLine {
        id: row.id.number(),
        kind: row.kind,
        name: row.name.escape_ascii().to_string(),
        fate,
        how,
        why,
        size: row.size,
        kernel_size: row.kernel_size(),
        new_id: row.new.map(Id::number),
        stock: relocated.get(nth).map(|to| match to {
            Relocated::To(_) => "maps",
            Relocated::ToWrongKind(..) => "maps_wrong_kind",
            Relocated::Several(..) => "several",
            Relocated::Nowhere => "nowhere",
            Relocated::NotDistilled => "invalid",
        }),
    });
}

/// Adds a line for a slot, and for the kfunc or destructor that it makes, if it does. `lost` says why
/// none of these can be used, if none can.
fn add_slot(report: &mut Report, row: &SlotRow<'_>, lost: Option<&str>) {
    let text = |bytes: &[u8]| bytes.escape_ascii().to_string();
    report.counts.slots += 1;
    report.slots.push(SlotLine {
        at: row.at,
        symbol: text(row.symbol),
        set: row.set.map(text),
        old_id: row.old,
        new_id: row.new,
        kind: row.kind,
        name: text(row.name),
        flags: row.flags,
        resolved: row.is_resolved,
        several: row.has_rivals,
    });
    let (lines, of) = match row.used {
        Use::Kfunc => {
            report.counts.kfuncs += 1;
            (&mut report.kfuncs, row.set.unwrap_or_default())
        }
        Use::Dtor => {
            report.counts.dtors += 1;
            (&mut report.dtors, row.of)
        }
        Use::DtorOf | Use::TraceEvent | Use::Own => return,
    };
    let barrier = row.barrier.map(ToString::to_string);
    let why = barrier.or(lost.map(str::to_owned));
    report.counts.unusable += usize::from(why.is_some());
    lines.push(Callable {
        name: text(row.name),
        of: text(of),
        usable: why.is_none(),
        why,
    });
}
