// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Copies of the kernel's types in a split BTF, and doing without them.
//!
//! A module whose BTF was made against another vmlinux than it was compiled for has types of its
//! own where the kernel has the very same: the kernel takes them for different. [`Copies`] tells
//! which those are, [`unify`] lets everything that refers to them refer to the kernel's.
//!
//! Types are *nominal* if what they are called makes them what they are (integers, structs, unions,
//! enumerations and their declarations, with a name), else *structural* (pointers, arrays,
//! prototypes, typedefs, what has no name). A nominal type is a copy of one of the kernel's if
//! their definitions are equal all the way down, where a declaration below a pointer equals the
//! definition. A structural type is one if after that all that it is made of is the kernel's to
//! the id: what it says must not change, which the other may be lenient about.
//!
//! The rule, with its reasons, is in `Documentation/rules.rst`.

mod copies;
mod pairs;
mod shrink;

pub use self::{
    copies::Copies,
    shrink::unify, //
};

use super::{
    kind::Kind,
    parse::{
        Btf,
        Locate, //
    },
    record::Record,
    rewrite::Reconciled,
    vmlinux::Vmlinux,
    Result, //
};

/// Unifies the copies in what [`super::rewrite()`] has made, whose map then leads all the way.
///
/// `look` is shown what they are, and the map from the ids in that.
///
/// # Errors
///
/// A reference to a type or string that there is not; no memory.
pub fn unify_reconciled<L: Locate>(
    vmlinux: &Vmlinux<'_, L>,
    before: Reconciled,
    look: impl FnOnce(&Copies<'_, '_, L>, &Reconciled),
) -> Result<Reconciled> {
    let split = Btf::parse_split(&before.bytes, &vmlinux.btf)?;
    let copies = Copies::find(vmlinux, &split)?;
    let after = unify(&copies)?;
    look(&copies, &after);
    let mut ids = before.ids;
    ids.then(&after.ids)?;
    let bytes = after.bytes;
    Ok(Reconciled { bytes, ids })
}

/// Whether what `record` is called makes it what it is. `is_named`: whether it is called anything.
fn is_nominal(record: &Record<'_>, is_named: bool) -> bool {
    is_named
        && matches!(
            record.kind(),
            Kind::Int
                | Kind::Float
                | Kind::Enum
                | Kind::Enum64
                | Kind::Struct
                | Kind::Union
                | Kind::Fwd
        )
}

/// Whether `record` is a thing of its module, and like no other.
fn is_own(record: &Record<'_>) -> bool {
    matches!(
        record.kind(),
        Kind::Func | Kind::Var | Kind::Datasec | Kind::DeclTag | Kind::Unknown
    )
}
