// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! BTF made by hand or drawn by lot, BTF put into words, and what has to hold of it.

#![allow(dead_code, reason = "no test uses all of it")]

pub mod builder;
pub mod equal;
pub mod generate;
pub mod holds;
pub mod unified;
pub mod words;
