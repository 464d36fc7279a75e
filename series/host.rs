// SPDX-License-Identifier: GPL-2.0

//! What the rest of the kernel does for this part of it.
//!
//! C headers: [`include/linux/bpf.h`](srctree/include/linux/bpf.h),
//! [`include/linux/btf.h`](srctree/include/linux/btf.h),
//! [`include/linux/buildid.h`](srctree/include/linux/buildid.h)

use crate::running::{
    Found,
    Handle, //
};
use core::slice;
use kernel::{
    bindings,
    error::from_err_ptr,
    prelude::*, //
};

pub(crate) use kernel::bindings as c;

/// Vmlinux BTF, which is read now if nobody has needed it before.
///
/// # Errors
///
/// What went wrong with that, [`ENOENT`] if there is none.
pub(crate) fn vmlinux_btf() -> Result<Found> {
    // SAFETY: May be called in process context, by anybody.
    let btf = from_err_ptr(unsafe { bindings::bpf_get_btf_vmlinux() })?;
    // SAFETY: It is vmlinux BTF.
    let handle = unsafe { Handle::new(btf) }.ok_or(ENOENT)?;
    // SAFETY: `btf` is valid for ever, and its header does not change.
    let header = unsafe { &*bindings::btf_header(btf) };
    // SAFETY: `btf` is valid.
    let count = unsafe { bindings::btf_nr_types(btf) };
    let start = header.hdr_len.checked_add(header.type_off);
    let ends = [
        (header.type_off, header.type_len),
        (header.str_off, header.str_len),
        (header.layout_off, header.layout_len),
    ];
    let len = ends.map(|(off, len)| off.saturating_add(len)).into_iter();
    let len = len.max().and_then(|len| len.checked_add(header.hdr_len));
    let (start, len) = start.zip(len).ok_or(EINVAL)?;
    // CAST: 32 bits fit.
    let (start, len) = (start as usize, len as usize);
    let first = handle.record(1).ok_or(ENOENT)?;
    let blob = core::ptr::with_exposed_provenance(first.checked_sub(start).ok_or(EINVAL)?);
    Ok(Found {
        handle,
        // SAFETY: The first type stands where the header says, in a copy of all of this BTF. The
        // kernel has checked that all sections are there, and never frees or changes them.
        blob: unsafe { slice::from_raw_parts(blob, len) },
        // `void` is one of them.
        count: count.saturating_sub(1),
    })
}

/// Whether `id` is the build id of this kernel; [`None`] if it does not know its own.
pub(crate) fn has_build_id(id: &[u8]) -> Option<bool> {
    // One that is shorter is followed by zeros, and one that is not known is nothing else.
    let is_nothing = |bytes: &[u8]| bytes.iter().all(|&byte| byte == 0);
    let own = own_build_id().filter(|own| !is_nothing(own))?;
    let (own, rest) = own.split_at_checked(id.len()).unwrap_or((&own, &[]));
    Some(own == id && is_nothing(rest))
}

/// What the kernel has found of its own build id.
#[cfg(any(CONFIG_STACKTRACE_BUILD_ID, CONFIG_VMCORE_INFO))]
fn own_build_id() -> Option<[u8; bindings::BUILD_ID_SIZE_MAX as usize]> {
    // SAFETY: It is written before there are any modules, and never again.
    Some(unsafe { bindings::vmlinux_build_id })
}

/// It has not looked for it.
#[cfg(not(any(CONFIG_STACKTRACE_BUILD_ID, CONFIG_VMCORE_INFO)))]
fn own_build_id() -> Option<[u8; bindings::BUILD_ID_SIZE_MAX as usize]> {
    None
}

/// Maps `count` pages, writable; null if there is no memory for that.
///
/// # Safety
///
/// `pages` must point to as many valid pages, which stay until `vunmap()` has ended this.
pub(crate) unsafe fn map_writable(pages: *mut *mut bindings::page, count: c_uint) -> *mut c_void {
    // SAFETY: By this function's contract. CAST: One bit.
    unsafe {
        bindings::vmap(
            pages,
            count,
            bindings::VM_MAP as c_ulong,
            bindings::page_kernel(),
        )
    }
}

/// Lets others run, where the kernel does not preempt. For process context, with no lock held that
/// forbids sleep.
pub(crate) fn rest() {
    // SAFETY: The callers are in such a context.
    unsafe { bindings::cond_resched() };
}
