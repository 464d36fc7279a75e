// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which typedefs and functions of a base are made of types that stay the module's.

use super::{
    decision::Decision,
    leading::{
        Leading,
        Links, //
    },
    plan::Plan, //
};
use crate::btf::{
    number::Base,
    pace::Pace,
    wire::{
        fields,
        Btf,
        Kind, //
    },
    Result, //
};

/// Finds out which types are, or lead to, one of those that `plan` carries: through typedefs,
/// functions and what moves, having no name. What a struct or union that is the kernel's is made of
/// is not its users' business.
///
/// # Errors
///
/// No memory.
pub fn leading_to_carried(base: &Btf<'_, Base>, plan: &Plan) -> Result<Leading<Base>> {
    let mut links = Links::new(base.end())?;
    let mut pace = Pace::new();
    for (id, decision) in plan.iter() {
        pace.step();
        let Some(kind) = base.kind(id) else { continue };
        if decision != Decision::Moved && !matches!(kind, Kind::Typedef | Kind::Func) {
            continue;
        }
        let Some(record) = base.record(id) else {
            continue;
        };
        pace.steps(record.vlen());
        let mut added = Ok(());
        fields::each_id(&record, |to| {
            if let Err(error) = links.add(id, to) {
                added = Err(error);
            }
        });
        added?;
    }
    let is_carried = |&(_, decision): &(_, _)| matches!(decision, Decision::Carried(_));
    links.lead_to(plan.iter().filter(is_carried).map(|(id, _)| id))
}
