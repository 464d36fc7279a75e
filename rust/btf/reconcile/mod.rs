// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Giving a split BTF another base: a [`Plan`] of what becomes of every type of the old one, and
//! [`rewrite()`], which carries it out.

mod candidates;
mod decision;
mod declared;
mod elements;
mod embedded;
mod id_map;
mod leading;
mod matching;
mod order;
mod plan;
mod rewrite;
mod strings;
mod underlying;

pub use self::{
    decision::{
        Decision,
        Mapping,
        Reason, //
    },
    declared::declared,
    id_map::{
        Gone,
        IdMap, //
    },
    plan::{
        Counts,
        Plan, //
    },
    rewrite::rewrite, //
};

use super::number::New;
use crate::facade::Buf;

/// BTF that has been made from another, and is split from vmlinux.
pub struct Rewritten<S> {
    /// It, in its wire form.
    pub bytes: Buf<u8>,
    /// What became of the ids of the types that it was made from.
    pub ids: IdMap<S, New>,
}
