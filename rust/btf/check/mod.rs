// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether BTF is what it should be: what the kernel asks of it, and what it should ask.

mod acceptable;
mod endless;
mod extent;
mod fits;
mod functions;
mod identifier;
mod records;
mod sections;

pub use self::{
    acceptable::acceptable,
    fits::fits,
    functions::{
        tells_of_functions,
        Functions,
        UNREFERRED, //
    },
    identifier::Identifiers,
    records::refusal,
    sections::refusal as sections_refusal, //
};
