// SPDX-License-Identifier: GPL-2.0

//! What the report has of one module, while that is loaded.

use super::{
    name::ModuleName,
    rows::Rows, //
};
use crate::{
    btf::{
        self,
        Counts,
        Form,
        Mending,
        Outcome,
        Verdict, //
    },
    origin::Origin,
    running::{
        Running,
        RunningTypes, //
    },
    shown::Shown, //
};
use kernel::{
    prelude::*,
    str::{
        BStr,
        CString, //
    },
    time::Delta, //
};

/// What was done about a module.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Done {
    /// It was given what its verdict says: nothing if it fits, new BTF, or none.
    AsSaid,
    /// It is not loaded.
    Refused,
    /// It was left to the kernel as it came.
    Left,
}

/// What the report has of one module.
pub(crate) struct Entry {
    /// Its name.
    pub(crate) module: ModuleName,
    /// What has come of its BTF.
    pub(crate) verdict: Verdict,
    /// What was done.
    pub(crate) done: Done,
    /// How it says which types it means.
    pub(crate) form: Option<Form>,
    /// The kernel that it says it was built against.
    pub(crate) origin: Origin,
    /// Whether it means other types than the running kernel has.
    pub(crate) has_other_types: bool,
    /// Why, if its BTF is of no use.
    pub(crate) why: Option<CString>,
    /// How many types of its base met which fate.
    pub(crate) counts: Counts,
    /// Types that were copies of the kernel's.
    pub(crate) unified: u32,
    /// Types of which the kernel's differ.
    pub(crate) differing: usize,
    /// Slots in `.BTF_ids`.
    pub(crate) slots: usize,
    /// Those that nobody had resolved, and whose types were found.
    pub(crate) resolved: usize,
    /// Those that nobody had resolved, and whose types nobody has.
    pub(crate) unresolved: usize,
    /// Why no kfunc and no destructor can be used, if none can.
    pub(crate) lost: Option<&'static str>,
    /// What the kernel would have refused, and was helped.
    pub(crate) mending: Mending,
    /// Bytes of BTF less for the copies.
    pub(crate) bytes_unified: usize,
    /// What the work took.
    pub(crate) time: Delta,
    /// Bytes of BTF that it came with, base included.
    pub(crate) bytes_before: usize,
    /// Bytes of BTF that it has.
    pub(crate) bytes_after: usize,
    /// Its types and slots.
    pub(crate) rows: Rows,
}

impl Entry {
    /// What there is to say of a module of which this has come.
    pub(crate) fn new(module: &BStr, origin: Origin, outcome: &Outcome<'_, RunningTypes>) -> Self {
        let mut entry = Self {
            module: ModuleName::new(module),
            verdict: outcome.verdict(),
            done: Done::AsSaid,
            form: outcome.form,
            origin,
            has_other_types: outcome.has_other_types(),
            why: None,
            counts: outcome.counts(),
            unified: 0,
            differing: 0,
            slots: outcome.slots_len(),
            resolved: 0,
            unresolved: 0,
            lost: None,
            mending: Mending::default(),
            bytes_unified: 0,
            time: Delta::ZERO,
            bytes_before: 0,
            bytes_after: 0,
            rows: Rows::new(),
        };
        match &outcome.result {
            Err(error) => entry.because(error),
            Ok(done) => {
                entry.mending = done.mending;
                entry.bytes_unified = done.bytes_unified;
                entry.resolved = done.resolved();
                outcome.list_missing(&mut |_| {
                    entry.unresolved = entry.unresolved.saturating_add(1);
                });
                if let Some((copies, _)) = done.copies {
                    entry.unified = copies.count();
                    entry.differing = copies.differing_count();
                }
            }
        }
        entry
    }

    /// Takes it that there was no memory for what was to be done.
    pub(crate) fn fail(&mut self, outcome: &Outcome<'_, RunningTypes>) {
        let origin = core::mem::take(&mut self.origin);
        *self = Self {
            time: self.time,
            bytes_before: self.bytes_before,
            ..Self::new(self.module.as_bytes(), origin, outcome)
        };
    }

    /// Whether the module says that it was built against the running kernel, and means other types
    /// than that has.
    pub(crate) fn contradicts(&self) -> bool {
        self.has_other_types && self.origin.is_this_kernel == Some(true)
    }

    /// Says why, if there is memory for it.
    fn because(&mut self, why: &btf::Error) {
        self.why = CString::try_from_fmt(fmt!("{}", Shown(why))).ok();
    }

    /// The word for what has come of the module.
    pub(crate) fn word(&self) -> &'static str {
        match self.done {
            Done::AsSaid => self.verdict.name(),
            Done::Refused => "refused",
            Done::Left => "left",
        }
    }

    /// Takes in all that there is to say of types and slots. Without memory the report is shorter,
    /// and no more than that.
    pub(crate) fn list(&mut self, vmlinux: &Running, outcome: &Outcome<'_, RunningTypes>) {
        let _ = self.rows.list(vmlinux, outcome);
    }
}
