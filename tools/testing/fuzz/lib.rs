// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the fuzz targets share: how an input is taken apart, what it is run through, and what has to
//! hold of what comes. The checks of the tests are here by path.

#[path = "../../btf-reconcile/tests/common/mod.rs"]
pub mod common;
pub mod kernels;
pub mod pipeline;
pub mod sections;
