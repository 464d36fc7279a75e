// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! How much memory something takes at its peak; see `count.c`.

use std::ffi::c_long;

extern "C" {
    fn count_start();
    fn count_peak() -> c_long;
}

/// How many bytes `what` has in use at most, its result among them and beyond those that were in use
/// before.
pub fn peak<T>(what: impl FnOnce() -> T) -> f64 {
    // SAFETY: It takes nothing, and the program has one thread.
    unsafe { count_start() };
    drop(what());
    // SAFETY: As above.
    let peak = unsafe { count_peak() };
    peak as f64
}

/// Has freed memory kept for what comes next, for libbpf and ours alike.
///
/// What large pieces cost is else the kernel's time for handing fresh pages out, again for each
/// module, which a kernel that works for itself does not spend.
pub fn keep() {
    const ALL: libc::c_int = 32 << 20;
    // SAFETY: These take numbers only.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, ALL);
        libc::mallopt(libc::M_TRIM_THRESHOLD, libc::c_int::MAX);
    }
}
