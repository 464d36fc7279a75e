// SPDX-License-Identifier: GPL-2.0

//! What the log says of a module.

use crate::btf::{
    Btf,
    Counts,
    Decision,
    Mapping,
    Plan, //
};
use kernel::{
    fmt,
    prelude::*,
    str::BStr,
    time::Delta, //
};

/// Lines about single types that one module gets; the rest is counted.
const MAX_LINES: u32 = 16;

/// Prints something that only knows how `core` formats.
pub(crate) struct Shown<T>(pub(crate) T);

impl<T: core::fmt::Display> fmt::Display for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Says that a module was reconciled, and what could not be mapped.
pub(crate) fn reconciled(module: &BStr, base: &Btf<'_>, plan: &Plan, slots: u32, time: Delta) {
    let Counts {
        mapped,
        resized,
        carried,
        moved,
        ..
    } = plan.counts();
    let us = time.as_micros_ceil();
    pr_info!("{module}: reconciled, mapped {mapped}, carried {carried}, slots {slots}, {us} us\n");
    if moved != 0 {
        pr_debug!("{module}: {moved} types without a name moved to the module's own\n");
    }
    if resized != 0 {
        pr_info!("{module}: {resized} types have another size here, and are only pointed to\n");
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
                if lines <= MAX_LINES {
                    let reason = Shown(reason);
                    pr_notice!("{module}: carried {kind} '{name}' [{id}]: {reason}\n");
                }
            }
            Decision::Mapped(new, Mapping::Resized(size)) => {
                let had = record.size_or_type;
                pr_debug!("{module}: {kind} '{name}' [{id}] is [{new}], {size} bytes, was {had}\n");
            }
            Decision::Mapped(new, _) => {
                pr_debug!("{module}: {kind} '{name}' [{id}] is [{new}]\n");
            }
            Decision::Moved => {}
        }
    }
    if let Some(more @ 1..) = lines.checked_sub(MAX_LINES) {
        pr_notice!("{module}: carried {more} more types\n");
    }
}

/// Says that a module is loaded without its BTF, and why.
pub(crate) fn withheld(module: &BStr, why: impl core::fmt::Display) {
    let why = Shown(why);
    pr_warn!("{module}: {why}; its BTF is withheld, kfuncs included: rebuild it for this kernel\n");
}

/// Says that nothing was done for a module, and why.
pub(crate) fn left_alone(module: &BStr, why: impl core::fmt::Display) {
    let why = Shown(why);
    pr_warn!("{module}: {why}; left to the kernel, rebuild the module if it is refused\n");
}
