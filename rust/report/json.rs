// SPDX-License-Identifier: GPL-2.0

//! The report for programs, with the fields of `btf-reconcile check --json`.

use super::{
    entry::Entry,
    rows::{
        SlotRow,
        Text,
        TypeRow, //
    },
};
use crate::btf::{
    Decision,
    Hex,
    Id,
    Mending,
    Use, //
};
use kernel::{
    bindings,
    fmt,
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    str::BStr, //
};

/// Shows what has been seen of one module, for programs.
///
/// # Safety
///
/// `m` must be a file made for an [`Entry`], which must be alive.
#[no_mangle]
unsafe extern "C" fn btf_reconcile_json_show(m: *mut bindings::seq_file, _: *mut c_void) -> c_int {
    // SAFETY: By this function's contract; `Files` removes the file before what it shows.
    let (entry, m) = unsafe { (&*(*m).private.cast::<Entry>(), SeqFile::from_raw(m)) };
    let rows = &entry.rows;
    let module = Json(entry.module.as_bytes());
    seq_print!(m, "{{\"module\":{module},\"base\":\"vmlinux\",");
    seq_print!(m, "\"verdict\":\"{}\",", entry.word());
    let why = entry.why.as_ref();
    let why = why.map(|why| Json(BStr::from_bytes(why.to_bytes())));
    seq_print!(m, "\"why\":{},", Maybe(why));
    let form = entry.form.map(|form| Quoted(form.name()));
    seq_print!(m, "\"form\":{},", Maybe(form));
    json_of_origin(m, entry);
    let ignored = entry.origin.ignored.map(Quoted);
    seq_print!(m, "\"note_ignored\":{},", Maybe(ignored));
    let counts = entry.counts;
    let kfuncs = || rows.slots.iter().filter(|row| row.used == Use::Kfunc);
    let dtors = || rows.slots.iter().filter(|row| row.used == Use::Dtor);
    seq_print!(
        m,
        "\"counts\":{{\"mapped\":{},\"resized\":{},\"carried\":{},\"ambiguous\":{},\"moved\":{},\
         \"unified\":{},\"differing\":{},\"slots\":{},\"resolved\":{},\"unresolved\":{},\
         \"kfuncs\":{},\"unusable\":{},\"dtors\":{}}},",
        counts.mapped,
        counts.resized,
        counts.carried,
        counts.ambiguous,
        counts.moved,
        entry.unified,
        entry.differing,
        entry.slots,
        entry.resolved,
        entry.unresolved,
        kfuncs().count(),
        rows.slots
            .iter()
            .filter(|row| is_unusable(entry, row))
            .count(),
        dtors().count()
    );
    // What a kernel without this module would do is for the program to work out.
    seq_print!(
        m,
        "\"stock\":{{\"outcome\":\"unknown\",\"errno\":null,\"why\":[]}},"
    );
    let mending = Some(entry.mending).filter(|mending| *mending != Mending::default());
    let mended = mending.map(Quoted);
    seq_print!(
        m,
        "\"us\":{},\"bytes_before\":{},\"bytes_after\":{},\"bytes_unified\":{},\
         \"mended\":{},\n\"types\":[",
        entry.time.as_micros_ceil(),
        entry.bytes_before,
        entry.bytes_after,
        entry.bytes_unified,
        Maybe(mended)
    );
    for (nth, row) in rows.types.iter().enumerate() {
        json_of_type(m, entry, row, nth);
    }
    seq_print!(m, "],\n\"differing\":[");
    for (nth, row) in rows.differing.iter().enumerate() {
        seq_print!(
            m,
            "{}{{\"id\":{},\"kind\":\"{}\",\"name\":{},\"kernel_id\":{},\"why\":{}}}",
            comma(nth),
            row.id.number(),
            row.kind.name(),
            Json(rows.text(row.name)),
            row.kernels.number(),
            Json(rows.text(row.why))
        );
    }
    seq_print!(m, "],\n\"slots\":[");
    for (nth, row) in rows.slots.iter().enumerate() {
        json_of_slot(m, entry, row, nth);
    }
    seq_print!(m, "],\n\"kfuncs\":[");
    for (nth, row) in kfuncs().enumerate() {
        json_of_callable(m, entry, row, row.set, nth);
    }
    seq_print!(m, "],\n\"dtors\":[");
    for (nth, row) in dtors().enumerate() {
        json_of_callable(m, entry, row, Some(row.of), nth);
    }
    seq_print!(m, "]}}\n");
    0
}

