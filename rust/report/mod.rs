// SPDX-License-Identifier: GPL-2.0

//! The report in debugfs: a table of the modules seen, and two files for each of them.
//!
//! `report.json` has the fields of `btf-reconcile check --json`. Reading any of them keeps this
//! module from being unloaded, and waits for nobody; a module that goes waits for those who are
//! reading its files.

mod entry;
mod json;
mod name;
mod rows;
mod text;

pub(crate) use self::entry::{
    Done,
    Entry, //
};

use crate::{
    btf::Verdict,
    host::c, //
};
use kernel::{
    bindings, new_mutex,
    prelude::*,
    str::CStrExt,
    sync::{
        Arc,
        Mutex, //
    },
};

/// The files of one module, and what they show.
///
/// # Invariants
///
/// `dir` came from `btf_reconcile_debugfs_add()` with a pointer to what `entry` has, and has not
/// been removed.
struct Files {
    module: *const bindings::module,
    dir: *mut bindings::dentry,
    entry: Arc<Entry>,
}

// SAFETY: `module` is only compared; a `dentry` belongs to no thread.
unsafe impl Send for Files {}

impl Drop for Files {
    fn drop(&mut self) {
        // Before `entry` goes, which is what the files show.
        // SAFETY: By the type invariants this is a directory of ours that is there.
        unsafe { c::btf_reconcile_debugfs_remove(self.dir) };
    }
}

/// The reports of all modules that are loaded.
///
/// Removing files waits for those who are reading them, and they may wait for the lock: it is not
/// held while that is done.
#[pin_data]
pub(crate) struct Reports {
    #[pin]
    modules: Mutex<KVec<Files>>,
}

impl Reports {
    /// None yet.
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
    pub(crate) fn add(&self, module: *const bindings::module, entry: Entry) {
        let Ok(entry) = Arc::new(entry, GFP_KERNEL) else {
            return;
        };
        let name = entry.module.as_c_str().as_char_ptr();
        let report: *const Entry = &*entry;
        // SAFETY: `name` is a C string; the report lives until `Files` removes the directory.
        let dir = unsafe { c::btf_reconcile_debugfs_add(name, report.cast()) };
        // INVARIANT: It has just been made, for this report.
        let files = Files { module, dir, entry };
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

    /// The report of module number `nth`.
    fn nth(&self, nth: usize) -> Option<Arc<Entry>> {
        self.modules
            .lock()
            .get(nth)
            .map(|files| files.entry.clone())
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

/// Counts what has come of a module for the summary.
pub(crate) fn count(verdict: Verdict, done: Done) {
    let outcome = match (done, verdict) {
        (Done::Refused, _) => c::btf_reconcile_outcome_BTF_RECONCILE_REFUSED,
        (Done::Left, _) => c::btf_reconcile_outcome_BTF_RECONCILE_LEFT,
        (Done::AsSaid, Verdict::Fits | Verdict::NoBtf) => {
            c::btf_reconcile_outcome_BTF_RECONCILE_FITS
        }
        (Done::AsSaid, Verdict::Reconciled) => c::btf_reconcile_outcome_BTF_RECONCILE_RECONCILED,
        (Done::AsSaid, Verdict::Carries) => c::btf_reconcile_outcome_BTF_RECONCILE_CARRIES,
        (Done::AsSaid, _) => c::btf_reconcile_outcome_BTF_RECONCILE_WITHHELD,
    };
    // SAFETY: Counts up; the outcome is one that there is.
    unsafe { c::btf_reconcile_count(outcome) };
}
