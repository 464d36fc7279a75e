// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether types still mean what they meant.

use super::{
    differ,
    words,
    Verdict, //
};
use crate::common::{
    adapter::Reconciled,
    oracle::{
        Decision,
        Equal,
        Types, //
    }, //
};
use std::collections::HashSet;

/// Whether what was made of `before` is that, with other ids: every record, every name.
pub fn reconciled(before: &Types<'_>, after: &Types<'_>, done: &Reconciled) -> Verdict {
    let kernel = after.base.expect("it is split from the kernel's");
    let base = before.base.expect("a module has a base");
    let new = |id: u32| done.ids.get(id as usize).copied().flatten();
    if (new(0), new(before.end())) != (Some(0), None) {
        return Err("void, or what is behind the last type, has become something".into());
    }
    let mut own = HashSet::new();
    let mut last = 0;
    for id in 1..before.end() {
        let here = || words(before, id);
        let Some(to) = new(id) else {
            return Err(format!("{} has no new id", here()));
        };
        let decision = done.decisions.get(id as usize - 1);
        if let Some(Decision::Mapped(kernels, _)) = decision.filter(|_| id < before.first) {
            if *kernels != to || *kernels >= kernel.end() {
                return differ(here(), *kernels, to);
            }
            continue;
        }
        if to < kernel.end() || !own.insert(to) {
            return Err(format!("{} is not a type of its own: [{to}]", here()));
        }
        if id >= before.first {
            if to < last {
                return Err(format!("{} has changed places", here()));
            }
            last = to;
        }
        unchanged(before, after, id, to, &new)?;
    }
    if own.len() as u32 != after.end() - after.first {
        return Err("there are types that come from nowhere".into());
    }
    if before.are_sorted() && !after.are_sorted() {
        return Err("it was sorted".into());
    }
    let len = |types: &Types<'_>| (types.types_len, types.strings_len());
    let (b, s, a) = (len(base), len(before), len(after));
    if a.0 > b.0 + s.0 || a.1 > b.1 + s.1 {
        return Err(format!("{a:?} bytes of {b:?} and {s:?}"));
    }
    Ok(())
}

/// Whether the record of type `id` has become that of type `to`, but for the ids in it.
pub fn unchanged(
    before: &Types<'_>,
    after: &Types<'_>,
    id: u32,
    to: u32,
    new: &impl Fn(u32) -> Option<u32>,
) -> Verdict {
    let old = before.get(id).cloned();
    // No type has so large an id.
    let wanted = old.map(|old| old.renumbered(|id| new(id).unwrap_or(u32::MAX)));
    let got = after.get(to).cloned();
    if wanted != got {
        return differ(words(before, id), wanted, got);
    }
    Ok(())
}

/// Whether types of two BTFs that are split from one kernel's mean the same; `pairs` tells which.
///
/// Of functions, variables and tags, none of which is like another, that is what they are made of.
pub fn mean_the_same(
    before: &Types<'_>,
    after: &Types<'_>,
    pairs: impl IntoIterator<Item = (u32, u32)>,
) -> Verdict {
    let mut equal = Equal::sharing_base(before, after);
    let own = |types: &Types<'_>, id| {
        let of = types.get(id).filter(|of| of.kind.is_own());
        of.map(|of| (of.kind, of.name.clone(), of.elements.len()))
    };
    for (a, b) in pairs {
        let mut is_same = |a, b| {
            if own(before, a).is_some() {
                own(before, a) == own(after, b)
            } else {
                equal.equal(a, b)
            }
        };
        let mut same = is_same(a, b);
        if let (Some(x), Some(y)) = (before.get(a), after.get(b)) {
            let mut parts = x.elements.iter().zip(&y.elements);
            same &= !x.kind.is_own() || parts.all(|(m, n)| is_same(m.id, n.id));
        }
        if !same {
            return Err(format!("{} is not {}", words(before, a), words(after, b)));
        }
    }
    Ok(())
}
