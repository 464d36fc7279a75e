// SPDX-License-Identifier: GPL-2.0

//! The report for people.

use super::{
    words,
    Reports, //
};
use crate::{
    btf::{
        Decision,
        Mapping, //
    },
    seen::{
        Seen,
        SlotRow,
        TypeRow,
        Used, //
    },
    shown::Shown, //
};
use kernel::{
    bindings,
    prelude::*,
    seq_file::SeqFile,
    seq_print, //
};

/// Shows the table.
///
/// # Safety
///
/// `m` must be a file made for [`Reports`], which must be alive.
#[no_mangle]
unsafe extern "C" fn btf_reconcile_table_show(m: *mut bindings::seq_file, _: *mut c_void) -> c_int {
    // SAFETY: By this function's contract; `Published` removes the file before the reports go.
    let (reports, m) = unsafe { (&*(*m).private.cast::<Reports>(), SeqFile::from_raw(m)) };
    seq_print!(
        m,
        "{:<24} {:<10} {:<8} {:>6} {:>7} {:>9} {:>7} {:>5} {:>8} {:>9} {:>9} {:>7}\n",
        "module",
        "verdict",
        "form",
        "mapped",
        "carried",
        "ambiguous",
        "resized",
        "slots",
        "us",
        "bytes",
        "was",
        "unified"
    );
    // One after the other, so that nobody waits for a reader.
    for nth in 0.. {
        let Some(seen) = reports.nth(nth) else { break };
        seq_print!(
            m,
            "{:<24} {:<10} {:<8} {:>6} {:>7} {:>9} {:>7} {:>5} {:>8} {:>9} {:>9} {:>7}\n",
            Shown(Name(&seen)),
            seen.verdict.name(),
            seen.form.name(),
            seen.counts.mapped,
            seen.counts.carried,
            seen.counts.ambiguous,
            seen.counts.resized,
            seen.slots,
            seen.time.as_micros_ceil(),
            seen.bytes_after,
            seen.bytes_before,
            seen.unified
        );
    }
    0
}

/// A module's name, padded.
struct Name<'s>(&'s Seen);

impl core::fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let name = self.0.module.as_c_str().to_str().unwrap_or("?");
        // The kernel takes any name for a module, line breaks in it, too.
        f.pad(match name.bytes().all(|b| b.is_ascii_graphic()) {
            true => name,
            false => "?",
        })
    }
}

/// Shows what has been seen of one module, for people.
///
/// # Safety
///
/// `m` must be a file made for a [`Seen`], which must be alive.
#[no_mangle]
unsafe extern "C" fn btf_reconcile_text_show(m: *mut bindings::seq_file, _: *mut c_void) -> c_int {
    // SAFETY: By this function's contract; `Files` removes the file before what it shows.
    let (seen, m) = unsafe { (&*(*m).private.cast::<Seen>(), SeqFile::from_raw(m)) };
    seq_print!(m, "{}: {}", seen.module.as_bytes(), seen.verdict.name());
    if let Some(why) = &seen.why {
        seq_print!(m, ": {}", &**why);
    }
    seq_print!(m, "\n");
    for row in seen.type_rows.iter() {
        text_of_type(m, seen, row);
    }
    for row in seen.differing_rows.iter() {
        let (kind, name, why) = (row.kind.name(), seen.text(row.name), seen.text(row.why));
        let (id, kernels) = (row.id, row.kernels);
        seq_print!(
            m,
            "own type [{id}] {kind} '{name}' is not the kernel's [{kernels}]: {why}\n"
        );
    }
    for row in seen.slot_rows.iter() {
        let SlotRow { slot, kind, .. } = row;
        let (symbol, name) = (seen.text(row.symbol), seen.text(row.name));
        let (at, old, new) = (slot.at, slot.old, slot.new);
        let kind = kind.name();
        seq_print!(
            m,
            "slot {at}: {symbol}: [{old}] is [{new}] {kind} '{name}'\n"
        );
        let what = match row.used {
            Used::Dtor(..) => "destructor",
            _ => "kfunc",
        };
        if let Some(barrier) = row.used.barrier() {
            seq_print!(m, "{what} '{name}' can't be used: {}\n", Shown(barrier));
        }
    }
    0
}

fn text_of_type(m: &SeqFile, seen: &Seen, row: &TypeRow) {
    let (id, kind, name) = (row.id, row.kind.name(), seen.text(row.name));
    let (fate, how) = words(row.decision);
    seq_print!(m, "type [{id}] {kind} '{name}': {fate} ");
    match row.new {
        0 => seq_print!(m, "and left out, {how}"),
        new => seq_print!(m, "to [{new}], {how}"),
    }
    match row.decision {
        Decision::Mapped(_, Mapping::Resized(size)) => {
            seq_print!(m, ": {size} bytes, was {}\n", row.size);
        }
        Decision::Carried(reason) => seq_print!(m, ": {}\n", Shown(reason)),
        _ => seq_print!(m, "\n"),
    }
}
