// SPDX-License-Identifier: GPL-2.0

//! From a module that comes to one whose BTF is the running kernel's.

use crate::{
    btf::{
        self,
        Btf,
        Mode,
        Pair,
        Plan,
        Section, //
    },
    loading::Loading,
    notifier::{
        Coming,
        Going,
        Watcher, //
    },
    report,
    running::Running,
    transit::Transit, //
};
use core::fmt;
use kernel::{
    prelude::*,
    sync::Arc,
    time::{
        Instant,
        Monotonic, //
    }, //
};

/// Reconciles modules before the kernel reads their BTF.
#[pin_data]
pub(crate) struct Reconciler {
    vmlinux: Running,
    #[pin]
    transit: Transit,
}

impl Reconciler {
    /// Reconciles with `vmlinux`.
    pub(crate) fn new(vmlinux: Running) -> impl PinInit<Self> {
        pin_init!(Self {
            vmlinux,
            transit <- Transit::new(),
        })
    }

    /// Reconciles one module. An error leaves it as it came.
    fn reconcile(&self, module: &Coming) -> Result<(), Failure> {
        let loading = Loading::new(module);
        let (Some(base), Some(split)) = (loading.base(), loading.btf()) else {
            return Ok(());
        };
        let started = Instant::<Monotonic>::now();
        let name = loading.name();
        let base = Btf::parse(base, Section::Base)?;
        let split = Btf::parse_split(split, &base)?;
        let plan = Plan::new(&self.vmlinux, &base, &split, Mode::Lenient)?;
        let result = btf::rewrite(&self.vmlinux.btf, &base, &split, &plan)?;
        let types = Pair {
            base: &base,
            split: &split,
        };
        let mut slots = 0;
        let mut new_ids = None;
        if let Some(mut ids) = loading.ids()? {
            let remapped = btf::remap(ids.bytes, &mut ids.symbols, &types, &result.ids)?;
            slots = remapped.slots;
            new_ids = Some((ids.writable()?, remapped.bytes));
        }
        let took = started.elapsed();
        report::reconciled(name, &base, &plan, slots, took);

        // From here on only the transfer can fail, and then nothing has been changed.
        self.transit.send(module.as_ptr(), result.bytes, |bytes| {
            let (memory, new_ids) = new_ids.unzip();
            let ids = memory.zip(new_ids.as_deref());
            // SAFETY: `send` keeps the bytes until it has restored what the module had.
            unsafe { loading.commit(bytes, ids) }
        })?;
        Ok(())
    }
}

impl Watcher for Reconciler {
    const PRIORITY: c_int = c_int::MAX;

    fn coming(&self, module: &Coming) {
        if let Err(failure) = self.reconcile(module) {
            report::left_alone(Loading::new(module).name(), failure);
        }
    }

    /// The kernel, or another watcher, has refused the module; [`After`] was not called.
    fn going(&self, module: &Going) {
        // SAFETY: The module is going in this thread, by the invariants of `Going`.
        unsafe { self.transit.end(module.as_ptr()) };
    }
}

/// Takes back what modules were given, after the kernel has read it.
pub(crate) struct After(pub(crate) Arc<Reconciler>);

impl Watcher for After {
    const PRIORITY: c_int = c_int::MIN;

    fn coming(&self, module: &Coming) {
        // SAFETY: The module is being loaded in this thread, by the invariants of `Coming`.
        unsafe { self.0.transit.end(module.as_ptr()) };
    }

    fn going(&self, _module: &Going) {}
}

/// Why a module was left alone.
enum Failure {
    /// Its BTF or its ids are not usable.
    Btf(btf::Error),
    /// The kernel can't do what is needed.
    Kernel(Error),
}

impl From<btf::Error> for Failure {
    fn from(error: btf::Error) -> Self {
        Self::Btf(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Kernel(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Btf(error) => fmt::Display::fmt(error, f),
            Failure::Kernel(ENOMEM) => f.write_str("out of memory"),
            Failure::Kernel(error) => write!(f, "{error:?}"),
        }
    }
}
