// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether BTF stands on its own, which nothing in it says.
//!
//! It was made without a vmlinux: its ids start at 1 and its strings at 0, and all that it refers
//! to is in it. Read as split from the kernel's BTF it refers to types and strings that have
//! nothing to do with it. Only what holds in the one reading and not in the other is what it is
//! taken for.

use super::{
    Form,
    Module, //
};
use crate::btf::{
    check::fits,
    error::{
        Error,
        Fault,
        Place,
        Section, //
    },
    number::{
        Base,
        Kernel,
        New,
        Space,
        Split, //
    },
    wire::{
        header::Header,
        Btf,
        Locate,
        Offsets,
        Pair, //
    },
    Result, //
};

/// BTF that stands on its own.
pub struct Whole<'m> {
    /// There is nothing in it.
    base: Btf<'m, Base>,
    split: Btf<'m, Split>,
}

impl<'m> Whole<'m> {
    /// Reads the BTF of `module` as what stands on its own; [`None`] if it does not.
    ///
    /// # Errors
    ///
    /// No memory.
    fn read(module: &Module<'m>) -> Result<Option<Self>> {
        let bytes = module.btf_bytes();
        // Most split BTF is told by that: it has no empty string, as its base has one.
        let starts = Header::parse(bytes, Section::Split)
            .is_ok_and(|header| header.strs.first() == Some(&0) && !header.types.is_empty());
        if !starts || !module.base.is_nothing() {
            return Ok(None);
        }
        let base = Btf::nothing()?;
        let Some(split) = if_good(Btf::parse_split(bytes, &base))? else {
            return Ok(None);
        };
        let stands = if_good(fits(&base, &split, &module.functions, module.pointer))?;
        Ok(stands.map(|()| Self { base, split }))
    }

    /// Its types.
    pub fn types(&self) -> Pair<'_, 'm, Split, Offsets> {
        Pair {
            base: &self.base,
            split: &self.split,
        }
    }
}

/// What `module` has, if it is BTF that stands on its own; [`None`] if it is split from the
/// kernel's or from a base, or good for nothing.
///
/// # Errors
///
/// It may be the one and the other; no memory.
pub fn reading<'m, L: Locate>(
    vmlinux: &Btf<'_, Kernel, L>,
    module: &mut Module<'m>,
) -> Result<Option<Whole<'m>>> {
    if module.btf.is_none() {
        return Ok(None);
    }
    let Some(whole) = Whole::read(module)? else {
        return Ok(None);
    };
    // Split from a base of the empty string alone, all of its names would start inside another.
    if module.form() != Some(Form::Plain) || !fits_plain(vmlinux, module, &whole)? {
        return Ok(Some(whole));
    }
    if !ids_fit(module, &whole.types())? {
        return Ok(None);
    }
    let fault = Fault::TwoReadings;
    Err(Error::new(Section::Split, Place::Whole, fault))
}

/// Whether the BTF of `module`, which `whole` is, fits as what is split from the kernel's.
///
/// # Errors
///
/// No memory.
fn fits_plain<L: Locate>(
    vmlinux: &Btf<'_, Kernel, L>,
    module: &mut Module<'_>,
    whole: &Whole<'_>,
) -> Result<bool> {
    let Some(split) = if_good(whole.split.onto::<New, _>(vmlinux))? else {
        return Ok(false);
    };
    if if_good(fits(vmlinux, &split, &module.functions, module.pointer))?.is_none() {
        return Ok(false);
    }
    let types = Pair {
        base: vmlinux,
        split: &split,
    };
    ids_fit(module, &types)
}

/// Whether the ids of `module` may be those of `types`.
///
/// # Errors
///
/// No memory.
fn ids_fit<S: Space, B: Locate>(
    module: &mut Module<'_>,
    types: &Pair<'_, '_, S, B>,
) -> Result<bool> {
    match module.slots()? {
        Some(mut slots) => Ok(if_good(slots.check(types))?.is_some()),
        None => Ok(true),
    }
}

/// What has come of a check, if it did not fail for what is wrong with its input.
///
/// # Errors
///
/// No memory.
fn if_good<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.fault == Fault::NoMemory => Err(error),
        Err(_) => Ok(None),
    }
}
