// SPDX-License-Identifier: GPL-2.0

//! The BTF of the running kernel, where it lies.
//!
//! The kernel never frees it, so that it is used in place: no copy of its 5 MiB is made. It gives
//! out type records by id; from where the first one lies follow the header and all the rest.
//!
//! C header: [`include/linux/btf.h`](srctree/include/linux/btf.h)

use crate::{
    btf::{
        self,
        Btf,
        Locate,
        Vmlinux, //
    },
    memory::read, //
};
use core::{
    ptr::NonNull,
    slice, //
};
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

/// Vmlinux BTF, with a way to look up names.
pub(crate) type Running = Vmlinux<'static, RunningTypes>;

/// Finds records through the kernel's own table of them.
///
/// # Invariants
///
/// `btf` is vmlinux BTF, which is never freed.
pub(crate) struct RunningTypes {
    btf: NonNull<bindings::btf>,
    /// Address of the type section.
    start: usize,
}

// SAFETY: Vmlinux BTF does not change any more, and belongs to no thread.
unsafe impl Send for RunningTypes {}
// SAFETY: As above.
unsafe impl Sync for RunningTypes {}

impl RunningTypes {
    /// Address of the record of type `id`.
    fn record(btf: NonNull<bindings::btf>, id: u32) -> Option<usize> {
        // SAFETY: `btf` is vmlinux BTF, valid for ever; any id may be asked for.
        let record = unsafe { bindings::btf_type_by_id(btf.as_ptr(), id) };
        (!record.is_null()).then(|| record.addr())
    }

    /// Number of types, `void` not counted.
    fn count(btf: NonNull<bindings::btf>) -> u32 {
        let (mut there, mut not_there) = (0, MAX_TYPE + 1);
        loop {
            let middle = u32::midpoint(there, not_there);
            if middle == there {
                return there;
            }
            match Self::record(btf, middle) {
                Some(_) => there = middle,
                None => not_there = middle,
            }
        }
    }
}

impl Locate for RunningTypes {
    fn locate(&self, nth: u32) -> Option<usize> {
        Self::record(self.btf, nth.checked_add(1)?)?.checked_sub(self.start)
    }
}

/// Opens the BTF of the running kernel.
///
/// # Errors
///
/// What the kernel says if it has none (`CONFIG_DEBUG_INFO_BTF`), [`EINVAL`] if it can't be made
/// out, [`ENOMEM`].
pub(crate) fn open() -> Result<Running> {
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
    let btf = NonNull::new(btf).ok_or(ENOENT)?;
    let first = RunningTypes::record(btf, 1).ok_or(ENOENT)?;
    let blob = blob(first).ok_or(EINVAL).inspect_err(|_| {
        pr_err!("vmlinux BTF: no header found in front of its types; nothing will be done\n");
    })?;
    // INVARIANT: "int" is a type of vmlinux: had it none, there would be no kernel to load into.
    let types = RunningTypes { btf, start: first };
    open_blob(blob, RunningTypes::count(btf), types).map_err(|error| {
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
