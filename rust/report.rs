// SPDX-License-Identifier: GPL-2.0

//! The report in debugfs: a table of the modules seen, and two files for each of them.
//!
//! `report.json` has the fields of `btf-reconcile check --json`. Reading any of them keeps this
//! module from being unloaded, and waits for nobody; a module that goes waits for those who are
//! reading its files.

use crate::{
    btf::{
        Barrier,
        Decision,
        Kind,
        Mapping,
        Reason, //
    },
    private_bindings as c,
    seen::{
        Seen,
        SlotRow,
        TypeRow,
        Verdict, //
    },
    shown::Shown, //
};
use kernel::{
    bindings, fmt, new_mutex,
    prelude::*,
    seq_file::SeqFile,
    seq_print,
    str::{
        BStr,
        CStrExt, //
    },
    sync::{
        Arc,
        Mutex, //
    },
};

/// The files of one module, and what they show.
///
/// # Invariants
///
/// `dir` came from `btf_reconcile_debugfs_add()` with a pointer to what `seen` holds, and has not
/// been removed.
struct Files {
    module: *const bindings::module,
    dir: *mut bindings::dentry,
    seen: Arc<Seen>,
}

// SAFETY: `module` is only compared; a `dentry` belongs to no thread.
unsafe impl Send for Files {}

impl Drop for Files {
    fn drop(&mut self) {
        // Before `seen` goes, which is what the files show.
        // SAFETY: By the type invariants this is a directory of ours that is there.
        unsafe { c::btf_reconcile_debugfs_remove(self.dir) };
    }
}

/// What has been seen of all modules that are loaded.
///
/// Removing files waits for those who are reading them, and they may wait for the lock: it is not
/// held while that is done.
#[pin_data]
pub(crate) struct Reports {
    #[pin]
    modules: Mutex<KVec<Files>>,
}

impl Reports {
    /// Nothing has been seen yet.
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            modules <- new_mutex!(KVec::new(), "btf_reconcile::reports"),
        })
    }

    /// Makes the table appear.
    pub(crate) fn publish(self: &Arc<Self>) -> Published {
        // SAFETY: The reports live as long as `Published`, which ends this.
        unsafe { c::btf_reconcile_debugfs_open(Arc::as_ptr(self).cast()) };
        Published(self.clone())
    }

    /// Takes a module in. Without memory for it there is no report of the module.
    pub(crate) fn add(&self, module: *const bindings::module, seen: Seen) {
        count(seen.verdict);
        let Ok(seen) = Arc::new(seen, GFP_KERNEL) else {
            return;
        };
        let name = seen.module.as_c_str().as_char_ptr();
        let report: *const Seen = &*seen;
        // SAFETY: `name` is a C string; the report lives until `Files` removes the directory.
        let dir = unsafe { c::btf_reconcile_debugfs_add(name, report.cast()) };
        // INVARIANT: It has just been made, for this report.
        let files = Files { module, dir, seen };
        // If there is no room the files go again, after the lock.
        let mut files = Some(files);
        let mut modules = self.modules.lock();
        if modules.reserve(1, GFP_KERNEL).is_ok() {
            if let Some(files) = files.take() {
                let _ = modules.push_within_capacity(files);
            }
        }
        drop(modules);
    }

    /// Forgets a module.
    pub(crate) fn remove(&self, module: *const bindings::module) {
        let files = {
            let mut modules = self.modules.lock();
            let at = modules.iter().position(|files| files.module == module);
            at.and_then(|at| modules.remove(at).ok())
        };
        drop(files);
    }

    /// What has been seen of module number `nth`.
    fn nth(&self, nth: usize) -> Option<Arc<Seen>> {
        self.modules.lock().get(nth).map(|files| files.seen.clone())
    }
}

/// Lets the report be seen while it lives.
pub(crate) struct Published(Arc<Reports>);

impl Drop for Published {
    fn drop(&mut self) {
        // Each module's files first: they are in the directory that goes last.
        loop {
            let files = self.0.modules.lock().pop();
            if files.is_none() {
                break;
            }
        }
        // SAFETY: Only called once, after `btf_reconcile_debugfs_open()`.
        unsafe { c::btf_reconcile_debugfs_close() };
    }
}

/// Counts an outcome for the summary.
pub(crate) fn count(verdict: Verdict) {
    let outcome = match verdict {
        Verdict::Fits => c::btf_reconcile_outcome_BTF_RECONCILE_FITS,
        Verdict::Reconciled => c::btf_reconcile_outcome_BTF_RECONCILE_RECONCILED,
        Verdict::Carries => c::btf_reconcile_outcome_BTF_RECONCILE_CARRIES,
        Verdict::Stale => c::btf_reconcile_outcome_BTF_RECONCILE_WITHHELD,
        Verdict::Refused => c::btf_reconcile_outcome_BTF_RECONCILE_REFUSED,
        Verdict::Left => c::btf_reconcile_outcome_BTF_RECONCILE_LEFT,
    };
    // SAFETY: Counts up; the outcome is one that there is.
    unsafe { c::btf_reconcile_count(outcome) };
}

