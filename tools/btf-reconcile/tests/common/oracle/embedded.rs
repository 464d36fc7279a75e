// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types a module holds by value.

use super::wire::{
    Kind,
    Type,
    Types, //
};
use std::collections::{
    BTreeSet,
    HashSet, //
};

/// The types that `split` holds by value, in a type of its own or in one of its base for which
/// `stays` says that it becomes the module's: as members, elements, arguments, results or
/// variables, through any number of arrays, typedefs and qualifiers.
pub fn embedded(split: &Types<'_>, stays: impl Fn(u32) -> bool) -> BTreeSet<u32> {
    let base = split.base.expect("a module has a base");
    let of_base = base.iter().filter(|&(id, _)| stays(id));
    let mut held = BTreeSet::new();
    for (_, holder) in of_base.chain(split.iter()).filter(|(_, t)| holds(t)) {
        for element in &holder.elements {
            held.insert(end_of_chain(split, element.id));
        }
    }
    held
}

/// Whether what a type is made of is inside of it.
fn holds(of: &Type) -> bool {
    of.kind.is_composite() || matches!(of.kind, Kind::Array | Kind::FuncProto | Kind::Var)
}

/// What `id` is another name, a qualified form or an array of, in the end; 0 if there is no end.
fn end_of_chain(types: &Types<'_>, mut id: u32) -> u32 {
    let mut seen = HashSet::new();
    while let Some(of) = types.get(id) {
        if !of.kind.is_modifier() && of.kind != Kind::Array {
            return id;
        }
        if !seen.insert(id) {
            break;
        }
        id = of.elements[0].id;
    }
    0
}
