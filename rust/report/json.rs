// SPDX-License-Identifier: GPL-2.0

//! The report for programs, with the fields of `btf-reconcile check --json`.

use super::words;
use crate::{
    btf::{
        Decision,
        Kind,
        Mapping,
        Marks,
        Reason,
        Symbol, //
    },
    seen::{
        Seen,
        SlotRow,
        TypeRow,
        Used, //
    },
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
/// `m` must be a file made for a [`Seen`], which must be alive.
#[no_mangle]
unsafe extern "C" fn btf_reconcile_json_show(m: *mut bindings::seq_file, _: *mut c_void) -> c_int {
    // SAFETY: By this function's contract; `Files` removes the file before what it shows.
    let (seen, m) = unsafe { (&*(*m).private.cast::<Seen>(), SeqFile::from_raw(m)) };
    let module = Json(seen.module.as_bytes());
    seq_print!(m, "{{\"module\":{module},\"base\":\"vmlinux\",");
    seq_print!(m, "\"verdict\":\"{}\",", seen.verdict.name());
    let why = seen.why.as_ref();
    let why = why.map(|why| Json(BStr::from_bytes(why.to_bytes())));
    seq_print!(m, "\"why\":{},", Maybe(why));
    seq_print!(m, "\"form\":\"{}\",", seen.form.name());
    let counts = seen.counts;
    let is_kfunc = |row: &&SlotRow| matches!(row.used, Used::Kfunc(_));
    let is_dtor = |row: &&SlotRow| matches!(row.used, Used::Dtor(..));
    let rows = || seen.slot_rows.iter();
    seq_print!(
        m,
        "\"counts\":{{\"mapped\":{},\"resized\":{},\"carried\":{},\"ambiguous\":{},\"moved\":{},\"unified\":{},\"differing\":{},\"slots\":{},\"kfuncs\":{},\"unusable\":{},\"dtors\":{}}},",
        counts.mapped,
        counts.resized,
        counts.carried,
        counts.ambiguous,
        counts.moved,
        seen.unified,
        seen.differing,
        seen.slots,
        rows().filter(is_kfunc).count(),
        rows().filter(|row| row.used.barrier().is_some()).count(),
        rows().filter(is_dtor).count()
    );
    // What a kernel without this module would do is for the program to work out.
    seq_print!(m, "\"stock\":{{\"outcome\":\"unknown\",\"why\":[]}},");
    seq_print!(
        m,
        "\"us\":{},\"bytes_before\":{},\"bytes_after\":{},\"bytes_unified\":{},\n\"types\":[",
        seen.time.as_micros_ceil(),
        seen.bytes_before,
        seen.bytes_after,
        seen.bytes_unified
    );
    for (nth, row) in seen.type_rows.iter().enumerate() {
        json_of_type(m, seen, row, nth);
    }
    seq_print!(m, "],\n\"differing\":[");
    for (nth, row) in seen.differing_rows.iter().enumerate() {
        seq_print!(
            m,
            "{}{{\"id\":{},\"kind\":\"{}\",\"name\":{},\"kernel_id\":{},\"why\":{}}}",
            comma(nth),
            row.id,
            row.kind.name(),
            Json(seen.text(row.name)),
            row.kernels,
            Json(seen.text(row.why))
        );
    }
    seq_print!(m, "],\n\"slots\":[");
    for (nth, row) in rows().enumerate() {
        json_of_slot(m, seen, row, nth);
    }
    seq_print!(m, "],\n\"kfuncs\":[");
    for (nth, row) in rows().filter(is_kfunc).enumerate() {
        json_of_callable(m, seen, row, nth);
    }
    seq_print!(m, "],\n\"dtors\":[");
    for (nth, row) in rows().filter(is_dtor).enumerate() {
        json_of_callable(m, seen, row, nth);
    }
    seq_print!(m, "]}}\n");
    0
}

fn json_of_slot(m: &SeqFile, seen: &Seen, row: &SlotRow, nth: usize) {
    let slot = row.slot;
    let kind = Some(row.kind).filter(|&kind| kind != Kind::Unknown);
    seq_print!(
        m,
        "{}{{\"at\":{},\"symbol\":{},\"set\":{},\"old_id\":{},\"new_id\":{},\"kind\":{},\"name\":{},\"flags\":{}}}",
        comma(nth),
        slot.at,
        Json(seen.text(row.symbol)),
        Maybe(set_of(seen, row).map(Json)),
        slot.old,
        slot.new,
        Maybe(kind.map(|kind| Quoted(kind.name()))),
        Json(seen.text(row.name)),
        Maybe(slot.flags)
    );
}

/// A kfunc or a destructor, which `row` makes.
fn json_of_callable(m: &SeqFile, seen: &Seen, row: &SlotRow, nth: usize) {
    let of = match row.used {
        Used::Dtor(of, _) => Some(seen.text(of)),
        _ => set_of(seen, row),
    };
    let barrier = row.used.barrier();
    seq_print!(
        m,
        "{}{{\"name\":{},\"of\":{},\"usable\":{},\"why\":{}}}",
        comma(nth),
        Json(seen.text(row.name)),
        Json(of.unwrap_or(BStr::from_bytes(&[]))),
        barrier.is_none(),
        Maybe(barrier.map(Quoted))
    );
}

/// The name of the set that a slot is in.
fn set_of<'s>(seen: &'s Seen, row: &SlotRow) -> Option<&'s BStr> {
    let symbol = Symbol {
        name: seen.text(row.symbol),
        at: 0,
        size: 0,
    };
    match symbol.marks()? {
        Marks::Set(name) | Marks::Set8(name) => Some(BStr::from_bytes(name)),
        Marks::Slot(..) => None,
    }
}

fn json_of_type(m: &SeqFile, seen: &Seen, row: &TypeRow, nth: usize) {
    let (fate, how) = words(row.decision);
    seq_print!(
        m,
        "{}{{\"id\":{},\"kind\":\"{}\",\"name\":{},\"fate\":\"{fate}\",\"how\":\"{how}\",\"new_id\":",
        comma(nth),
        row.id,
        row.kind.name(),
        Json(seen.text(row.name))
    );
    seq_print!(m, "{}", Maybe((row.new != 0).then_some(row.new)));
    let (why, kernel_size) = match row.decision {
        Decision::Mapped(_, Mapping::Resized(size)) => (None, Some(size)),
        Decision::Carried(reason @ Reason::Size(size)) => (Some(reason), Some(size)),
        Decision::Carried(reason) => (Some(reason), None),
        _ => (None, None),
    };
    // Nor is what the kernel alone would take it for.
    seq_print!(
        m,
        ",\"why\":{},\"size\":{},\"kernel_size\":{},\"stock\":null}}",
        Maybe(why.map(Quoted)),
        Maybe(row.kind.has_size().then_some(row.size)),
        Maybe(kernel_size.filter(|_| row.kind.has_size()))
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
