// SPDX-License-Identifier: GPL-2.0

//! What the log says of a module.

use crate::{
    btf::{
        self,
        Btf,
        Counts,
        Decision,
        Mapping,
        Place,
        Plan, //
    },
    params,
    seen::{
        Form,
        Seen, //
    },
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

/// Says that a module was reconciled, and what could not be mapped.
pub(crate) fn reconciled(module: &BStr, base: &Btf<'_>, plan: &Plan, seen: &Seen) {
    let Counts {
        mapped,
        resized,
        carried,
        moved,
        ..
    } = plan.counts();
    let (slots, us) = (seen.slots, seen.time.as_micros_ceil());
    pr_info!("{module}: reconciled, mapped {mapped}, carried {carried}, slots {slots}, {us} us\n");
    unified(module, seen);
    if resized != 0 {
        pr_info!("{module}: {resized} types have another size here, and are only pointed to\n");
    }
    if moved != 0 && params::verbose() {
        pr_info!("{module}: {moved} types without a name moved to the module's own\n");
    }
    let mut lines = 0;
    for (id, decision) in plan.iter() {
        let Some(record) = base.record(id) else {
            continue;
        };
        let kind = record.kind().name();
        let name = BStr::from_bytes(base.name(record.name_off).unwrap_or(&[]));
        match decision {
            Decision::Carried(reason) => {
                lines += 1;
                if lines <= MAX_LINES || params::verbose() {
                    let reason = Shown(reason);
                    pr_notice!("{module}: carried {kind} '{name}' [{id}]: {reason}\n");
                }
            }
            Decision::Mapped(new, Mapping::Resized(size)) if params::verbose() => {
                let had = record.size_or_type;
                pr_info!("{module}: {kind} '{name}' [{id}] is [{new}], {size} bytes, was {had}\n");
            }
            Decision::Mapped(new, _) if params::verbose() => {
                pr_info!("{module}: {kind} '{name}' [{id}] is [{new}]\n");
            }
            Decision::Mapped(..) | Decision::Moved => {}
        }
    }
    if let Some(more @ 1..) = lines.checked_sub(MAX_LINES) {
        if !params::verbose() {
            pr_notice!("{module}: carried {more} more types\n");
        }
    }
}

/// Says that copies of the kernel's types stay in a module, and why.
pub(crate) fn not_unified(module: &BStr, why: impl fmt::Display) {
    pr_notice!("{module}: {why}; its copies of the kernel's types stay\n");
}

/// Says how many types of a module have given way to the kernel's, if any have, and how many might
/// have but differ.
pub(crate) fn unified(module: &BStr, seen: &Seen) {
    let (unified, bytes, differing) = (seen.unified, seen.bytes_unified, seen.differing);
    if unified != 0 || differing != 0 {
        pr_info!(
            "{module}: unified {unified}, bytes less {bytes}, unlike the kernel's {differing}\n"
        );
    }
    if params::verbose() {
        for row in seen.differing_rows.iter() {
            let (kind, name) = (row.kind.name(), seen.text(row.name));
            let (id, why) = (row.id, seen.text(row.why));
            pr_info!("{module}: {kind} '{name}' [{id}] is the module's own: {why}\n");
        }
    }
}

/// Why the BTF of a module is of no use, and what it is therefore.
pub(crate) struct Useless {
    /// How the module says what its BTF was made against.
    pub(crate) form: Form,
    /// What is wrong.
    pub(crate) error: btf::Error,
}

impl Useless {
    /// Whether it can be read, but means types of another kernel.
    fn is_of_another_kernel(&self) -> bool {
        let read = matches!(self.error.place, Place::Type(_) | Place::Slot(_));
        read && self.form == Form::Plain
    }

    /// What to do about it.
    fn cure(&self) -> &'static str {
        match self.is_of_another_kernel() {
            true => "rebuild it, or give it a base (btf-reconcile distill)",
            false => "rebuild it",
        }
    }
}

impl fmt::Display for Useless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.is_of_another_kernel() {
            true => "made for another kernel",
            false => "of no use here",
        };
        write!(f, "{}", fmt!("{}; {what}", Shown(self.error)))
    }
}

/// Says that a module is loaded without its BTF, why, and which kfuncs it loses.
pub(crate) fn withheld(module: &BStr, why: &Useless, kfuncs: &Kfuncs<'_>) {
    let cure = why.cure();
    pr_warn!("{module}: {why}, its BTF is withheld{kfuncs}: {cure}\n");
}

/// Says that a module is refused, and why.
pub(crate) fn refused(module: &BStr, why: &Useless) {
    pr_warn!("{module}: {why}, refused (stale=refuse): rebuild it\n");
}

/// Says that nothing was done for a module, and why.
pub(crate) fn left_alone(module: &BStr, why: impl fmt::Display) {
    pr_warn!("{module}: {why}; left to the kernel, rebuild the module if it is refused\n");
}

/// Kfuncs that are lost, in a line of the log.
pub(crate) struct Kfuncs<'k>(pub(crate) &'k [&'k [u8]]);

impl fmt::Display for Kfuncs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, name) in self.0.iter().enumerate().take(MAX_NAMES) {
            let before = match nth {
                0 => ", and its kfuncs are not registered: ",
                _ => ", ",
            };
            write!(f, "{}", fmt!("{before}{}", BStr::from_bytes(name)))?;
        }
        match self.0.len().checked_sub(MAX_NAMES) {
            Some(more @ 1..) => write!(f, "{}", fmt!(" and {more} more")),
            _ => Ok(()),
        }
    }
}
