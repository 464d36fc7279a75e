// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types are what they are called.

use crate::btf::{
    number::Space,
    wire::{
        Kind,
        Record, //
    },
};

/// Whether the name of `record` makes it what it is.
#[inline]
pub fn is_nominal<S: Space>(record: &Record<'_, S>) -> bool {
    record.name().is_some() && goes_by_name(record.kind())
}

/// Whether types of this kind go by their names, if they have one.
#[inline]
pub fn goes_by_name(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Int
            | Kind::Float
            | Kind::Enum
            | Kind::Enum64
            | Kind::Struct
            | Kind::Union
            | Kind::Fwd
    )
}
