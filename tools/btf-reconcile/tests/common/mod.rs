// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! BTF made by hand, and BTF put into words.

#![allow(dead_code, reason = "no test uses all of it")]

pub mod builder;
pub mod words;