/// The kernel that the module was built against.
fn json_of_origin(m: &SeqFile, entry: &Entry) {
    let Some(kernel) = entry.origin.fingerprint() else {
        seq_print!(m, "\"built_against\":null,");
        return;
    };
    let hash = kernel.btf_sha256.map(|hash| Quoted(Hex(hash)));
    seq_print!(
        m,
        "\"built_against\":{{\"release\":{},\"build_id\":{},\"btf_sha256\":{},\
         \"this_kernel\":{},\"contradicts\":{}}},",
        Maybe(
            kernel
                .release
                .map(|release| Json(BStr::from_bytes(release)))
        ),
        Maybe(kernel.build_id.map(|id| Quoted(Hex(id)))),
        Maybe(hash),
        Maybe(entry.origin.is_this_kernel),
        entry.contradicts()
    );
}

/// Whether `row` makes a kfunc or destructor that can't be used.
fn is_unusable(entry: &Entry, row: &SlotRow) -> bool {
    let makes_one = matches!(row.used, Use::Kfunc | Use::Dtor);
    makes_one && (row.barrier.is_some() || entry.lost.is_some())
}

fn json_of_slot(m: &SeqFile, entry: &Entry, row: &SlotRow, nth: usize) {
    let text = |text: Text| Json(entry.rows.text(text));
    seq_print!(
        m,
        "{}{{\"at\":{},\"symbol\":{},\"set\":{},\"old_id\":{},\"new_id\":{},\"kind\":{},\
         \"name\":{},\"flags\":{},\"resolved\":{},\"several\":{}}}",
        comma(nth),
        row.at,
        text(row.symbol),
        Maybe(row.set.map(text)),
        row.old,
        Maybe(row.new),
        Maybe(row.kind.map(|kind| Quoted(kind.name()))),
        text(row.name),
        Maybe(row.flags),
        row.is_resolved,
        row.has_rivals
    );
}

/// A kfunc or a destructor, which `row` makes, of this set or for this type.
fn json_of_callable(m: &SeqFile, entry: &Entry, row: &SlotRow, of: Option<Text>, nth: usize) {
    let text = |text: Text| Json(entry.rows.text(text));
    let of = of.map_or(Json(BStr::from_bytes(&[])), text);
    let lost = entry
        .lost
        .map(|lost| Json(BStr::from_bytes(lost.as_bytes())));
    let why = row.barrier.map(text).or(lost);
    seq_print!(
        m,
        "{}{{\"name\":{},\"of\":{of},\"usable\":{},\"why\":{}}}",
        comma(nth),
        text(row.name),
        why.is_none(),
        Maybe(why)
    );
}

fn json_of_type(m: &SeqFile, entry: &Entry, row: &TypeRow, nth: usize) {
    let (fate, how) = row.decision.words();
    let why = match row.decision {
        Decision::Carried(reason) => Some(Quoted(reason)),
        _ => None,
    };
    // Nor is what the kernel alone would take it for.
    seq_print!(
        m,
        "{}{{\"id\":{},\"kind\":\"{}\",\"name\":{},\"fate\":\"{fate}\",\"how\":\"{how}\",\
         \"new_id\":{},\"why\":{},\"size\":{},\"kernel_size\":{},\"stock\":null}}",
        comma(nth),
        row.id.number(),
        row.kind.name(),
        Json(entry.rows.text(row.name)),
        Maybe(row.new.map(Id::number)),
        Maybe(why),
        Maybe(row.size),
        Maybe(row.kernel_size)
    );
}

/// Something, or `null`.
struct Maybe<T>(Option<T>);

impl<T: fmt::Display> fmt::Display for Maybe<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("null"),
        }
    }
}

/// Words that need no escapes, in quotes.
struct Quoted<T>(T);

impl<T: core::fmt::Display> fmt::Display for Quoted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\"", self.0)
    }
}

/// What stands before element number `nth` of a list.
fn comma(nth: usize) -> &'static str {
    match nth {
        0 => "\n",
        _ => ",\n",
    }
}

/// A string in JSON, quotes included; what is not ASCII is taken for Latin-1.
#[derive(Clone, Copy)]
struct Json<'s>(&'s BStr);

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        for &byte in self.0.iter() {
            match byte {
                b'"' | b'\\' => write!(f, "\\{}", char::from(byte))?,
                b' '..=b'~' => write!(f, "{}", char::from(byte))?,
                _ => write!(f, "\\u{byte:04x}")?,
            }
        }
        f.write_str("\"")
    }
}
