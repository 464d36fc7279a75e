// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The BTF that a module is given: the kernel's, with a way to look names up.

mod lookup;
mod sorted;
mod table;

pub use self::{
    lookup::{
        hash,
        TooMany,
        Vmlinux, //
    },
    table::Prepared,
};
