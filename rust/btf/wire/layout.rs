// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The layout section: from which records of kinds that are not known can be sized.
//!
//! C header: [`include/uapi/linux/btf.h`](srctree/include/uapi/linux/btf.h)

use super::words::index;

/// Size of `struct btf_layout`.
const ENTRY_LEN: usize = 4;

/// One `struct btf_layout` for each kind, in order of their numbers.
#[derive(Clone, Copy, Default)]
pub struct Layout<'a>(&'a [u8]);

impl<'a> Layout<'a> {
    /// Takes the section.
    pub fn new(section: &'a [u8]) -> Self {
        Self(section)
    }

    /// The section itself.
    pub fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// Whether it is made of whole entries. The kernel takes one that is not, libbpf does not.
    pub fn is_whole(self) -> bool {
        self.0.len() % ENTRY_LEN == 0
    }

    /// Bytes that follow `struct btf_type` for kind number `kind`: the fixed part, and that for
    /// each of `vlen`.
    pub fn lens(self, kind: u32) -> Option<(u8, u8)> {
        let at = index(kind).checked_mul(ENTRY_LEN)?;
        let &[fixed, each, ..] = self.0.get(at..)?.first_chunk::<ENTRY_LEN>()?;
        // Number 0 is `void`, which has no record.
        (kind != 0).then_some((fixed, each))
    }
}
