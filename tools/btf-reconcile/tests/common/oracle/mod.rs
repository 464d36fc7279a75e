// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the rules come to, worked out in the plainest way, to hold the core against.
//!
//! Written from `Documentation/rules.rst` and from the formats alone: nothing here is, or is made
//! of, the core. It is slow, takes memory as it likes and knows no limits. All it speaks of are
//! bytes, numbers and types of its own.

pub mod contents;
pub mod copies;
pub mod embedded;
pub mod equal;
pub mod fits;
pub mod ids;
pub mod integers;
pub mod matching;
pub mod model;
pub mod resolve;
pub mod staying;
pub mod symbol;
pub mod told;
pub mod wire;

pub use self::{
    copies::Copies,
    equal::Equal,
    matching::{
        plan,
        Decision,
        Form,
        How,
        Reason, //
    },
    wire::{
        Element,
        Kind,
        Type,
        Types, //
    },
};
