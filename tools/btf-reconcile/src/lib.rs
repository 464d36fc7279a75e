// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reconciling the BTF of kernel modules with the BTF of a kernel, outside of it.
//!
//! The core is the kernel module's own source.

#[path = "../../../rust/btf/mod.rs"]
pub mod btf;
pub mod facade;
