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
mod kept;
mod marks;
mod pairs;
mod shrink;
mod spelling;

pub use self::{
    copies::Copies,
    shrink::unify, //
};

use super::{
    check::acceptable,
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
/// `look` is shown what they are, and what has become of the BTF.
///
/// # Errors
///
/// No memory, or a result that the kernel does not take; `result` is as it was then.
pub fn unify_reconciled<L: Locate>(
    vmlinux: &Vmlinux<'_, L>,
    result: &mut Reconciled,
    look: impl FnOnce(&Copies<'_, '_, L>, &Reconciled),
) -> Result {
    let Reconciled { bytes, ids } = result;
    let split = Btf::parse_split(bytes, &vmlinux.btf)?;
    let copies = Copies::find(vmlinux, &split)?;
    let after = unify_checked(vmlinux, &copies)?;
    ids.then(&after.ids)?;
    look(&copies, &after);
    *bytes = after.bytes;
    Ok(())
}

/// Unifies the copies in BTF that fits the kernel; [`None`] if there are none. `look` is as for
/// [`unify_reconciled`].
///
/// # Errors
///
/// The same.
pub fn unify_plain<L: Locate>(
    vmlinux: &Vmlinux<'_, L>,
    split: &Btf<'_>,
    look: impl FnOnce(&Copies<'_, '_, L>, &Reconciled),
) -> Result<Option<Reconciled>> {
    let copies = Copies::find(vmlinux, split)?;
    let after = unify_checked(vmlinux, &copies)?;
    look(&copies, &after);
    Ok((copies.count() != 0).then_some(after))
}

/// Unifies, and checks that the kernel takes the result.
fn unify_checked<L: Locate>(
    vmlinux: &Vmlinux<'_, L>,
    copies: &Copies<'_, '_, L>,
) -> Result<Reconciled> {
    let after = unify(copies)?;
    let split = Btf::parse_split(&after.bytes, &vmlinux.btf)?;
    acceptable(&after.bytes, Some(&vmlinux.btf), &split)?;
    Ok(after)
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

/// Whether type `id` is called something; a tag has its words where others have a name.
fn is_named(split: &Btf<'_>, id: u32) -> bool {
    let has_name = split.name_off(id).is_some_and(|off| off != 0);
    has_name && split.kind(id) != Some(Kind::TypeTag)
}

/// Whether types of this kind are things of their module, and like no other.
fn is_own(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Func | Kind::Var | Kind::Datasec | Kind::DeclTag | Kind::Unknown
    )
}
