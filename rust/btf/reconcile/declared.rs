// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which type of the kernel a forward declaration stands for.

use super::{
    candidates::{
        decide,
        worse,
        Candidates, //
    },
    decision::{
        Decision,
        Mapping,
        Reason, //
    },
};
use crate::btf::{
    equal::Twins,
    kernel::Vmlinux,
    wire::{
        Kind,
        Locate, //
    },
    Result, //
};

/// Decides what the forward declaration of `name` stands for: what it declares, or else the same
/// declaration. `may_be_enum` says whether enumerations are declared this way, too.
///
/// # Errors
///
/// No memory.
pub fn declared<L: Locate>(
    vmlinux: &Vmlinux<'_, L>,
    twins: &mut Twins<'_, '_, L>,
    name: &[u8],
    is_union: bool,
    may_be_enum: bool,
) -> Result<Decision> {
    let wanted = if is_union { Kind::Union } else { Kind::Struct };
    let mut definitions = Candidates::default();
    let mut enumerations = Candidates::default();
    let mut declarations = Candidates::default();
    let mut reason = Reason::Missing;
    let all = vmlinux.named(name, |id, theirs| {
        let kind = theirs.kind();
        if kind == wanted {
            definitions.add(id);
        } else if may_be_enum && !is_union && kind.is_enum() {
            enumerations.add(id);
        } else if kind == Kind::Fwd && theirs.kind_flag() == is_union {
            declarations.add(id);
        } else {
            reason = worse(reason, Reason::OtherKind(kind));
        }
    });
    let fits = [
        (&definitions, Mapping::Defined),
        (&declarations, Mapping::Exact),
        (&enumerations, Mapping::Defined),
    ];
    decide(all, &fits, reason, twins)
}
