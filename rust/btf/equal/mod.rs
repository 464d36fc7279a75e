// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The one notion of two types being equal.
//!
//! Two types are equal if they are of one kind, name, size and so on, and what they are made of is
//! equal, all the way down. [`Pairs`] finds that out for types of a module, [`Twins`] for types of
//! the kernel among each other, [`Underneath`] for what a base reference says of the kernel's. Who
//! else has types to compare with the kernel's says by a [`Side`] what is special about them. The
//! rule, with its reasons, is in `Documentation/rules.rst`.

mod compare;
mod difference;
mod graph;
mod modules;
mod names;
mod nominal;
mod pairs;
mod sides;
mod twins;
mod underneath;

pub use self::{
    compare::compare,
    difference::{
        Difference,
        Part, //
    },
    graph::Node,
    modules::Modules,
    names::{
        are_same,
        Names, //
    },
    nominal::{
        goes_by_name,
        is_nominal, //
    },
    pairs::Pairs,
    sides::{
        Answer,
        Side, //
    },
    twins::Twins,
    underneath::Underneath,
};
