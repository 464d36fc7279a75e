// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What becomes of a module's BTF, in one word.

use super::Form;
use crate::btf::error::{
    Error,
    Fault,
    Place,
    Section, //
};

/// What becomes of a module's BTF on a kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It is of this kernel as it is.
    Fits,
    /// Every type of its base is the kernel's.
    Reconciled,
    /// Some types of its base become types of its own.
    Carries,
    /// It has none, so that none can be wrong.
    NoBtf,
    /// It is of another kernel, or its ids are: it can't be told which types they mean.
    Stale,
    /// It makes no sense on any kernel.
    Broken,
    /// A type of its base is not the kernel's, and strict mode refuses to carry it.
    Refused,
    /// There is no memory to tell.
    OutOfMemory,
}

impl Verdict {
    /// What `error` makes of a module whose BTF is of this form.
    pub fn of_error(error: &Error, form: Option<Form>) -> Self {
        match (error.section, error.place, error.fault) {
            (_, _, Fault::NoMemory) => Verdict::OutOfMemory,
            (_, _, Fault::Refused(_) | Fault::RefusedWhole) => Verdict::Refused,
            (_, _, Fault::TwoReadings) => Verdict::Stale,
            // Such ids are of other BTF, or can't be found.
            (
                Section::Ids,
                _,
                Fault::SlotId(_)
                | Fault::SlotKind { .. }
                | Fault::SlotName(_)
                | Fault::SetName(_)
                | Fault::SymbolName
                | Fault::NoSymbol
                | Fault::NoSymbols,
            ) => Verdict::Stale,
            // What can be read, but makes no sense, does so on another kernel.
            (Section::Split, Place::Type(_), fault)
                if form == Some(Form::Plain)
                    && !matches!(fault, Fault::Truncated | Fault::UnknownKind(_)) =>
            {
                Verdict::Stale
            }
            _ => Verdict::Broken,
        }
    }

    /// The word for it, in reports.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Fits => "fits",
            Verdict::Reconciled => "reconciled",
            Verdict::Carries => "carries",
            Verdict::NoBtf => "no_btf",
            Verdict::Stale => "stale",
            Verdict::Broken => "broken",
            Verdict::Refused => "refused",
            Verdict::OutOfMemory => "out_of_memory",
        }
    }
}
