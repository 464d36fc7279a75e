// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which type a slot is for that was never resolved.

use super::{
    ids::Found,
    symbol::Name,
    wire::{
        Kind,
        Types, //
    },
};

/// The new id of the type with a name: of a function the module's own if there is one, of all else
/// the kernel's. Of several it is the one with the lowest id. `types` are the module's, as they came,
/// and `new` says what becomes of these.
pub fn find(
    kernel: &Types<'_>,
    types: &Types<'_>,
    new: &dyn Fn(u32) -> u32,
    (kind, name): &Name,
) -> Found {
    let lowest = |types: &Types<'_>| {
        let is_kind = |id: &&u32| types.get(**id).is_some_and(|of| of.kind == *kind);
        types.named(name).iter().filter(is_kind).min().copied()
    };
    let own = lowest(types).map(new);
    let kernels = lowest(kernel);
    let kernels_first = *kind != Kind::Func || own.is_none();
    if let Some(id) = kernels.filter(|_| kernels_first) {
        return Found::Kernels(id);
    }
    match own {
        Some(0) => Found::LeftOut,
        Some(id) => Found::Type(id),
        // Of what only a base has, and becomes the module's own, the rules do not say whether it counts.
        None if types.base.is_some_and(|base| lowest(base).is_some()) => Found::Open,
        None => Found::Nothing,
    }
}
