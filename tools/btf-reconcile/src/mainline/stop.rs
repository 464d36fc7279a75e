// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! How the kernel stops.

/// What the kernel does instead of going on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It refuses the module with this error, a negative number.
    Refuses(i32),
    /// It reads or writes outside of the memory that it has for this.
    ReadsOutside,
    /// It never comes back.
    Hangs,
}

/// That the kernel stops, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// What it does.
    pub how: How,
    /// What for. More than one where each alone would do.
    pub why: Vec<String>,
}

// From `include/uapi/asm-generic/errno*.h`.

/// "No such file or directory".
pub const ENOENT: i32 = -2;
/// "Argument list too long".
pub const E2BIG: i32 = -7;
/// "Invalid argument".
pub const EINVAL: i32 = -22;
/// "Too many symbolic links encountered".
pub const ELOOP: i32 = -40;
/// "Operation is not supported", from `include/linux/errno.h`.
pub const ENOTSUPP: i32 = -524;

impl Stop {
    /// The module is refused with this error.
    pub fn refuses(errno: i32, why: impl ToString) -> Self {
        Self::new(How::Refuses(errno), why)
    }

    /// The kernel looks where nothing of this is.
    pub fn outside(why: impl ToString) -> Self {
        Self::new(How::ReadsOutside, why)
    }

    /// The kernel goes round in circles.
    pub fn hangs(why: impl ToString) -> Self {
        Self::new(How::Hangs, why)
    }

    fn new(how: How, why: impl ToString) -> Self {
        Self {
            how,
            why: vec![why.to_string()],
        }
    }

    /// The same, with `place` before each reason.
    pub fn at(mut self, place: impl ToString) -> Self {
        let place = place.to_string();
        for why in &mut self.why {
            *why = format!("{place}: {why}");
        }
        self
    }
}
