// SPDX-License-Identifier: GPL-2.0

//! The build id of the running kernel, for a module that it does not tell it to.
//!
//! It exports neither that nor the notes that it is in. Those it shows to user space.

use crate::{
    btf::Fingerprint,
    facade::Buf, //
};
use kernel::{
    bindings,
    error::from_err_ptr,
    prelude::*, //
};

/// The notes of the running kernel.
const NOTES: &CStr = c"/sys/kernel/notes";
/// Bytes of them that are read; there are some 500.
const MAX_NOTES: usize = 1 << 14;

/// Whether `id` is the build id of the running kernel; [`None`] if that is out of reach, as in an
/// initramfs without sysfs.
pub(crate) fn has_build_id(id: &[u8]) -> Option<bool> {
    let mut buf = Buf::filled(MAX_NOTES, 0).ok()?;
    let notes = notes(&mut buf).ok()?;
    let own = Fingerprint::of_kernel(notes).build_id?;
    Some(own == id)
}

/// Reads the notes of the running kernel into `buf`.
///
/// # Errors
///
/// They can't be read.
fn notes(buf: &mut [u8]) -> Result<&[u8]> {
    // CAST: Flags are small numbers.
    let flags = (bindings::O_RDONLY | bindings::O_NONBLOCK) as c_int;
    // SAFETY: The path is a C string. Modules come in process context, where files can be opened.
    let file = from_err_ptr(unsafe { bindings::filp_open(NOTES.as_char_ptr(), flags, 0) })?;
    let mut at = 0;
    // `kernel_read_file()` does as much, but security modules warn of what it is not told a
    // purpose of.
    // SAFETY: `file` is an open file, and `buf` is valid for writes of that many bytes.
    let len = unsafe { bindings::kernel_read(file, buf.as_mut_ptr().cast(), buf.len(), &mut at) };
    // SAFETY: `filp_open()` has given this reference.
    unsafe { bindings::fput(file) };
    buf.get(..usize::try_from(len)?).ok_or(EINVAL)
}
