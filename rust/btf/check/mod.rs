// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether BTF is what it should be: what the kernel asks of it, and what it should ask.

mod fits;
mod records;
mod spelling;

pub use self::{
    fits::{
        fits,
        Functions, //
    },
    records::acceptable,
};
