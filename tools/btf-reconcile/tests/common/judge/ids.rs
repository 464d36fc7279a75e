// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether ids in `.BTF_ids` become those of the types that they are for.

use super::{
    differ,
    read,
    refusal,
    Kernel,
    Module,
    Verdict, //
};
use crate::common::{
    adapter,
    oracle::ids::{
        self,
        Symbol, //
    }, //
};

/// Judges what becomes of `.BTF_ids` of a module with a base that can be reconciled.
pub fn remapped(
    kernel: &Kernel<'_>,
    module: &Module<'_>,
    words: &[u32],
    symbols: &[Symbol],
) -> Verdict {
    let Module { base, split, form } = *module;
    let done = adapter::reconcile(&kernel.core, base, split, form).map_err(refusal)?;
    let got = adapter::remapped(&kernel.core, base, split, form, (words, symbols));
    let base = read(base, None)?;
    let types = read(split, Some(&base))?;
    // What the new ids are is judged elsewhere.
    let new = |id: u32| done.ids[id as usize].unwrap_or(u32::MAX);
    let wanted = ids::remapped(words, symbols, &types, Some(&new));
    if wanted.is(got.as_deref().ok()) {
        return Ok(());
    }
    differ("ids".into(), wanted, got.map_err(refusal))
}

/// Judges whether `.BTF_ids` of a module without a base fits.
pub fn fitting(kernel: &Kernel<'_>, split: &[u8], words: &[u32], symbols: &[Symbol]) -> Verdict {
    let got = adapter::fitting(&kernel.core, split, (words, symbols));
    let types = read(split, Some(&kernel.types))?;
    let wanted = ids::remapped(words, symbols, &types, None);
    if wanted.fits(got.is_ok()) {
        return Ok(());
    }
    differ("ids".into(), wanted, got.map_err(refusal))
}
