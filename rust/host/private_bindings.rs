// SPDX-License-Identifier: GPL-2.0

//! Functions that the kernel exports but the kernel crate's bindings leave out.
//!
//! C header: `rust/helpers.h`

// Generated code: its style is bindgen's, and its types are the kernel crate's own, which rustc
// takes for improper in a second `extern` block.
#![allow(
    clippy::all,
    dead_code,
    improper_ctypes,
    missing_docs,
    non_camel_case_types
)]
#![allow(non_upper_case_globals, unreachable_pub)]

use kernel::{
    bindings::*,
    ffi, //
};

include!(concat!(
    env!("BTF_RECONCILE_OBJ"),
    "/rust/private_bindings_generated.rs"
));
