// SPDX-License-Identifier: GPL-2.0

//! BTF on its way to the kernel.
//!
//! The kernel's own notifier copies the BTF that it finds in a module. From the commit until then
//! the bytes are ours, and are kept here.

use crate::{
    btf_pointers::BtfPointers,
    facade::Buf,
    loading::Loading,
    writable::Writable, //
};
use kernel::{
    bindings,
    new_mutex,
    prelude::*,
    sync::Mutex, //
};

/// BTF that one module has been given.
struct Parcel {
    module: *mut bindings::module,
    /// What the module had before.
    had: BtfPointers,
    /// What it has now; held so that it stays where it is.
    _bytes: Buf<u8>,
}

// SAFETY: The module's pointer is compared, and used only by the thread that loads the module.
unsafe impl Send for Parcel {}

/// All BTF that is on its way.
#[pin_data]
pub(crate) struct Transit {
    #[pin]
    parcels: Mutex<KVVec<Parcel>>,
}

impl Transit {
    /// Nothing is on its way.
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            parcels <- new_mutex!(KVVec::new(), "btf_reconcile::transit"),
        })
    }

    /// Sends `bytes` on its way to the module that `loading` is, and writes its new ids, once there
    /// is room to keep the bytes.
    ///
    /// # Errors
    ///
    /// There is no memory, and nothing has been changed.
    pub(crate) fn send<'l>(
        &self,
        loading: Loading<'l>,
        bytes: Buf<u8>,
        ids: Option<(Writable<'l>, &[u8])>,
    ) -> Result<(), Loading<'l>> {
        let mut parcels = self.parcels.lock();
        if parcels.reserve(1, GFP_KERNEL).is_err() {
            return Err(loading);
        }
        let module = loading.as_ptr();
        // SAFETY: The bytes are kept, where they are, until the module has been given back what it
        // had; the ids were asked for by our caller.
        let had = unsafe { loading.commit(&bytes, ids) };
        let parcel = Parcel {
            module,
            had,
            _bytes: bytes,
        };
        // Can't fail: there is room.
        let _ = parcels.push_within_capacity(parcel);
        Ok(())
    }

    /// Ends the way of what `module` was given, if it was: the module gets back what it had, and
    /// the memory is freed.
    ///
    /// # Safety
    ///
    /// `module` must be valid, and be loading or going in this thread.
    pub(crate) unsafe fn end(&self, module: *mut bindings::module) {
        let parcel = {
            let mut parcels = self.parcels.lock();
            let at = parcels.iter().position(|p| p.module == module);
            at.and_then(|at| parcels.remove(at).ok())
        };
        if let Some(parcel) = parcel {
            // SAFETY: By this function's contract, and `had` is what `commit` gave back.
            unsafe { parcel.had.give_to(module) };
        }
    }
}
