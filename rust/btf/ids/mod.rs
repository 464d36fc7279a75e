// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `.BTF_ids`: the section through which a module names types by id.
//!
//! `BTF_ID()` and its kin put a slot of four bytes there for each type and a symbol
//! `__BTF_ID__<kind>__<name>__<counter>` on it. `BTF_SET*()` and `BTF_KFUNCS_START()` put a count
//! (and flags) in front of such slots, sorted by id since they are searched by bisection, and
//! a symbol `__BTF_ID__set__<name>` or `__BTF_ID__set8__<name>` over all of it.
//!
//! - [`symbol`] reads the names of symbols, [`slots`] has what they tell of, which [`recognise`]
//!   finds out;
//! - [`names`] compares ids with the names that symbols have for them, [`resolve`] finds those that
//!   nobody has resolved, [`translate`] renews them;
//! - [`zeroed`] takes them out;
//! - [`callable`] tells what keeps programs from using the kfuncs and destructors among them.
//!
//! C header: [`include/linux/btf_ids.h`](srctree/include/linux/btf_ids.h)

pub mod callable;
mod names;
mod recognise;
mod resolve;
mod slots;
mod symbol;
mod translate;
mod zeroed;

pub use self::{
    callable::{
        Barrier,
        Callables,
        Node,
        View, //
    },
    slots::{
        Registers,
        Slot,
        Slots,
        Use, //
    },
    symbol::{
        Meaning,
        Symbol,
        Wanted,
        PREFIX, //
    },
    zeroed::{
        is_one_harmless,
        zero, //
    },
};
