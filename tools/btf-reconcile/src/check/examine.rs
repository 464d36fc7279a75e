// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What there is to say about one module on one kernel.

use super::{
    callable::Callables,
    lines,
    model::{
        Counts,
        Outcome,
        Report,
        Stock,
        Verdict, //
    },
    stock,
};
use crate::{
    base::Kernel,
    btf::{
        self,
        Btf,
        Decision,
        Error,
        Fault,
        IdMap,
        Mode,
        Offsets,
        Pair,
        Plan,
        Section,
        Vmlinux, //
    },
    elf::{
        Form,
        Module, //
    },
    mainline::relocate,
    reconcile::{
        Types,
        Unify, //
    }, //
};
use std::collections::HashMap;

/// Examines a module on a kernel.
pub fn examine(path: &str, module: &Module<'_>, kernel: &Kernel<'_>, unify: Unify) -> Report {
    let mut report = Report::new(path.to_owned(), kernel.name, Verdict::NoBtf);
    let vmlinux = &kernel.vmlinux;
    let Some(blob) = module.btf else {
        // It loads anywhere; its kfuncs are nowhere.
        lines::add_lost_slots(&mut report, module, "the module has no BTF");
        return report;
    };
    report.form = Some(module.form());
    report.bytes_before = blob.len() + module.own_base().map_or(0, <[u8]>::len);
    let done = match module.form() {
        Form::Plain => plain(module, blob, vmlinux, unify == Unify::All, &mut report),
        Form::Base | Form::BaseRef => with_base(module, vmlinux, unify != Unify::Off, &mut report),
    };
    if let Err(error) = done {
        report.verdict = verdict_for(&error, module.form());
        report.why = Some(error.to_string());
        let why = match report.verdict {
            Verdict::Stale => "the ids of the module are stale",
            _ => "the BTF of the module is broken",
        };
        lines::add_lost_slots(&mut report, module, why);
    }
    report
}

/// What an error makes of a module.
fn verdict_for(error: &Error, form: Form) -> Verdict {
    match (error.section, error.place, error.fault) {
        // Such ids were made for other BTF, or can't be found.
        (
            Section::Ids,
            _,
            Fault::SlotId(_)
            | Fault::SlotName(_)
            | Fault::SetName
            | Fault::SymbolName
            | Fault::NoSymbols,
        ) => Verdict::Stale,
        // What can be read, but makes no sense, does so on another kernel.
        (Section::Split, btf::Place::Type(_), fault)
            if form == Form::Plain
                && !matches!(fault, Fault::Truncated | Fault::UnknownKind(_)) =>
        {
            Verdict::Stale
        }
        _ => Verdict::Broken,
    }
}

/// A module that does not say what it was made against: it fits this kernel, or nobody can help.
fn plain(
    module: &Module<'_>,
    blob: &[u8],
    vmlinux: &Vmlinux<'_, Offsets>,
    unify: bool,
    report: &mut Report,
) -> btf::Result {
    report.stock = stock::plain(module, vmlinux);
    let split = Btf::parse_split(blob, &vmlinux.btf)?;
    btf::acceptable(blob, Some(&vmlinux.btf), &split)?;
    btf::fits(&vmlinux.btf, &split, &module.functions, module.pointer)?;
    let types = Pair {
        base: &vmlinux.btf,
        split: &split,
    };
    // The ids have to be those of the types that the symbols name; without symbols there is
    // nothing that could contradict.
    let same = IdMap::identity(split.end());
    let stripped = module.ids.as_ref().is_some_and(|ids| ids.are_stripped());
    if let Some(ids) = module.ids.as_ref().filter(|_| !stripped) {
        btf::remap(ids.bytes, &mut ids.symbols.clone(), &types, &same)?;
    }
    report.verdict = Verdict::Fits;
    report.bytes_after = blob.len();
    // Ids that nothing tells the place of can't follow.
    if unify && !stripped {
        let after = btf::unify_plain(vmlinux, &split, |copies, after| {
            lines::add_copies(report, copies, after);
        })?;
        if let Some(after) = after {
            report.bytes_after = after.bytes.len();
            report.bytes_unified = blob.len().saturating_sub(after.bytes.len());
            let split = Btf::parse_split(&after.bytes, &vmlinux.btf)?;
            let callables = Callables::new(&split, vmlinux, HashMap::new());
            lines::add_slots(report, module, &types, &after.ids, callables);
            return Ok(());
        }
    }
    let callables = Callables::new(&split, vmlinux, HashMap::new());
    lines::add_slots(report, module, &types, &same, callables);
    Ok(())
}

/// A module that says what it was made against.
fn with_base(
    module: &Module<'_>,
    vmlinux: &Vmlinux<'_, Offsets>,
    unify: bool,
    report: &mut Report,
) -> btf::Result {
    let types = Types::parse(module);
    let mut relocated = Vec::new();
    report.stock = match (module.form(), &types) {
        (Form::Base, Ok(Some(types))) => {
            relocated = relocate(vmlinux, &types.base, &types.split);
            stock::distilled(module, vmlinux, types, &relocated)
        }
        (Form::Base, Err(error)) => Stock::new(Outcome::Refuses, error),
        _ => stock::plain(module, vmlinux),
    };
    let Some(types) = types? else { return Ok(()) };
    let plan = types.plan(vmlinux, Mode::Lenient)?;
    let counts = plan.counts();
    report.counts = Counts {
        mapped: counts.mapped,
        resized: counts.resized,
        carried: counts.carried,
        ambiguous: counts.ambiguous,
        moved: counts.moved,
        ..Counts::default()
    };
    let result = types.rewrite(vmlinux, &plan);
    let mut result = match result {
        Err(error) => {
            lines::add_types(report, &types.base, vmlinux, &plan, None, &relocated);
            if module.form() == Form::Base && is_out_of_range(&error) {
                report.stock = Stock::new(Outcome::Unsafe, error);
            }
            return Err(error);
        }
        Ok(result) => result,
    };
    if report.stock.outcome == Outcome::Accepts && module.form() == Form::Base {
        report.stock = stock::ids(module, |id| result.ids.get(id));
    }
    report.bytes_after = result.bytes.len();
    if unify {
        let before = result.bytes.len();
        btf::unify_reconciled(vmlinux, &mut result, |copies, after| {
            lines::add_copies(report, copies, after);
        })?;
        report.bytes_after = result.bytes.len();
        report.bytes_unified = before.saturating_sub(result.bytes.len());
    }
    let new_ids = Some(&result.ids);
    lines::add_types(report, &types.base, vmlinux, &plan, new_ids, &relocated);
    types.remap(module, &result.ids)?;
    report.verdict = match counts.carried {
        0 => Verdict::Reconciled,
        _ => Verdict::Carries,
    };
    let split = Btf::parse_split(&result.bytes, &vmlinux.btf)?;
    let callables = Callables::new(&split, vmlinux, reasons(&plan, &result.ids));
    let had = Pair {
        base: &types.base,
        split: &types.split,
    };
    lines::add_slots(report, module, &had, &result.ids, callables);
    Ok(())
}

/// Whether this is for a reference that mainline follows out of what it was given.
fn is_out_of_range(error: &Error) -> bool {
    matches!(error.fault, Fault::Reference { .. })
}

/// Why types were carried, by their new ids.
fn reasons(plan: &Plan, ids: &IdMap) -> HashMap<u32, String> {
    plan.iter()
        .filter_map(|(id, decision)| match decision {
            Decision::Carried(reason) => Some((ids.get(id)?, reason.to_string())),
            _ => None,
        })
        .collect()
}
