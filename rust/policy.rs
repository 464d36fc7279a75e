// SPDX-License-Identifier: GPL-2.0

//! What is done with a module, by what has come of it and by the parameters.

use crate::{
    btf::{
        Form,
        Options,
        Outcome,
        Verdict, //
    },
    params::{
        self,
        Stale, //
    },
    running::RunningTypes,
};

/// What is done with a module.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// It is given what has come of it, if anything is to change.
    Give,
    /// It loads without BTF, and its ids become 0.
    Withhold,
    /// It does not load.
    Refuse,
    /// The kernel gets it as it came.
    Leave,
}

/// How modules are reconciled.
pub(crate) fn options() -> Options {
    Options {
        strict: params::strict(),
        unify: params::unify(),
    }
}

/// What is done with a module of which this has come.
pub(crate) fn action(outcome: &Outcome<'_, RunningTypes>) -> Action {
    match outcome.verdict() {
        Verdict::Fits | Verdict::Reconciled | Verdict::Carries => Action::Give,
        Verdict::NoBtf if outcome.result.is_ok() => Action::Give,
        // What stands on its own is refused in strict mode only, and is the kernel's to refuse.
        Verdict::Refused if outcome.form == Some(Form::Whole) => Action::Leave,
        // The kernel relocates by a distilled base itself. It knows no base reference, and takes
        // plain BTF for its own if the numbers are in range.
        Verdict::Refused | Verdict::OutOfMemory if outcome.form == Some(Form::Base) => {
            Action::Leave
        }
        Verdict::OutOfMemory => Action::Withhold,
        // The kernel refuses such a module, or does worse: it does not look where the references in
        // a module's BTF lead before it follows them.
        Verdict::Stale | Verdict::Broken | Verdict::Refused => match params::stale() {
            Stale::Withhold => Action::Withhold,
            Stale::Refuse => Action::Refuse,
            Stale::Leave => Action::Leave,
        },
        // It has ids of something else.
        Verdict::NoBtf => match params::stale() {
            Stale::Withhold | Stale::Refuse => Action::Withhold,
            Stale::Leave => Action::Leave,
        },
    }
}
