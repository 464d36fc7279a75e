// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reconciling the BTF of kernel modules with the BTF of a kernel, outside of it.
//!
//! The core, [`btf`], is the kernel module's own source. Around it:
//!
//! - [`files`], [`elf`] and [`base`] find modules and kernels, and the sections in them;
//! - [`slots`] and [`mainline`] tell what the core does not need to know: what each slot of
//!   `.BTF_ids` is for, and what a stock kernel would make of a distilled base;
//! - [`check`], [`reconcile`] and [`distill`] are the commands, [`cli`] their arguments, [`output`]
//!   what they write.

#![forbid(non_ascii_idents)]
#![deny(unsafe_code)]

pub mod base;
#[path = "../../../rust/btf/mod.rs"]
pub mod btf;
pub mod check;
pub mod cli;
pub mod distill;
pub mod elf;
pub mod error;
pub mod facade;
pub mod files;
pub mod mainline;
pub mod output;
pub mod reconcile;
pub mod rewriter;
pub mod slots;
