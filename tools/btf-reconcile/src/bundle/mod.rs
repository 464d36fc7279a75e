// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `bundle`: all that `check` needs of modules and of a kernel, in one archive, to be looked at where
//! neither of them is.
//!
//! An archive is read as what a stranger has sent. What is in it has to be what is written here, in
//! the same order and under the same names; nothing of it is ever a path.

mod kernel;
mod manifest;
mod module;
mod read;
mod write;

pub use self::{
    kernel::describe,
    manifest::{
        KernelEntry,
        Manifest,
        ModuleEntry, //
    },
    module::Packed,
    read::{
        is_bundle,
        Bundle, //
    },
    write::archive, //
};

/// What a bundle is, and what is in it. It comes first.
const MANIFEST: &str = "btf-reconcile.json";

/// What `check --json` says of the modules.
const REPORT: &str = "check.json";

/// The kernel's BTF.
const KERNEL: &str = "vmlinux";
