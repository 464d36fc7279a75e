// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Counting the steps of long work, so that others get their turn.

use crate::facade;

/// Steps after which others get their turn: some tens of microseconds.
const PERIOD: u32 = 1 << 12;

/// The steps of one piece of work.
///
/// A kernel that does not preempt runs nobody else on this processor meanwhile. Tests that are
/// named for cost read the sum of steps, see the facade of the program.
pub struct Pace(u32);

impl Pace {
    /// No step yet.
    pub fn new() -> Self {
        Self(0)
    }

    /// Goes one step.
    #[inline]
    pub fn step(&mut self) {
        // It was less than `PERIOD`.
        self.0 = self.0.wrapping_add(1);
        if self.0 >= PERIOD {
            self.rest();
        }
    }

    /// Goes `n` steps.
    #[inline]
    pub fn steps(&mut self, n: u32) {
        self.0 = self.0.saturating_add(n);
        if self.0 >= PERIOD {
            self.rest();
        }
    }

    #[cold]
    fn rest(&mut self) {
        facade::rest(core::mem::take(&mut self.0));
    }
}

impl Drop for Pace {
    fn drop(&mut self) {
        facade::count(self.0);
    }
}
