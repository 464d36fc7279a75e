// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! BTF made by hand or drawn by lot, and what the core makes of it held against an oracle.

#![allow(dead_code, unused_imports, reason = "no test uses all of it")]

pub mod adapter;
pub mod builder;
pub mod decide;
pub mod generate;
pub mod judge;
pub mod mended;
pub mod oracle;
pub mod refusals;
pub mod words;
