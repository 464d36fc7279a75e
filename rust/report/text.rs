// SPDX-License-Identifier: GPL-2.0

//! The report for people.

use super::{
    entry::Entry,
    rows::TypeRow,
    Reports, //
};
use crate::{
    btf::{
        number_of,
        Decision,
        Form,
        Mapping,
        Use, //
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
        let Some(entry) = reports.nth(nth) else { break };
        seq_print!(
            m,
            "{:<24} {:<10} {:<8} {:>6} {:>7} {:>9} {:>7} {:>5} {:>8} {:>9} {:>9} {:>7}\n",
            Shown(Name(&entry)),
            entry.word(),
            entry.form.map_or("-", Form::name),
            entry.counts.mapped,
            entry.counts.carried,
            entry.counts.ambiguous,
            entry.counts.resized,
            entry.slots,
            entry.time.as_micros_ceil(),
            entry.bytes_after,
            entry.bytes_before,
            entry.unified
        );
    }
    0
}

/// A module's name, padded.
struct Name<'e>(&'e Entry);

impl core::fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let name = self.0.module.as_c_str().to_str().unwrap_or("?");
        // The kernel takes any name for a module, line breaks in it, too.
        if name.bytes().all(|b| b.is_ascii_graphic()) {
            f.pad(name)
        } else {
            f.pad("?")
        }
    }
}

/// Shows what there is to say of one module, for people.
///
/// # Safety
///
/// `m` must be a file made for an [`Entry`], which must be alive.
#[no_mangle]
unsafe extern "C" fn btf_reconcile_text_show(m: *mut bindings::seq_file, _: *mut c_void) -> c_int {
    // SAFETY: By this function's contract; `Files` removes the file before what it shows.
    let (entry, m) = unsafe { (&*(*m).private.cast::<Entry>(), SeqFile::from_raw(m)) };
    seq_print!(m, "{}: {}", entry.module.as_bytes(), entry.word());
    if let Some(why) = &entry.why {
        seq_print!(m, ": {}", &**why);
    }
    seq_print!(m, "\n");
    if let Some(kernel) = entry.origin.fingerprint() {
        let whether = match entry.origin.is_this_kernel {
            Some(true) if entry.contradicts() => ", which is this kernel; but its types are not",
            Some(true) => ", which is this kernel",
            Some(false) => ", another kernel",
            None => "",
        };
        seq_print!(m, "built against {}{whether}\n", Shown(kernel));
    }
    if let Some(why) = entry.origin.ignored {
        seq_print!(m, "{}; it is ignored\n", Shown(why));
    }
    let rows = &entry.rows;
    for row in rows.types.iter() {
        text_of_type(m, entry, row);
    }
    for row in rows.differing.iter() {
        let (kind, name, why) = (row.kind.name(), rows.text(row.name), rows.text(row.why));
        let (id, kernels) = (row.id.number(), row.kernels.number());
        seq_print!(
            m,
            "own type [{id}] {kind} '{name}' is not the kernel's [{kernels}]: {why}\n"
        );
    }
    for row in rows.slots.iter() {
        let (symbol, name) = (rows.text(row.symbol), rows.text(row.name));
        let (at, old) = (row.at, row.old);
        match row.new {
            Some(new) => seq_print!(m, "slot {at}: {symbol}: [{old}] is [{new}]"),
            None => seq_print!(m, "slot {at}: {symbol}: [{old}] is 0"),
        }
        if let Some(kind) = row.kind {
            seq_print!(m, " {} '{name}'", kind.name());
        }
        if row.is_resolved {
            seq_print!(m, ", resolved by its name");
        }
        if row.has_rivals {
            seq_print!(m, ", the first of several");
        }
        seq_print!(m, "\n");
        let what = match row.used {
            Use::Kfunc => "kfunc",
            Use::Dtor => "destructor",
            _ => continue,
        };
        if let Some(barrier) = row.barrier {
            let barrier = rows.text(barrier);
            seq_print!(m, "{what} '{name}' can't be used: {barrier}\n");
        } else if let Some(lost) = entry.lost {
            seq_print!(m, "{what} '{name}' can't be used: {lost}\n");
        }
    }
    0
}

fn text_of_type(m: &SeqFile, entry: &Entry, row: &TypeRow) {
    let (id, kind, name) = (row.id.number(), row.kind.name(), entry.rows.text(row.name));
    let (fate, how) = row.decision.words();
    seq_print!(m, "type [{id}] {kind} '{name}': {fate} ");
    match number_of(row.new) {
        0 => seq_print!(m, "and left out, {how}"),
        new => seq_print!(m, "to [{new}], {how}"),
    }
    match (row.decision, row.size) {
        (Decision::Mapped(_, Mapping::Resized(size)), Some(had)) => {
            seq_print!(m, ": {size} bytes, was {had}\n");
        }
        (Decision::Carried(reason), _) => seq_print!(m, ": {}\n", Shown(reason)),
        _ => seq_print!(m, "\n"),
    }
}
