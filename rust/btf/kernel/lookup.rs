// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! From a name to the types of the kernel that bear it.

use super::{
    sorted,
    table::{
        Prepared,
        Table, //
    }, //
};
use crate::btf::{
    number::{
        Id,
        Kernel,
        Off, //
    },
    wire::{
        words::{
            compare_string,
            little_endian, //
        },
        Btf,
        Kind,
        Locate,
        Record, //
    },
    Result as BtfResult,
};
use core::cmp::Ordering;

/// More types have one name than are looked at, see [`crate::btf::limits::MAX_NAMESAKES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMany;

/// BTF of a kernel, opened once and used for any number of modules.
pub struct Vmlinux<'a, L> {
    /// The types.
    pub btf: Btf<'a, Kernel, L>,
    table: Table,
    /// Whether the types stand in order of their names. Newer kernels sort them.
    is_sorted: bool,
}

impl<'a, L: Locate> Vmlinux<'a, L> {
    /// Opens `btf`.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(btf: Btf<'a, Kernel, L>) -> BtfResult<Self> {
        // As many are functions as are all else together. Where types are sorted, bisection finds
        // these: they are looked up for a base reference only.
        let is_sorted = sorted::is_sorted(&btf);
        Ok(Self {
            table: Table::new(&btf, !is_sorted)?,
            is_sorted,
            btf,
        })
    }

    /// Calls `each` for the types named `name` that a base can name (all but functions, variables
    /// and tags), in order of their ids.
    ///
    /// # Errors
    ///
    /// There are more of them than are worth looking at.
    #[inline]
    pub fn named(
        &self,
        name: &[u8],
        each: impl FnMut(Id<Kernel>, Record<'a, Kernel>),
    ) -> Result<(), TooMany> {
        self.table.find(&self.btf, name, no_function(each))
    }

    /// As [`Self::named`], for functions too.
    ///
    /// # Errors
    ///
    /// As [`Self::named`].
    pub fn named_any(
        &self,
        name: &[u8],
        each: impl FnMut(Id<Kernel>, Record<'a, Kernel>),
    ) -> Result<(), TooMany> {
        if self.is_sorted {
            sorted::find(&self.btf, name, each)
        } else {
            self.table.find(&self.btf, name, each)
        }
    }

    /// Starts to look up `names`, as many at once as there are places in `prepared`.
    ///
    /// The kernel's types are in no cache when a module is loaded: so their lines are waited for
    /// together. To be followed by [`Self::named_prepared`] for each.
    pub fn prepare(&self, names: &[&[u8]], prepared: &mut [Prepared]) {
        self.table.prepare(&self.btf, names, prepared);
    }

    /// As [`Self::named`], for a name that was prepared.
    ///
    /// # Errors
    ///
    /// As [`Self::named`].
    #[inline]
    pub fn named_prepared(
        &self,
        prepared: Prepared,
        name: &[u8],
        each: impl FnMut(Id<Kernel>, Record<'a, Kernel>),
    ) -> Result<(), TooMany> {
        let each = no_function(each);
        self.table.find_prepared(&self.btf, prepared, name, each)
    }

    /// Bytes that finding names holds on to.
    pub fn memory(&self) -> usize {
        self.table.memory()
    }
}

/// `each`, but for functions.
#[inline]
fn no_function<'a>(
    mut each: impl FnMut(Id<Kernel>, Record<'a, Kernel>),
) -> impl FnMut(Id<Kernel>, Record<'a, Kernel>) {
    move |id, record| {
        if record.kind() != Kind::Func {
            each(id, record);
        }
    }
}

/// Whether the string of `btf` at `off` is `name`.
#[inline]
pub fn is<L>(btf: &Btf<'_, Kernel, L>, off: Option<Off<Kernel>>, name: &[u8]) -> bool {
    let strs = off.and_then(|off| btf.strs_from(off)).unwrap_or(&[0]);
    // `name` has no NUL.
    strs.strip_prefix(name)
        .is_some_and(|rest| rest.first() == Some(&0))
}

/// Compares the string of `btf` at `off` with `name`, as `strcmp()` does.
pub fn compare<L>(btf: &Btf<'_, Kernel, L>, off: Option<Off<Kernel>>, name: &[u8]) -> Ordering {
    let strs = off.and_then(|off| btf.strs_from(off)).unwrap_or(&[0]);
    compare_string(strs, name)
}

/// A hash of a name, eight bytes at a time.
pub fn hash(name: &[u8]) -> u32 {
    /// An odd number whose bits are as good as random.
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| {
        let product = (hash ^ word).wrapping_mul(FACTOR);
        product ^ (product >> 32)
    };
    let words = name.chunks_exact(8);
    let mut last: u64 = 0;
    for &byte in words.remainder() {
        last = (last << 8) | u64::from(byte);
    }
    let mut hash: u64 = 0;
    for word in words {
        hash = mix(hash, little_endian(word).unwrap_or(0));
    }
    // A name has no NUL, so that the length needs no place of its own.
    hash = mix(hash, last);
    // CAST: The lower half.
    hash as u32
}
