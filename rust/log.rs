// SPDX-License-Identifier: GPL-2.0

//! What the log says of a module.

use crate::{
    btf::{
        self,
        Base,
        Btf,
        Decision,
        Form,
        Id,
        Mapping,
        Mending,
        Outcome,
        Place,
        Plan,
        Types, //
    },
    facade::Buf,
    params,
    policy::Action,
    report::{
        Done,
        Entry, //
    },
    running::RunningTypes,
    shown::Shown, //
};
use kernel::{
    fmt,
    prelude::*,
    str::BStr, //
};

/// Lines about single types that one module gets; the rest is counted.
const MAX_LINES: u32 = 16;

/// Names that stand in one line.
const MAX_NAMES: usize = 8;

/// Says what has come of a module, which `entry` has as well, and what to do about it; `action` is
/// what was to be done.
pub(crate) fn outcome(
    module: &BStr,
    outcome: &Outcome<'_, RunningTypes>,
    entry: &Entry,
    action: Action,
) {
    match &outcome.result {
        Ok(done) => {
            match &done.types {
                Types::Based { .. } if entry.form == Some(Form::Whole) => whole(module, entry),
                Types::Based { types, plan, .. } => reconciled(module, types.base, plan, entry),
                Types::Plain { .. } => {}
            }
            resolved(module, outcome, entry);
            if done.mending != Mending::default() {
                let what = Shown(done.mending);
                pr_notice!("{module}: for the kernel to take the rest of its BTF, {what}\n");
            }
            if let Some(why) = done.not_unified {
                let why = Shown(why);
                pr_notice!("{module}: {why}; its copies of the kernel's types stay in its BTF\n");
            }
            unified(module, entry);
            contradiction(module, entry);
        }
        Err(error) => useless(module, outcome, entry, action, error),
    }
}

/// Says that a module was reconciled, and what could not be mapped.
fn reconciled(module: &BStr, base: &Btf<'_, Base>, plan: &Plan, entry: &Entry) {
    let (mapped, carried) = (entry.counts.mapped, entry.counts.carried);
    let (slots, us, origin) = (entry.slots, entry.time.as_micros_ceil(), &entry.origin);
    pr_info!(
        "{module}: reconciled: {mapped} types mapped, {carried} carried, {slots} ids translated, \
         {us} us{origin}\n"
    );
    let (resized, moved) = (entry.counts.resized, entry.counts.moved);
    if resized != 0 {
        pr_info!("{module}: {resized} types have another size here, and are only pointed to\n");
    }
    if moved != 0 && params::verbose() {
        pr_info!("{module}: {moved} types without a name moved to the module's own\n");
    }
    let mut lines = 0u32;
    for (id, decision) in plan.iter() {
        type_line(module, base, id, decision, &mut lines);
    }
    if let Some(more @ 1..) = lines.checked_sub(MAX_LINES) {
        if !params::verbose() {
            pr_notice!("{module}: carried {more} more types\n");
        }
    }
}

/// Says that a module whose BTF stands on its own was reconciled.
fn whole(module: &BStr, entry: &Entry) {
    let (slots, us) = (entry.slots, entry.time.as_micros_ceil());
    pr_info!("{module}: reconciled: its BTF stands on its own, {slots} ids translated, {us} us\n");
}

/// Says so if a module was built against this kernel, by its own word, and means other types.
fn contradiction(module: &BStr, entry: &Entry) {
    if entry.contradicts() {
        pr_notice!(
            "{module}: the kernel that it was built against is this one, but its types are not: \
             its BTF, or what says so, is of another one\n"
        );
    }
}

/// Says how many ids of a module were resolved here, and which could not be.
fn resolved(module: &BStr, outcome: &Outcome<'_, RunningTypes>, entry: &Entry) {
    if entry.done != Done::AsSaid {
        return;
    }
    let resolved = entry.resolved;
    if resolved != 0 {
        pr_info!("{module}: {resolved} ids were 0, and are resolved by their names\n");
    }
    if entry.unresolved != 0 {
        let mut names = Buf::new();
        outcome.list_missing(&mut |wanted| {
            let _ = names.push(wanted.name);
        });
        let (count, names) = (entry.unresolved, Names("", &names));
        pr_notice!("{module}: {count} ids are 0 and stay so, there is no type here: {names}\n");
    }
}

