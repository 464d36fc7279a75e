// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether the types that give way to the kernel's are those that should, and nothing else is lost.

use super::{
    differ,
    meaning::unchanged,
    read,
    refusal,
    words,
    Kernel,
    Verdict, //
};
use crate::common::{
    adapter::{
        self,
        Unified, //
    },
    oracle::{
        staying::staying,
        Copies,
        Types, //
    }, //
};
use std::collections::BTreeSet;

/// Judges what the core makes of the copies in `split`, which is split from the kernel's BTF. Gives
/// how many there are.
pub fn copies(kernel: &Kernel<'_>, split: &[u8]) -> Result<usize, String> {
    let done = adapter::unified(&kernel.core, split).map_err(refusal)?;
    let before = read(split, Some(&kernel.types))?;
    let after = read(&done.bytes, Some(&kernel.types))?;
    found(&kernel.types, &before, &done)?;
    left_out(&before, &after, &done)?;
    Ok(done.copies.iter().flatten().count())
}

/// Whether the copies are those that there are.
pub fn found(kernel: &Types<'_>, split: &Types<'_>, done: &Unified) -> Verdict {
    let mut wanted = Copies::find(split);
    let led_to = wanted.led_to();
    for ((id, of), &got) in split.iter().zip(&done.copies) {
        let by_name = of.kind.goes_by_name() && !of.name.is_empty();
        let agrees = match got {
            Some(kernels) => wanted.may_be(id, kernels),
            None if by_name => wanted.of_named(id).is_none(),
            None => !led_to.contains_key(&id),
        };
        if agrees {
            continue;
        }
        let of = wanted.of_named(id);
        let of = of
            .into_iter()
            .chain(led_to.get(&id).into_iter().flatten().copied());
        let of: Vec<_> = of.map(|id| words(kernel, id)).collect();
        let got = got.map(|id| words(kernel, id));
        return differ(format!("{} is a copy", words(split, id)), of, got);
    }
    let mut differing = BTreeSet::new();
    for &(id, kernels) in &done.differing {
        let name = |types: &Types<'_>, id| types.get(id).map(|t| (t.kind, t.name.clone()));
        if name(split, id) != name(kernel, kernels)
            || done.copies[(id - split.first) as usize].is_some()
        {
            return Err(format!(
                "{} is said to differ from [{kernels}]",
                words(split, id)
            ));
        }
        let by_name = split.get(id).is_some_and(|t| t.kind.goes_by_name());
        differing.extend(by_name.then_some(id));
    }
    if differing != *wanted.differing() {
        return differ("types that differ".into(), wanted.differing(), &differing);
    }
    Ok(())
}

/// Whether none is taken for a copy that is none.
pub fn are_kernels(kernel: &Types<'_>, split: &Types<'_>, done: &Unified) -> Verdict {
    let mut wanted = Copies::find(split);
    for ((id, _), &got) in split.iter().zip(&done.copies) {
        if let Some(kernels) = got.filter(|&kernels| !wanted.may_be(id, kernels)) {
            let kernels = words(kernel, kernels);
            return Err(format!("{} is no copy of {kernels}", words(split, id)));
        }
    }
    Ok(())
}

/// Whether the BTF is what it was, but for the copies and what only they led to.
pub fn left_out(before: &Types<'_>, after: &Types<'_>, done: &Unified) -> Verdict {
    let new = |id: u32| done.ids.get(id as usize).copied().flatten();
    if new(before.end()).is_some() {
        return Err("what is behind the last type has become something".into());
    }
    let copy = |id: u32| {
        done.copies
            .get((id - before.first) as usize)
            .copied()
            .flatten()
    };
    let staying = staying(before, |id| copy(id).is_some());
    let mut next = after.first;
    for id in 0..before.end() {
        let to = new(id);
        let wanted = if id < before.first {
            Some(id)
        } else if copy(id).is_some() {
            copy(id)
        } else if staying.go.contains(&id) || to == Some(0) && !staying.stay.contains(&id) {
            Some(0)
        } else {
            next += 1;
            unchanged(before, after, id, next - 1, &new)?;
            Some(next - 1)
        };
        if wanted != to {
            return differ(words(before, id), wanted, to);
        }
    }
    if next != after.end() {
        return Err("there are types that come from nowhere".into());
    }
    if before.are_sorted() && !after.are_sorted() {
        return Err("it was sorted".into());
    }
    if after.types_len > before.types_len || after.strings_len() > before.strings_len() {
        return Err("it has grown".into());
    }
    Ok(())
}
