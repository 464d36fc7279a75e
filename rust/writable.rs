// SPDX-License-Identifier: GPL-2.0

//! Writing to memory that is mapped read-only.
//!
//! By the time a module's arrival is announced, its read-only data is. The pages are mapped
//! a second time, for a moment and writable.
//!
//! C header: [`include/linux/vmalloc.h`](srctree/include/linux/vmalloc.h)

use crate::host;
use core::{
    marker::PhantomData,
    ptr::NonNull,
    slice, //
};
use kernel::{
    bindings,
    page::{
        PAGE_MASK,
        PAGE_SIZE, //
    },
    prelude::*, //
};

/// A second, writable mapping of some memory.
///
/// # Invariants
///
/// `pages` came from `vmap()` and has not been unmapped; from `offset` on, `len` bytes of it are
/// the memory that this is a mapping of, which stays for `'a`.
pub(crate) struct Writable<'a> {
    pages: NonNull<u8>,
    offset: usize,
    len: usize,
    _memory: PhantomData<&'a ()>,
}

impl<'a> Writable<'a> {
    /// Maps `memory` once more.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if there is nothing to map, [`ENOMEM`].
    ///
    /// # Safety
    ///
    /// The memory must be mapped by vmalloc or its kin, and stay for `'a`.
    pub(crate) unsafe fn new(memory: *const [u8]) -> Result<Self> {
        let (start, len) = (memory.cast::<u8>(), memory.len());
        let first = start.addr() & PAGE_MASK;
        let end = start.addr().checked_add(len).ok_or(EINVAL)?;
        let mut pages = KVVec::new();
        for page in (first..end).step_by(PAGE_SIZE) {
            // SAFETY: By this function's contract the page is one that vmalloc mapped.
            let page = unsafe { bindings::vmalloc_to_page(start.with_addr(page).cast()) };
            if page.is_null() {
                return Err(EINVAL);
            }
            pages.push(page, GFP_KERNEL | __GFP_NOWARN)?;
        }
        if pages.is_empty() {
            return Err(EINVAL);
        }
        let count = c_uint::try_from(pages.len())?;
        // SAFETY: `pages` holds `count` valid pages, which the caller keeps.
        let mapped = unsafe { host::map_writable(pages.as_mut_ptr(), count) };
        // INVARIANT: The mapping has the same pages in the same order.
        Ok(Self {
            pages: NonNull::new(mapped.cast()).ok_or(ENOMEM)?,
            offset: start.addr().wrapping_sub(first),
            len,
            _memory: PhantomData,
        })
    }

    /// Writes `bytes` over the memory, as far as both go.
    ///
    /// # Safety
    ///
    /// There must be no reference to the memory.
    pub(crate) unsafe fn write(&mut self, bytes: &[u8]) {
        // SAFETY: By this function's contract.
        let memory = unsafe { self.as_mut() };
        for (into, &byte) in memory.iter_mut().zip(bytes) {
            *into = byte;
        }
    }

    /// The memory.
    ///
    /// # Safety
    ///
    /// There must be no reference to it but this one.
    pub(crate) unsafe fn as_mut(&mut self) -> &mut [u8] {
        // SAFETY: By the type invariants `len` bytes from `offset` on are mapped, writable; by this
        // function's contract they belong to nobody else.
        unsafe { slice::from_raw_parts_mut(self.pages.as_ptr().add(self.offset), self.len) }
    }
}

impl Drop for Writable<'_> {
    fn drop(&mut self) {
        // SAFETY: By the type invariants this is a mapping made by `vmap()`.
        unsafe { host::c::vunmap(self.pages.as_ptr().cast()) };
    }
}
