// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether each type of a base becomes what it should.

use super::{
    differ,
    words,
    Verdict, //
};
use crate::common::{
    adapter::Reconciled,
    oracle::{
        Decision,
        Types, //
    }, //
};

/// Holds the core's decisions against those that are `wanted` for the base of `split`.
pub fn plan(split: &Types<'_>, wanted: &[Decision], done: &Reconciled) -> Verdict {
    let count = (wanted.len(), done.decisions.len());
    if count.0 != count.1 {
        return differ("decisions".into(), count.0, count.1);
    }
    for (id, (wanted, got)) in (1..).zip(wanted.iter().zip(&done.decisions)) {
        let agrees = match (wanted, got) {
            (Decision::AnyOf(ids), Decision::Mapped(id, _)) => ids.contains(id),
            (Decision::AnyOf(_), other) => *other == Decision::Moved,
            // One reason of several.
            (Decision::Carried(reasons), Decision::Carried(reason)) => reason.is_subset(reasons),
            _ => wanted == got,
        };
        if !agrees {
            return differ(words(split, id), wanted, got);
        }
    }
    let carried = done
        .decisions
        .iter()
        .any(|d| matches!(d, Decision::Carried(_)));
    if carried == done.passes_strict {
        return differ("passes strict mode".into(), !carried, done.passes_strict);
    }
    Ok(())
}
