// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! From a name to the types of the kernel that bear it.
//!
//! Newer kernels sort vmlinux BTF: types without a name first, the others in byte order of
//! their names, so that bisection finds a name without an index. Elsewhere an index over the kinds
//! that a base can name is built, once.

mod index;
mod sorted;

pub use self::{
    index::Index,
    sorted::Sorted, //
};

use super::{
    parse::{
        Btf,
        Locate, //
    },
    record::Record,
};
use core::cmp::Ordering;

/// Types of one name that are looked at. Kernels have a handful; beyond this the input is made to
/// cost time.
const MAX_CANDIDATES: usize = 512;

/// How the types of a BTF are found by name.
pub enum Names {
    /// The types are sorted: bisection.
    Sorted(Sorted),
    /// They are not, or it has to be faster: an index.
    Index(Index),
}

impl Names {
    /// Calls `each` for the types of `btf` (the one this was made of) named `name`, in order of
    /// their ids.
    ///
    /// Gives `false` if there are more of them than are worth looking at.
    pub fn find<'a, L: Locate>(
        &self,
        btf: &Btf<'a, L>,
        name: &[u8],
        each: impl FnMut(u32, Record<'a>),
    ) -> bool {
        match self {
            Names::Sorted(sorted) => sorted.find(btf, name, each),
            Names::Index(index) => index.find(btf, name, each),
        }
    }

    /// As [`Self::find`], for kinds that an index leaves out (functions): finds them where the types
    /// are sorted, and nothing where they are not.
    pub fn find_any<'a, L: Locate>(
        &self,
        btf: &Btf<'a, L>,
        name: &[u8],
        each: impl FnMut(u32, Record<'a>),
    ) -> bool {
        let sorted = match self {
            Names::Sorted(sorted) => Some(sorted),
            Names::Index(index) => index.sorted(),
        };
        sorted.is_none_or(|sorted| sorted.find(btf, name, each))
    }

    /// Bytes that this holds on to.
    pub fn memory(&self) -> usize {
        match self {
            Names::Sorted(sorted) => sorted.memory(),
            Names::Index(index) => index.memory(),
        }
    }
}

/// Compares the string of `btf` at offset `off` with `name`, as `strcmp()` does.
fn compare<L>(btf: &Btf<'_, L>, off: u32, name: &[u8]) -> Ordering {
    let strs = btf.strs_from(off).unwrap_or(&[0]);
    match strs.get(..name.len()) {
        // Where they differ at or before the string's NUL decides: `name` has none.
        Some(same_len) => same_len.cmp(name).then(match strs.get(name.len()) {
            Some(0) | None => Ordering::Equal,
            Some(_) => Ordering::Greater,
        }),
        // The last string, shorter than `name`; its NUL decides at the latest.
        None => strs.cmp(name),
    }
}

/// FNV-1a.
pub fn hash(name: &[u8]) -> u32 {
    name.iter().fold(0x811c_9dc5, |h: u32, &b| {
        (h ^ u32::from(b)).wrapping_mul(0x0100_0193)
    })
}
