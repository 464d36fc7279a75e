// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reconciling a module's BTF with the BTF of the kernel that it is loaded into.
//!
//! This is the core that the kernel module and the user-space program share. A room for each step,
//! in the order in which data takes its way:
//!
//! - [`pipeline`]: a module's sections and the kernel to one [`Outcome`]: [`run`] takes all the
//!   steps below;
//! - `wire`: what bytes mean: header, records, kinds, views ([`Btf`], [`Pair`]);
//! - `kernel`: the kernel's BTF, with a way to look names up ([`Vmlinux`]);
//! - `check`: what the kernel asks of BTF ([`acceptable`]), and whether plain BTF fits it
//!   ([`fits`]);
//! - `equal`: the one notion of two types being equal ([`Twins`]);
//! - `reconcile`: what becomes of every type of a base ([`Plan`]), and doing it ([`rewrite`]);
//! - `mend`: doing without what the kernel would refuse ([`mend()`]);
//! - `unify`: copies of the kernel's types ([`Copies`]), and doing without them ([`unify()`]);
//! - `ids`: what is in `.BTF_ids` ([`Slots`]), its new contents, and who can use its kfuncs.
//!
//! `number` has the types of ids and string offsets, `limits` every limit, `error` what can be
//! wrong. `fingerprint` is what a module says of the kernel that it was built against
//! ([`Fingerprint`]), by which nothing is decided.
//!
//! Nothing here trusts its input: sizes, offsets, ids and names may be anything, and what can't be
//! used comes back as an [`Error`] that names its place. There is no recursion, and no operation
//! that can panic on input. What the core needs from outside (a growable array whose growth can
//! fail, and letting others run) each crate that includes it supplies as `crate::facade`.
//!
//! Reference: <https://docs.kernel.org/bpf/btf.html>
//!
//! C header: [`include/uapi/linux/btf.h`](srctree/include/uapi/linux/btf.h)

#![forbid(unsafe_code)]
// Some of the crates that include this export it, others use a part of it.
#![allow(unreachable_pub, unused_imports)]

mod check;
mod equal;
mod error;
mod fingerprint;
mod ids;
mod kernel;
mod limits;
mod mend;
mod number;
mod pace;
mod pipeline;
mod reconcile;
mod sort;
mod unify;
mod wire;

pub use self::{
    check::*,
    equal::{
        are_same,
        compare,
        goes_by_name,
        Answer,
        Difference,
        Names,
        Pairs,
        Part,
        Side,
        Twins,
        Underneath, //
    },
    error::*,
    fingerprint::{
        is_build_id,
        is_release,
        malformed,
        Fingerprint,
        Hex,
        BTF_SHA256,
        BUILD_ID,
        FINGERPRINT,
        OWNER,
        RELEASE, //
    },
    ids::*,
    kernel::{
        Prepared,
        TooMany,
        Vmlinux, //
    },
    limits::*,
    mend::{
        mend,
        Mended,
        Mending, //
    },
    number::{
        number_of,
        Base,
        Id,
        Kernel,
        New,
        Off,
        Space,
        Split, //
    },
    pipeline::*,
    reconcile::*,
    unify::{
        unify,
        Copies, //
    },
    wire::{
        fields,
        Btf,
        Kind,
        Locate,
        Offsets,
        Owner,
        Pair,
        Record, //
    },
};

/// What a fallible step of the core returns.
pub type Result<T = ()> = core::result::Result<T, Error>;
