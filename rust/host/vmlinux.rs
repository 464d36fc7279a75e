// SPDX-License-Identifier: GPL-2.0

//! Vmlinux BTF, for a module that the kernel does not hand it to.
//!
//! What the kernel exports gives a type by its name, and type records by id; from where the first
//! one lies follow the header and all the rest.
//!
//! C header: [`include/linux/btf.h`](srctree/include/linux/btf.h)

use crate::{
    memory::read,
    running::{
        Found,
        Handle, //
    }, //
};
use core::slice;
use kernel::{
    bindings,
    error::to_result,
    prelude::*, //
};

/// Largest id that there can be.
const MAX_TYPE: u32 = bindings::btf_max_BTF_MAX_TYPE;
/// Bytes of the longest header known, whose fields say where everything is. The kernel that this
/// is built for may know a shorter one only.
const HEADER_LEN: usize = 32;

/// Finds it.
///
/// # Errors
///
/// What the kernel says if it has none (`CONFIG_DEBUG_INFO_BTF`), [`EINVAL`] if it can't be made
/// out.
pub(crate) fn vmlinux_btf() -> Result<Found> {
    let mut btf = core::ptr::null_mut();
    // The kernel counts a reference here that a module can't give back, which is harmless: this
    // BTF is never freed.
    // SAFETY: The name is a C string, `btf` is valid for writes.
    let id = unsafe {
        bindings::bpf_find_btf_id(c"int".as_char_ptr(), bindings::BTF_KIND_INT, &mut btf)
    };
    to_result(id.min(0)).inspect_err(|_| {
        pr_err!("the kernel has no BTF that can be used; nothing will be done\n");
    })?;
    // SAFETY: "int" is a type of vmlinux: had it none, there would be no kernel to load into.
    let handle = unsafe { Handle::new(btf) }.ok_or(ENOENT)?;
    let first = handle.record(1).ok_or(ENOENT)?;
    let blob = blob(first).ok_or(EINVAL).inspect_err(|_| {
        pr_err!("vmlinux BTF: no header found in front of its types; nothing will be done\n");
    })?;
    Ok(Found {
        handle,
        blob,
        count: count(handle),
    })
}

/// Number of types, `void` not counted.
fn count(handle: Handle) -> u32 {
    let (mut there, mut not_there) = (0, MAX_TYPE + 1);
    loop {
        let middle = u32::midpoint(there, not_there);
        if middle == there {
            return there;
        }
        match handle.record(middle) {
            Some(_) => there = middle,
            None => not_there = middle,
        }
    }
}

/// The whole of vmlinux BTF, whose type section starts at address `types`.
fn blob(types: usize) -> Option<&'static [u8]> {
    // Headers of 24 and 32 bytes are in use, directly in front of the types.
    for distance in (24..=256usize).step_by(4) {
        let at = types.checked_sub(distance)?;
        let mut header = [0; HEADER_LEN];
        read(at, &mut header)?;
        if let Some(len) = blob_len(&header, distance) {
            let start = core::ptr::with_exposed_provenance(at);
            // SAFETY: A BTF header stands at `start`, at the distance from the types that it says
            // itself; the kernel has checked that all of its sections are there. It never frees or
            // changes them.
            return Some(unsafe { slice::from_raw_parts(start, len) });
        }
    }
    None
}

/// Length of the BTF that `header` is of; [`None`] if it does not put its types `distance` bytes
/// behind itself.
fn blob_len(header: &[u8; HEADER_LEN], distance: usize) -> Option<usize> {
    let field = |at: usize| {
        let bytes = header.get(at..)?.first_chunk()?;
        usize::try_from(u32::from_ne_bytes(*bytes)).ok()
    };
    let magic = header.first_chunk().map(|m| u16::from_ne_bytes(*m))?;
    let header_len = field(4)?;
    if u32::from(magic) != bindings::BTF_MAGIC || header_len.checked_add(field(8)?)? != distance {
        return None;
    }
    let types_end = field(8)?.checked_add(field(12)?)?;
    let strs_end = field(16)?.checked_add(field(20)?)?;
    let layout_end = if header_len >= HEADER_LEN {
        field(24)?.checked_add(field(28)?)?
    } else {
        0
    };
    types_end
        .max(strs_end)
        .max(layout_end)
        .checked_add(header_len)
}