/// Says what becomes of one type. `lines` counts those that are carried.
fn type_line(
    module: &BStr,
    base: &Btf<'_, Base>,
    id: Id<Base>,
    decision: Decision,
    lines: &mut u32,
) {
    let Some(record) = base.record(id) else {
        return;
    };
    let (id, kind) = (id.number(), record.kind().name());
    let name = BStr::from_bytes(base.name(record.name()).unwrap_or(&[]));
    match decision {
        Decision::Carried(reason) => {
            *lines = lines.saturating_add(1);
            if *lines <= MAX_LINES || params::verbose() {
                let reason = Shown(reason);
                pr_notice!("{module}: carried {kind} '{name}' [{id}]: {reason}\n");
            }
        }
        Decision::Mapped(new, Mapping::Resized(size)) if params::verbose() => {
            let (new, had) = (new.number(), record.size());
            pr_info!("{module}: {kind} '{name}' [{id}] is [{new}], {size} bytes, was {had}\n");
        }
        Decision::Mapped(new, _) if params::verbose() => {
            let new = new.number();
            pr_info!("{module}: {kind} '{name}' [{id}] is [{new}]\n");
        }
        Decision::Mapped(..) | Decision::Moved => {}
    }
}

/// Says how many types of a module have given way to the kernel's, if any have, and how many might
/// have but differ.
fn unified(module: &BStr, entry: &Entry) {
    let (unified, bytes, differing) = (entry.unified, entry.bytes_unified, entry.differing);
    if unified != 0 {
        pr_info!(
            "{module}: {unified} types are copies of the kernel's and were left out, {bytes} bytes \
             of BTF\n"
        );
    }
    if differing != 0 {
        pr_info!(
            "{module}: {differing} types have the name of one of the kernel's and differ from it\n"
        );
    }
    if params::verbose() {
        for row in entry.rows.differing.iter() {
            let (kind, name) = (row.kind.name(), entry.rows.text(row.name));
            let (id, why) = (row.id.number(), entry.rows.text(row.why));
            pr_info!("{module}: {kind} '{name}' [{id}] is the module's own: {why}\n");
        }
    }
}

/// Says that the BTF of a module is of no use, why, and what is done about that.
fn useless(
    module: &BStr,
    outcome: &Outcome<'_, RunningTypes>,
    entry: &Entry,
    action: Action,
    error: &btf::Error,
) {
    let why = Shown(error);
    if entry.form.is_none() && entry.done == Done::AsSaid {
        pr_warn!("{module}: {why}; it has no BTF, and its ids are 0 now: rebuild it\n");
        return;
    }
    match (entry.done, action) {
        (Done::Left, _) => {
            pr_warn!("{module}: {why}; left to the kernel, rebuild the module if it is refused\n");
        }
        (Done::Refused, Action::Withhold | Action::Give) => {
            pr_warn!("{module}: {why}; refused for want of memory: load it again\n");
        }
        (Done::Refused, _) => {
            let what = WhatItIs(entry, error);
            pr_warn!("{module}: {why}; {what}, refused (stale=refuse): rebuild it\n");
        }
        (Done::AsSaid, _) => {
            let what = WhatItIs(entry, error);
            let names = outcome.lost.and_then(|slots| slots.kfunc_names().ok());
            let names = names.unwrap_or_default();
            let kfuncs = Names(", and its kfuncs are not registered: ", &names);
            let cure = cure(entry, error);
            pr_warn!("{module}: {why}; {what}, its BTF is withheld{kfuncs}: {cure}\n");
        }
    }
    contradiction(module, entry);
}

/// Whether the BTF of a module can be read, but means types of another kernel.
fn is_of_another_kernel(entry: &Entry, error: &btf::Error) -> bool {
    let read = matches!(error.place, Place::Type(_) | Place::Slot(_));
    let is_own = entry.origin.is_this_kernel == Some(true) && !entry.contradicts();
    read && matches!(entry.form, None | Some(Form::Plain)) && !is_own
}

/// What the BTF of a module is that is of no use.
struct WhatItIs<'e>(&'e Entry, &'e btf::Error);

impl fmt::Display for WhatItIs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(entry, error) = self;
        if !is_of_another_kernel(entry, error) {
            return f.write_str("of no use here");
        }
        match entry.origin.fingerprint() {
            Some(kernel) if kernel.is_telling() => {
                write!(f, "{}", fmt!("built against {}", Shown(kernel)))
            }
            _ => f.write_str("made for another kernel"),
        }
    }
}

/// What to do about it.
fn cure(entry: &Entry, error: &btf::Error) -> &'static str {
    if is_of_another_kernel(entry, error) {
        "rebuild it, or give it a base (btf-reconcile distill)"
    } else {
        "rebuild it"
    }
}

/// Names in a line of the log, with words before them if there are any.
struct Names<'k>(&'static str, &'k [&'k [u8]]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, name) in self.1.iter().take(MAX_NAMES).enumerate() {
            let before = match nth {
                0 => self.0,
                _ => ", ",
            };
            write!(f, "{}", fmt!("{before}{}", BStr::from_bytes(name)))?;
        }
        match self.1.len().checked_sub(MAX_NAMES) {
            Some(more @ 1..) => write!(f, "{}", fmt!(" and {more} more")),
            _ => Ok(()),
        }
    }
}
