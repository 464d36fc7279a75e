// SPDX-License-Identifier: GPL-2.0

//! Why a module was not reconciled.

use crate::{
    btf::{
        self,
        Section, //
    },
    seen::Form,
    shown::Shown, //
};
use core::fmt;
use kernel::prelude::*;

/// Why a module was not reconciled.
pub(crate) enum Failure {
    /// Its BTF or its ids make no sense.
    Unusable(btf::Error),
    /// A type finds no match, and `strict=` is set.
    Refused(btf::Error),
    /// We could not do what is needed.
    Unable(Shortcoming),
}

impl Failure {
    /// It in words.
    pub(crate) fn shown(self) -> impl kernel::fmt::Display {
        Shown(Words(self))
    }

    /// What it is to a module that can't be left to the kernel: which knows no base reference, and
    /// takes BTF that is split from one for its own.
    pub(crate) fn without_kernel(self, form: Form) -> Self {
        match self {
            Self::Refused(error) if form == Form::BaseRef => Self::Unusable(error),
            Self::Unable(Shortcoming::NoSymbols) if form == Form::BaseRef => {
                let (section, fault) = (Section::Ids, btf::Fault::NoSymbols);
                Self::Unusable(btf::Error::new(section, btf::Place::Whole, fault))
            }
            failure => failure,
        }
    }
}

/// Something that is not the fault of the module's BTF.
pub(crate) enum Shortcoming {
    /// There is no memory.
    NoMemory,
    /// There are no symbols for `.BTF_ids`.
    NoSymbols,
    /// Something else.
    Other(Error),
}

impl From<btf::Error> for Failure {
    fn from(error: btf::Error) -> Self {
        match error.fault {
            btf::Fault::NoMemory => Self::Unable(Shortcoming::NoMemory),
            btf::Fault::Refused(_) => Self::Refused(error),
            _ => Self::Unusable(error),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            ENOMEM => Self::Unable(Shortcoming::NoMemory),
            ENXIO => Self::Unable(Shortcoming::NoSymbols),
            // As `Loading::ids` has it: the symbols are the module's fault.
            EFAULT => {
                let (section, fault) = (Section::Ids, btf::Fault::SymbolBounds);
                Self::Unusable(btf::Error::new(section, btf::Place::Whole, fault))
            }
            _ => Self::Unable(Shortcoming::Other(error)),
        }
    }
}

/// A failure in words.
struct Words(Failure);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Failure::Unusable(error) | Failure::Refused(error) => error.fmt(f),
            Failure::Unable(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for Shortcoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shortcoming::NoMemory => f.write_str("out of memory"),
            Shortcoming::NoSymbols => {
                write!(f, "{}: {}", Section::Ids, btf::Fault::NoSymbols)
            }
            Shortcoming::Other(error) => write!(f, "{error:?}"),
        }
    }
}
