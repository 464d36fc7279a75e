// SPDX-License-Identifier: GPL-2.0

//! The BTF of the running kernel, where it lies.
//!
//! The kernel never frees it, so that it is used in place: no copy of its 5 MiB is made. It gives
//! out type records by id; where it lies the host knows.
//!
//! C header: [`include/linux/btf.h`](srctree/include/linux/btf.h)

use crate::{
    btf::{
        self,
        Btf,
        Locate,
        Vmlinux, //
    },
    host, //
};
use core::ptr::NonNull;
use kernel::{
    bindings,
    prelude::*, //
};

/// Vmlinux BTF, with a way to look up names.
pub(crate) type Running = Vmlinux<'static, RunningTypes>;

/// The kernel's own handle of vmlinux BTF.
///
/// # Invariants
///
/// It is that, which is never freed.
#[derive(Clone, Copy)]
pub(crate) struct Handle(NonNull<bindings::btf>);

// SAFETY: Vmlinux BTF does not change any more, and belongs to no thread.
unsafe impl Send for Handle {}
// SAFETY: As above.
unsafe impl Sync for Handle {}

impl Handle {
    /// The handle that `btf` is; [`None`] if it is null.
    ///
    /// # Safety
    ///
    /// Else it must be that of vmlinux BTF.
    pub(crate) unsafe fn new(btf: *mut bindings::btf) -> Option<Self> {
        // INVARIANT: By this function's contract.
        NonNull::new(btf).map(Self)
    }

    /// Address of the record of type `id`.
    pub(crate) fn record(&self, id: u32) -> Option<usize> {
        // SAFETY: Valid for ever by the type invariants; any id may be asked for.
        let record = unsafe { bindings::btf_type_by_id(self.0.as_ptr(), id) };
        (!record.is_null()).then(|| record.addr())
    }
}

/// Vmlinux BTF, as the host finds it.
pub(crate) struct Found {
    pub(crate) handle: Handle,
    /// All of it, from its header on.
    pub(crate) blob: &'static [u8],
    /// Number of types, `void` not counted.
    pub(crate) count: u32,
}

/// Finds records through the kernel's own table of them.
pub(crate) struct RunningTypes {
    handle: Handle,
    /// Address of the type section.
    start: usize,
}

impl Locate for RunningTypes {
    fn locate(&self, nth: u32) -> Option<usize> {
        let record = self.handle.record(nth.checked_add(1)?)?;
        record.checked_sub(self.start)
    }
}

/// Opens the BTF of the running kernel.
///
/// # Errors
///
/// What the kernel says if it has none (`CONFIG_DEBUG_INFO_BTF`), [`EINVAL`] if it can't be made
/// out, [`ENOMEM`].
pub(crate) fn open() -> Result<Running> {
    let Found {
        handle,
        blob,
        count,
    } = host::vmlinux_btf()?;
    let start = handle.record(1).ok_or(ENOENT)?;
    let types = RunningTypes { handle, start };
    open_blob(blob, count, types).map_err(|error| {
        pr_err!("{}; nothing will be done\n", crate::shown::Shown(error));
        match error.fault {
            btf::Fault::NoMemory => ENOMEM,
            _ => EINVAL,
        }
    })
}

fn open_blob(blob: &'static [u8], count: u32, types: RunningTypes) -> btf::Result<Running> {
    Vmlinux::new(Btf::with_locate(blob, count, types)?)
}
