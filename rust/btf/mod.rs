// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reconciling a module's BTF with the BTF of the kernel that it is loaded into.
//!
//! This is the core that the kernel module and the user-space program share. Data takes one way
//! through it, and each step hands a value to the next:
//!
//! 1. `parse`: bytes to views of vmlinux, base and split BTF ([`Btf`], [`Vmlinux`]);
//! 2. `reconcile`: what becomes of every type of the base ([`Plan`]);
//! 3. `rewrite`: the split BTF in its new form, and the map of ids ([`Reconciled`], [`IdMap`]);
//! 4. `unify`, where it is wanted: the same without copies of the kernel's types ([`Copies`]);
//! 5. `ids`: the new contents of `.BTF_ids` ([`Remapped`]).
//!
//! Nothing here trusts its input: sizes, offsets, ids and names may be anything, and what can't be
//! used comes back as an [`Error`] that names its place. There is no recursion, and no operation
//! that can panic on input. What the core needs from outside (a growable array whose growth can
//! fail) each crate that includes it supplies as `crate::facade`.
//!
//! Reference: <https://docs.kernel.org/bpf/btf.html>
//!
//! C header: [`include/uapi/linux/btf.h`](srctree/include/uapi/linux/btf.h)

#![forbid(unsafe_code)]
// Some of the crates that include this export it, others use a part of it.
#![allow(unreachable_pub, unused_imports)]

mod alike;
mod barrier;
mod check;
mod decision;
mod embedded;
mod error;
mod fields;
mod header;
mod idmap;
mod ids;
mod joined;
mod kind;
mod matching;
mod names;
mod parse;
mod reach;
mod reconcile;
mod record;
mod rewrite;
mod same;
mod sort;
mod strings;
mod unify;
mod vmlinux;
mod words;

pub use self::{
    alike::Difference,
    barrier::{
        dtor_barrier,
        Barrier,
        Callers,
        MAX_ARGUMENTS, //
    },
    check::{
        acceptable,
        fits,
        Functions, //
    },
    decision::{
        Decision,
        Mapping,
        Reason, //
    },
    error::*,
    fields::{
        translate,
        Ids, //
    },
    idmap::IdMap,
    ids::{
        remap,
        Marks,
        Remapped,
        Slot,
        Symbol, //
        PREFIX,
    },
    kind::Kind,
    names::Names,
    parse::{
        Btf,
        Locate,
        Offsets,
        Pair, //
    },
    reconcile::{
        Counts,
        Mode,
        Plan, //
    },
    record::Record,
    rewrite::{
        rewrite,
        Reconciled, //
    },
    unify::{
        unify,
        unify_plain,
        unify_reconciled,
        Copies, //
    },
    vmlinux::Vmlinux,
};

/// What a fallible step of the core returns.
pub type Result<T = ()> = core::result::Result<T, Error>;
