// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the core needs from outside, on top of the standard library.

use crate::btf::NoMemory;
use std::{
    cell::Cell,
    ops::{
        Deref,
        DerefMut, //
    }, //
};

/// A growable array whose growth can fail.
pub struct Buf<T>(Vec<T>);

impl<T: Copy> Buf<T> {
    /// An array with nothing in it, and no memory of its own yet.
    pub fn new() -> Self {
        Self(Vec::new())
    }

    /// An empty array with room for `n` items.
    pub fn with_capacity(n: usize) -> Result<Self, NoMemory> {
        let mut items = Vec::new();
        items.try_reserve_exact(n).map_err(|_| NoMemory)?;
        Ok(Self(items))
    }

    /// An array of `n` times `item`.
    pub fn filled(n: usize, item: T) -> Result<Self, NoMemory> {
        let mut filled = Self::with_capacity(n)?;
        filled.0.resize(n, item);
        Ok(filled)
    }

    /// Adds one item at the end.
    #[inline]
    pub fn push(&mut self, item: T) -> Result<(), NoMemory> {
        if self.0.len() == self.0.capacity() {
            self.0.try_reserve(1).map_err(|_| NoMemory)?;
        }
        self.0.push(item);
        Ok(())
    }

    /// Takes all items out, but keeps the room for them.
    pub fn clear(&mut self) {
        self.0.clear()
    }

    /// Takes the last item.
    pub fn pop(&mut self) -> Option<T> {
        self.0.pop()
    }

    /// Adds all of `items` at the end.
    #[inline]
    pub fn extend_from_slice(&mut self, items: &[T]) -> Result<(), NoMemory> {
        self.0.try_reserve(items.len()).map_err(|_| NoMemory)?;
        self.0.extend_from_slice(items);
        Ok(())
    }
}

impl<T: Copy> Default for Buf<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for Buf<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> DerefMut for Buf<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.0
    }
}

thread_local! {
    /// Steps that the core has gone in this thread.
    static STEPS: Cell<u64> = const { Cell::new(0) };
}

/// Counts steps of the core.
pub fn count(steps: u32) {
    STEPS.set(STEPS.get().saturating_add(steps.into()));
}

/// The core has gone so many steps without letting others run, which is for a kernel to care about.
pub fn rest(steps: u32) {
    count(steps);
}

/// Steps that the core has gone in this thread: what tests that are named for cost compare.
pub fn steps() -> u64 {
    STEPS.get()
}
