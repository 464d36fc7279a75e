// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! A few hundred modules that stand for all.

use crate::{
    archive::Module,
    btf::{
        Btf,
        Decision,
        Mapping,
        Plan,
        Section,
        Twins, //
    },
    compare::Target, //
};
use rayon::prelude::*;
use std::collections::HashMap;

/// One in so many modules is taken whatever is in it.
const ONE_IN: u32 = 16;
/// So many modules are taken of those in which the same type is the first special one.
const OF_A_SORT: usize = 2;

/// Takes the subset of `modules` to try on `target`, which is the same each time: some by the hash
/// of their names, and some of each sort that has a type which is not found just so.
pub fn subset<'a>(modules: &[Module<'a>], target: &Target<'_>) -> Vec<Module<'a>> {
    let special: Vec<_> = modules.par_iter().map(|m| special(m, target)).collect();
    let mut seen: HashMap<_, usize> = HashMap::new();
    modules
        .iter()
        .zip(special)
        .filter(|(module, special)| {
            let rare = special.as_ref().is_some_and(|special| {
                let seen = seen.entry(special.clone()).or_default();
                *seen += 1;
                *seen <= OF_A_SORT
            });
            rare || hash(module.name.as_bytes()) % ONE_IN == 0
        })
        .map(|(module, _)| *module)
        .collect()
}

/// The first type of `module` that is not found under its name and with its size, and why.
fn special(module: &Module<'_>, target: &Target<'_>) -> Option<(Vec<u8>, String)> {
    let base = Btf::parse_base(module.base, Section::Base).ok()?;
    let split = Btf::parse_split(module.split, &base).ok()?;
    let mut twins = Twins::new(&target.ours);
    let plan = Plan::new(&target.ours, &base, &split, &mut twins).ok()?;
    let (id, decision) = plan.iter().find(|(_, decision)| {
        !matches!(
            decision,
            Decision::Mapped(_, Mapping::Exact | Mapping::Resized(_))
        )
    })?;
    let (fate, how) = decision.words();
    let why = format!("{fate}, {how}");
    let name = base.name(base.record(id)?.name())?;
    Some((name.to_vec(), why))
}

/// FNV-1a.
pub fn hash(name: &[u8]) -> u32 {
    name.iter().fold(0x811c_9dc5, |hash: u32, &byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
