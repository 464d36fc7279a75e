// SPDX-License-Identifier: GPL-2.0

//! Reading memory of which it is not known whether it is there: in a way that survives a fault.

use crate::host::c;
use kernel::page::{
    PAGE_MASK,
    PAGE_SIZE, //
};

/// Reads memory at `address`; [`None`] if it can't be.
pub(crate) fn read(address: usize, into: &mut [u8]) -> Option<()> {
    let dst = into.as_mut_ptr().cast();
    let src = core::ptr::with_exposed_provenance(address);
    // SAFETY: `dst` is valid for writes of that many bytes; the function takes any `src`.
    let err = unsafe { c::copy_from_kernel_nofault(dst, src, into.len()) };
    (err == 0).then_some(())
}

/// Whether each page of the memory of `len` bytes from `address` on can be read.
pub(crate) fn is_readable(address: usize, len: usize) -> bool {
    let all = |end| Reach::new(address, usize::MAX).extend(end);
    address.checked_add(len).and_then(all).is_some()
}

/// How far memory can be read, page by page.
pub(crate) struct Reach {
    /// All can be up to here, and
    end: usize,
    /// not all behind this.
    limit: usize,
}

impl Reach {
    /// From `start` on, and at most up to `limit`.
    pub(crate) fn new(start: usize, limit: usize) -> Self {
        Self { end: start, limit }
    }

    /// Goes on as far as `end`, if that can be.
    pub(crate) fn extend(&mut self, end: usize) -> Option<()> {
        if end > self.limit {
            return None;
        }
        while self.end < end {
            if read(self.end, &mut [0]).is_none() {
                self.limit = self.end;
                return None;
            }
            self.end = (self.end & PAGE_MASK).checked_add(PAGE_SIZE)?;
        }
        Some(())
    }
}
