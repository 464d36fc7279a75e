// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Modules of whole kernels, and two ways to reconcile their BTF: libbpf's and ours.
//!
//! A kernel's modules are distilled once, by libbpf, into an [`archive`]; [`compare`] then gives
//! each of them another kernel's vmlinux as base, both ways, and says by which rule the outcomes
//! differ where they do.
//!
//! The core is the kernel module's own source, with what the program gives it from outside; the
//! program itself, and all that it is made of, has no part in this.

pub mod archive;
#[path = "../../../../rust/btf/mod.rs"]
pub mod btf;
pub mod classify;
pub mod compare;
#[path = "../../../btf-reconcile/src/facade.rs"]
pub mod facade;
pub mod kernel;
pub mod libbpf;
pub mod modules;
pub mod names;
pub mod subset;
pub mod synth;
pub mod tally;
pub mod traps;

/// What may go wrong outside of BTF: files, arguments.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;
