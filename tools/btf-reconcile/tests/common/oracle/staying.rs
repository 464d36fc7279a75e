// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types of a module stay when its copies go.

use super::{
    equal::ids,
    wire::{
        Kind,
        Type,
        Types, //
    }, //
};
use std::collections::HashSet;

/// The types that have to stay, and those that have to go.
pub struct Staying {
    pub stay: HashSet<u32>,
    pub go: HashSet<u32>,
}

/// Sorts the types of `split`, of which `is_copy` tells the copies.
///
/// What has a name stays, and so does what nothing referred to in the first place, with all that
/// they lead to. Types without a name that only copies led to go with them. What is left, types
/// without a name that lead to each other and that nothing leads to, may do either, and so may what
/// they lead to.
pub fn staying(split: &Types<'_>, is_copy: impl Fn(u32) -> bool) -> Staying {
    let parts = |of: &Type| ids(of).chain([of.index]).collect::<Vec<_>>();
    let all = || split.iter().filter(|&(id, _)| !is_copy(id));
    let referred_to: HashSet<_> = split.iter().flat_map(|(_, of)| parts(of)).collect();
    let stays = |(id, of): &(u32, &Type)| {
        let named = !of.name.is_empty() && of.kind != Kind::TypeTag;
        named || of.kind.is_own() || !referred_to.contains(id)
    };
    let spread = |from: Vec<u32>| {
        let mut found: HashSet<_> = from.iter().copied().collect();
        let mut waiting = from;
        while let Some(of) = waiting.pop().map(|id| split.get(id)) {
            for id in of.map(parts).unwrap_or_default() {
                if id >= split.first && !is_copy(id) && found.insert(id) {
                    waiting.push(id);
                }
            }
        }
        found
    };
    let stay = spread(all().filter(stays).map(|(id, _)| id).collect());
    let copies: Vec<_> = split
        .iter()
        .map(|(id, _)| id)
        .filter(|&id| is_copy(id))
        .collect();
    let led_to = spread(copies);
    let open = all().map(|(id, _)| id);
    let open = open.filter(|id| !stay.contains(id) && !led_to.contains(id));
    let go = &(&led_to - &stay) - &spread(open.collect());
    Staying { stay, go }
}
