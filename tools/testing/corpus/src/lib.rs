// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Modules of whole kernels, and two ways to reconcile their BTF: libbpf's and ours.
//!
//! A kernel's modules are distilled once, by libbpf, into an [`archive`]; [`compare`] then gives
//! each of them another kernel's vmlinux as base, both ways, and says by which rule the outcomes
//! differ where they do. Some of them are held against the oracle of the program's tests as well:
//! what becomes of each type, and which are copies.
//!
//! The core is the kernel module's own source, with what the program gives it from outside. Of the
//! program itself only what foretells a stock kernel has a part in this: [`foretold`] holds it
//! against libbpf, over all modules, over made-up ones, and over some that are [`drawn`].

// The name by which the tests' oracle knows what it judges.
extern crate self as btf_reconcile;

pub mod archive;
#[path = "../../../../rust/btf/mod.rs"]
pub mod btf;
pub mod classify;
pub mod common;
pub mod compare;
pub mod drawn;
#[path = "../../../btf-reconcile/src/facade.rs"]
pub mod facade;
pub mod foretold;
pub mod kernel;
pub mod libbpf;
#[path = "../../../btf-reconcile/tests/common/stock/mod.rs"]
#[allow(missing_docs, reason = "it belongs to the program's tests")]
pub mod made;
#[path = "../../../btf-reconcile/src/mainline/mod.rs"]
pub mod mainline;
pub mod modules;
pub mod names;
pub mod subset;
pub mod synth;
pub mod tally;
pub mod traps;
pub mod watch;
pub mod whole;

/// What may go wrong outside of BTF: files, arguments.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
