// SPDX-License-Identifier: GPL-2.0

//! The build id of the running kernel, for a module that it does not tell it to.
//!
//! It exports neither that nor the notes that it is in. Those it shows to user space.
//!
//! C headers: [`include/linux/fs.h`](srctree/include/linux/fs.h),
//! [`include/uapi/linux/magic.h`](srctree/include/uapi/linux/magic.h)

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
/// `SYSFS_MAGIC`, which the bindings have in some configurations only.
const SYSFS_MAGIC: c_ulong = 0x6265_6572;

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
/// They can't be read, or there is something else in their place.
fn notes(buf: &mut [u8]) -> Result<&[u8]> {
    // CAST: Flags are small numbers.
    let flags = (bindings::O_RDONLY | bindings::O_NONBLOCK) as c_int;
    // SAFETY: The path is a C string. Modules come in process context, where it may be slept, with
    // no lock held that forbids it, and in a task that has a file system to look in.
    let file = from_err_ptr(unsafe { bindings::filp_open(NOTES.as_char_ptr(), flags, 0) })?;
    // The task sees what its root and its mounts have there, which may be any file.
    // SAFETY: `file` is an open file, and has an inode, and that a super block, for as long.
    let is_on_sysfs = unsafe { (*(*(*file).f_inode).i_sb).s_magic == SYSFS_MAGIC };
    let read = if is_on_sysfs {
        // SAFETY: `file` is an open file.
        unsafe { read(file, buf) }
    } else {
        Err(ENOENT)
    };
    // SAFETY: `filp_open()` has given this reference.
    unsafe { bindings::fput(file) };
    buf.get(..read?).ok_or(EINVAL)
}

/// Reads from the start of `file` until it ends or `buf` is full; gives the number of bytes.
///
/// # Errors
///
/// It can't be read.
///
/// # Safety
///
/// `file` must be an open file.
unsafe fn read(file: *mut bindings::file, buf: &mut [u8]) -> Result<usize> {
    let (mut len, mut at) = (0usize, 0);
    // Sysfs gives no more than a page at once.
    loop {
        let rest = buf.get_mut(len..).ok_or(EINVAL)?;
        // `kernel_read_file()` does as much, but security modules warn of what it is not told a
        // purpose of.
        // SAFETY: By this function's contract, and `rest` is valid for writes of that many bytes.
        let more =
            unsafe { bindings::kernel_read(file, rest.as_mut_ptr().cast(), rest.len(), &mut at) };
        match usize::try_from(more)? {
            0 => return Ok(len),
            more => len = len.saturating_add(more),
        }
    }
}
