// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The BTF that a module is given: the kernel's, with a way to look names up.

use super::{
    names::{
        Index,
        Names,
        Sorted, //
    },
    parse::{
        Btf,
        Locate, //
    },
    Result,
};

/// BTF of a kernel, opened once and used for any number of modules.
pub struct Vmlinux<'a, L> {
    /// The types.
    pub btf: Btf<'a, L>,
    /// How to find them by name.
    pub names: Names,
}

impl<'a, L: Locate> Vmlinux<'a, L> {
    /// Looks names up by bisection where `btf` is sorted, which takes little memory, and through an
    /// index where it is not.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(btf: Btf<'a, L>) -> Result<Self> {
        let names = match Sorted::new(&btf)? {
            Some(sorted) => Names::Sorted(sorted),
            None => Names::Index(Index::new(&btf, None)?),
        };
        Ok(Self { btf, names })
    }

    /// Looks names up through an index in any case: it is several times as fast.
    ///
    /// # Errors
    ///
    /// No memory for the index.
    pub fn indexed(btf: Btf<'a, L>) -> Result<Self> {
        let names = Names::Index(Index::new(&btf, Sorted::new(&btf)?)?);
        Ok(Self { btf, names })
    }
}
