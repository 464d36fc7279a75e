// SPDX-License-Identifier: GPL-2.0

//! What the core needs from outside, on top of the kernel's allocators.

use crate::{
    btf::NoMemory,
    host, //
};
use core::ops::{
    Deref,
    DerefMut, //
};
use kernel::prelude::*;

/// Sizes come from the data: what is too much fails without a splat.
fn gfp() -> kernel::alloc::Flags {
    GFP_KERNEL | __GFP_NOWARN
}

/// A growable array whose growth can fail, in memory that need not be contiguous.
pub(crate) struct Buf<T>(KVVec<T>);

impl<T: Copy> Buf<T> {
    /// An array with nothing in it, and no memory of its own yet.
    pub(crate) fn new() -> Self {
        Self(KVVec::new())
    }

    /// An empty array with room for `n` items.
    pub(crate) fn with_capacity(n: usize) -> Result<Self, NoMemory> {
        let mut items = Self::new();
        items.reserve(n)?;
        Ok(items)
    }

    /// An array of `n` times `item`.
    #[inline(never)]
    pub(crate) fn filled(n: usize, item: T) -> Result<Self, NoMemory> {
        let items = KVVec::from_elem(item, n, gfp()).map_err(|_| NoMemory)?;
        Ok(Self(items))
    }

    /// Adds one item at the end.
    #[inline]
    pub(crate) fn push(&mut self, item: T) -> Result<(), NoMemory> {
        // Where there is room, which is known here, without a call.
        if self.0.len() >= self.0.capacity() {
            self.reserve(1)?;
        }
        self.0.push_within_capacity(item).map_err(|_| NoMemory)
    }

    /// Makes room for `more` items than there are.
    // The kernel's has checks of what can't be in it: once is enough of them.
    #[inline(never)]
    fn reserve(&mut self, more: usize) -> Result<(), NoMemory> {
        self.0.reserve(more, gfp()).map_err(|_| NoMemory)
    }

    /// Takes all items out, but keeps the room for them.
    pub(crate) fn clear(&mut self) {
        self.0.clear()
    }

    /// Takes the last item.
    pub(crate) fn pop(&mut self) -> Option<T> {
        self.0.pop()
    }

    /// Adds all of `items` at the end.
    #[inline(never)]
    pub(crate) fn extend_from_slice(&mut self, items: &[T]) -> Result<(), NoMemory> {
        self.0.extend_from_slice(items, gfp()).map_err(|_| NoMemory)
    }
}

impl<T: Copy> Default for Buf<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for Buf<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> DerefMut for Buf<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

/// Counts steps of the core, for tests in user space.
pub(crate) fn count(_steps: u32) {}

/// The core has gone many steps without letting others run: where the kernel does not preempt, they
/// get their turn here.
pub(crate) fn rest(_steps: u32) {
    // All work of the core is done in process context, with no lock held that forbids sleep.
    host::rest()
}
