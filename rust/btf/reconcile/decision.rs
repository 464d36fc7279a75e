// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What becomes of a type of a base, and why.

use crate::btf::{
    number::{
        Id,
        Kernel, //
    },
    wire::Kind,
};
use core::fmt;

/// What becomes of one type of a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is the kernel's type with this id.
    Mapped(Id<Kernel>, Mapping),
    /// The kernel has no type that fits: it becomes one of the module's own.
    Carried(Reason),
    /// It is made of other types and has no name to look up: it moves to the module's types.
    Moved,
}

/// How a type was found in the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// By its name, and all else that is known of it.
    Exact,
    /// By another name that C has for it.
    Alias,
    /// A forward declaration by the definition.
    Defined,
    /// Only the size differs, this is the kernel's; the module knows the type by pointer only.
    Resized(u32),
}

/// Why a type is not mapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The kernel has no type of this name.
    Missing,
    /// The kernel has a type of this name, but of this kind.
    OtherKind(Kind),
    /// The kernel's is of this size, and the module embeds the type.
    Size(u32),
    /// The kernel's differs in encoding, members or values.
    Differs,
    /// The kernel has several that fit, and they are not the same.
    Ambiguous,
}

impl Decision {
    /// What becomes of the type, and how or why, in words that do not change.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Decision::Mapped(_, Mapping::Exact) => ("mapped", "exact"),
            Decision::Mapped(_, Mapping::Alias) => ("mapped", "alias"),
            Decision::Mapped(_, Mapping::Defined) => ("mapped", "defined"),
            Decision::Mapped(_, Mapping::Resized(_)) => ("mapped", "resized"),
            Decision::Carried(Reason::Missing) => ("carried", "missing"),
            Decision::Carried(Reason::OtherKind(_)) => ("carried", "other_kind"),
            Decision::Carried(Reason::Size(_)) => ("carried", "size"),
            Decision::Carried(Reason::Differs) => ("carried", "differs"),
            Decision::Carried(Reason::Ambiguous) => ("carried", "ambiguous"),
            Decision::Moved => ("moved", "structural"),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Missing => f.write_str("the kernel has no such type"),
            Reason::OtherKind(kind) => write!(f, "the kernel's is a {}", kind.name()),
            Reason::Size(size) => write!(f, "the kernel's has {size} bytes"),
            Reason::Differs => f.write_str("the kernel's is defined differently"),
            Reason::Ambiguous => f.write_str("the kernel has several that differ"),
        }
    }
}
