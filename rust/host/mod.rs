// SPDX-License-Identifier: GPL-2.0

//! What the kernel does for a module that is built apart from it.
//!
//! For its own code the kernel does the same in other ways: where this is built as part of it, the
//! names that are exported here are those of another file, `series/host.rs`. Nothing else in the
//! module differs between the two.

mod build_id;
pub(crate) mod private_bindings;
mod vmlinux;

pub(crate) use self::{
    build_id::has_build_id,
    private_bindings as c,
    vmlinux::vmlinux_btf, //
};

use kernel::{
    bindings,
    prelude::*, //
};

/// Maps `count` pages, writable; null if there is no memory for that.
///
/// # Safety
///
/// `pages` must point to as many valid pages, which stay until `vunmap()` has ended this.
pub(crate) unsafe fn map_writable(pages: *mut *mut bindings::page, count: c_uint) -> *mut c_void {
    // SAFETY: By this function's contract.
    unsafe { c::btf_reconcile_map_writable(pages, count) }
}

/// Lets others run, where the kernel does not preempt. For process context, with no lock held that
/// forbids sleep.
pub(crate) fn rest() {
    // SAFETY: The callers are in such a context.
    unsafe { c::btf_reconcile_rest() }
}
