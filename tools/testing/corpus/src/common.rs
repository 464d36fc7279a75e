// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The oracle of the program's tests, by which some modules are judged.

#![allow(missing_docs, reason = "it is part of tests")]

#[path = "../../../btf-reconcile/tests/common/adapter/mod.rs"]
pub mod adapter;
#[path = "../../../btf-reconcile/tests/common/judge/mod.rs"]
pub mod judge;
#[path = "../../../btf-reconcile/tests/common/oracle/mod.rs"]
pub mod oracle;
