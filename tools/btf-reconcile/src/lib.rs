// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reconciling the BTF of kernel modules with the BTF of a kernel, outside of it.
//!
//! The core, [`btf`], is the kernel module's own source. Around it:
//!
//! - [`folders`] and [`places`] find modules and kernels, on this machine or below the [`root`] of
//!   another, [`files`], [`image`] and [`tar`] read them, [`elf`] finds the sections in them, [`base`]
//!   opens kernels;
//! - [`mainline`] tells what the core does not need to know: what a stock kernel would do;
//! - [`check`], [`matrix`], [`diff`], [`bundle`], [`doctor`], [`reconcile`], [`distill`] and
//!   [`encode`] are the commands, [`cli`] their arguments;
//! - [`rewriter`] changes sections of a module, [`output`] puts files where they belong, with the
//!   [`attributes`] that they had, [`print`] says what there is to say, with [`names`] that do no
//!   harm, [`progress`] that something is being done, and [`html`] makes pages of it.

#![forbid(non_ascii_idents)]
#![deny(unsafe_code)]

pub mod attributes;
pub mod base;
#[path = "../../../rust/btf/mod.rs"]
pub mod btf;
pub mod bundle;
pub mod check;
pub mod cli;
pub mod diff;
pub mod distill;
pub mod doctor;
pub mod elf;
pub mod encode;
pub mod error;
pub mod facade;
pub mod files;
pub mod fingerprint;
pub mod folders;
pub mod html;
pub mod image;
pub mod mainline;
pub mod matrix;
pub mod names;
pub mod output;
pub mod places;
pub mod print;
pub mod progress;
pub mod reconcile;
pub mod rewriter;
pub mod root;
pub mod tar;