/// How a decision is called.
fn words(decision: Decision) -> (&'static str, &'static str) {
    match decision {
        Decision::Mapped(_, Mapping::Exact) => ("mapped", "exact"),
        Decision::Mapped(_, Mapping::Alias) => ("mapped", "alias"),
        Decision::Mapped(_, Mapping::Defined) => ("mapped", "defined"),
        Decision::Mapped(_, Mapping::Resized(_)) => ("mapped", "resized"),
        Decision::Carried(reason) => (
            "carried",
            match reason {
                Reason::Missing => "missing",
                Reason::OtherKind(_) => "other_kind",
                Reason::Size(_) => "size",
                Reason::Differs => "differs",
                Reason::Ambiguous => "ambiguous",
            },
        ),
        Decision::Moved => ("moved", "structural"),
    }
}

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
        if let Some(barrier) = row.barrier {
            seq_print!(m, "kfunc '{name}' can't be used: {}\n", Why(barrier));
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
    match &seen.why {
        Some(why) => seq_print!(m, "\"why\":{},", Json(BStr::from_bytes(why.to_bytes()))),
        None => seq_print!(m, "\"why\":null,"),
    }
    seq_print!(m, "\"form\":\"{}\",", seen.form.name());
    let counts = seen.counts;
    let kfuncs = || seen.slot_rows.iter().filter(|row| row.slot.kfunc);
    seq_print!(
        m,
        "\"counts\":{{\"mapped\":{},\"resized\":{},\"carried\":{},\"ambiguous\":{},\"moved\":{},\"unified\":{},\"differing\":{},\"slots\":{},\"kfuncs\":{},\"unusable\":{}}},",
        counts.mapped,
        counts.resized,
        counts.carried,
        counts.ambiguous,
        counts.moved,
        seen.unified,
        seen.differing,
        seen.slots,
        kfuncs().count(),
        kfuncs().filter(|row| row.barrier.is_some()).count()
    );
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
    for (nth, row) in seen.slot_rows.iter().enumerate() {
        let SlotRow { slot, .. } = row;
        seq_print!(
            m,
            "{}{{\"at\":{},\"symbol\":{},\"old_id\":{},\"new_id\":{},\"kind\":{},\"name\":{}}}",
            comma(nth),
            slot.at,
            Json(seen.text(row.symbol)),
            slot.old,
            slot.new,
            MaybeKind(row.kind),
            Json(seen.text(row.name))
        );
    }
    seq_print!(m, "],\n\"kfuncs\":[");
    for (nth, row) in kfuncs().enumerate() {
        let (name, usable) = (Json(seen.text(row.name)), row.barrier.is_none());
        seq_print!(
            m,
            "{}{{\"name\":{name},\"usable\":{usable},\"why\":",
            comma(nth)
        );
        match row.barrier {
            Some(barrier) => seq_print!(m, "\"{}\"}}", Why(barrier)),
            None => seq_print!(m, "null}}"),
        }
    }
    seq_print!(m, "]}}\n");
    0
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
    match row.new {
        0 => seq_print!(m, "null"),
        new => seq_print!(m, "{new}"),
    }
    match row.decision {
        Decision::Mapped(_, Mapping::Resized(size)) => {
            seq_print!(m, ",\"size\":{},\"kernel_size\":{size}}}", row.size);
        }
        _ => seq_print!(m, "}}"),
    }
}

/// A barrier in words.
struct Why(Barrier);

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Barrier::NoId => f.write_str("its id was never found"),
            Barrier::NoPrototype => f.write_str("it leads to no FUNC_PROTO"),
            Barrier::Carried(id) => write!(f, "it takes type [{id}], which is carried"),
            Barrier::Copy(id) => {
                write!(
                    f,
                    "it takes type [{id}], the module's own and not the kernel's"
                )
            }
        }
    }
}

/// What stands before element number `nth` of a list.
fn comma(nth: usize) -> &'static str {
    match nth {
        0 => "\n",
        _ => ",\n",
    }
}

/// The name of a kind, or `null` for that of nothing.
struct MaybeKind(Kind);

impl fmt::Display for MaybeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Unknown => f.write_str("null"),
            kind => write!(f, "\"{}\"", kind.name()),
        }
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
