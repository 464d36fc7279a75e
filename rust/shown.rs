// SPDX-License-Identifier: GPL-2.0

//! What only knows how `core` formats, in the kernel's messages.

use kernel::fmt;

/// Prints something that only knows how `core` formats.
pub(crate) struct Shown<T>(pub(crate) T);

impl<T: core::fmt::Display> fmt::Display for Shown<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
