// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether BTF that comes without a base is split from the kernel's, or stands on its own.

use super::{
    fits::{
        fits,
        Known, //
    },
    ids::{
        remapped,
        Symbol, //
    },
    wire::Types, //
};

/// What BTF without a base is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Split from the kernel's.
    Plain,
    /// It stands on its own.
    Whole,
    /// It may be either.
    Doubt,
    /// It can be neither.
    Neither,
    /// The rules do not say.
    Open,
}

/// What contradicts a reading, or does not.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Contradicted {
    Yes,
    No,
    Open,
}

/// Tells what `btf` is. Its ids in `.BTF_ids` are the last to be asked.
pub fn told(
    kernel: &Types<'_>,
    btf: &[u8],
    known: Known<'_>,
    (section, symbols): (&[u32], &[Symbol]),
) -> Told {
    let plain = Types::read(btf, Some(kernel)).filter(|types| fits(types, known));
    let whole =
        Types::read(btf, None).filter(|types| types.has_strings_of_its_own() && fits(types, known));
    let (plain, whole) = match (plain, whole) {
        (Some(plain), Some(whole)) => (plain, whole),
        (Some(_), None) => return Told::Plain,
        (None, Some(_)) => return Told::Whole,
        (None, None) => return Told::Neither,
    };
    if plain.iter().next().is_none() {
        // Nothing is meant by it.
        return Told::Plain;
    }
    let contradicted = |types: &Types<'_>| {
        let outcome = remapped(section, symbols, types, None);
        match (outcome.fits(false), outcome.fits(true)) {
            (true, true) => Contradicted::Open,
            (true, false) => Contradicted::Yes,
            (false, _) => Contradicted::No,
        }
    };
    match (contradicted(&plain), contradicted(&whole)) {
        (Contradicted::Open, _) | (_, Contradicted::Open) => Told::Open,
        (Contradicted::No, Contradicted::Yes) => Told::Plain,
        (Contradicted::Yes, Contradicted::No) => Told::Whole,
        (Contradicted::Yes, Contradicted::Yes) => Told::Neither,
        (Contradicted::No, Contradicted::No) => Told::Doubt,
    }
}
