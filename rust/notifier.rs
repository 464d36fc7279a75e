// SPDX-License-Identifier: GPL-2.0

//! Being told when modules come and go.
//!
//! C header: [`include/linux/notifier.h`](srctree/include/linux/notifier.h)

use core::marker::PhantomPinned;
use kernel::{
    bindings,
    error::to_result,
    prelude::*,
    sync::Arc,
    types::Opaque, //
};

/// Something that wants to know of modules.
///
/// Methods are called in process context; several at once for different modules, but for one
/// module one after the other.
pub(crate) trait Watcher: Send + Sync {
    /// When the call comes, among all that watch modules: those with larger numbers first. The
    /// kernel's own watcher, which reads a module's BTF, has 0.
    const PRIORITY: c_int;

    /// A module's sections are in place; its init function has not run.
    ///
    /// # Errors
    ///
    /// Refuses the module.
    fn coming(&self, module: &mut Coming) -> Result;

    /// A module goes, or another watcher has refused it after this one accepted it.
    fn going(&self, module: &Going);
}

/// A module in state `MODULE_STATE_COMING`, in the middle of the notification of that.
///
/// # Invariants
///
/// The pointer is valid, the module's load is in progress in this thread and waits for us.
pub(crate) struct Coming(*mut bindings::module);

impl Coming {
    /// The module.
    pub(crate) fn as_ptr(&self) -> *mut bindings::module {
        self.0
    }
}

/// A module in state `MODULE_STATE_GOING`, in the middle of the notification of that.
///
/// # Invariants
///
/// The pointer is valid, and the thread that unloads the module or fails to load it waits for us.
pub(crate) struct Going(*mut bindings::module);

impl Going {
    /// The module.
    pub(crate) fn as_ptr(&self) -> *mut bindings::module {
        self.0
    }
}

/// The registration of a [`Watcher`], which ends when this is dropped.
///
/// # Invariants
///
/// `block` is registered with the module notifier chain.
#[pin_data(PinnedDrop)]
pub(crate) struct Registration<T: Watcher> {
    #[pin]
    block: Opaque<bindings::notifier_block>,
    watcher: Arc<T>,
    #[pin]
    _pin: PhantomPinned,
}

// SAFETY: The block is only touched by the notifier chain, under its lock; the watcher is `Send`
// and `Sync`.
unsafe impl<T: Watcher> Send for Registration<T> {}
// SAFETY: As above; there is no method that takes `&self`.
unsafe impl<T: Watcher> Sync for Registration<T> {}

impl<T: Watcher> Registration<T> {
    /// Registers `watcher`.
    pub(crate) fn new(watcher: Arc<T>) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            watcher,
            // INVARIANT: Registered here; if that fails, there is no value.
            // The last field that can fail, so that the block is never left registered.
            block <- Opaque::try_ffi_init(|block: *mut bindings::notifier_block| {
                // SAFETY: `block` is valid for writes.
                unsafe {
                    block.write(bindings::notifier_block {
                        notifier_call: Some(Self::called),
                        priority: T::PRIORITY,
                        ..pin_init::zeroed()
                    })
                };
                // SAFETY: The block is initialized, and pinned until it is unregistered, which
                // `drop` does.
                to_result(unsafe { bindings::register_module_notifier(block) })
            }),
            _pin: PhantomPinned,
        })
    }

    /// What the notifier chain calls.
    ///
    /// # Safety
    ///
    /// `block` must be that of a [`Registration<T>`], and `data` the module that `event` is about.
    unsafe extern "C" fn called(
        block: *mut bindings::notifier_block,
        event: c_ulong,
        data: *mut c_void,
    ) -> c_int {
        // SAFETY: By the type invariants a registered block is that of a `Registration`, whose
        // other fields were initialized before it was registered and are not dropped before it is
        // unregistered.
        let this = unsafe { &*kernel::container_of!(Opaque::cast_from(block), Self, block) };
        let module = data.cast();
        let result = match c_uint::try_from(event) {
            // INVARIANT: `data` is the module that the chain was called for, by the thread that
            // loads or unloads it.
            Ok(bindings::module_state_MODULE_STATE_COMING) => {
                this.watcher.coming(&mut Coming(module))
            }
            Ok(bindings::module_state_MODULE_STATE_GOING) => {
                this.watcher.going(&Going(module));
                Ok(())
            }
            _ => Ok(()),
        };
        // As `notifier_from_errno()` does. CAST: Small constants.
        match result {
            Ok(()) => bindings::NOTIFY_OK as c_int,
            Err(error) => {
                bindings::NOTIFY_STOP_MASK as c_int
                    | (bindings::NOTIFY_OK as c_int).wrapping_sub(error.to_errno())
            }
        }
    }
}

#[pinned_drop]
impl<T: Watcher> PinnedDrop for Registration<T> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: The block is registered, by the type invariants. This waits for calls that are
        // under way. It can only fail for a block that is not registered.
        unsafe { bindings::unregister_module_notifier(self.block.get()) };
    }
}
