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
    facade::Buf,
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
        let started = Instant::<Monotonic>::now();
        let Some(split) = loading.btf() else {
            return Ok(());
        };
        let reference;
        let base = match loading.base() {
            Some(base) => Btf::parse(base, Section::Base)?,
            None => {
                reference = loading.base_ref();
                match &reference {
                    Some(reference) => Btf::parse(reference, Section::BaseRef)?,
                    None => return Ok(()),
                }
            }
        };
        let name = loading.name();
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

    /// Lets a module load without BTF.
    fn withhold(&self, module: &Coming) -> Result {
        self.transit.send(module.as_ptr(), Buf::new(), |nothing| {
            // SAFETY: As above.
            unsafe { Loading::new(module).commit(nothing, None) }
        })
    }
}

impl Watcher for Reconciler {
    const PRIORITY: c_int = c_int::MAX;

    fn coming(&self, module: &Coming) {
        let name = Loading::new(module).name();
        match self.reconcile(module) {
            Ok(()) => {}
            // The kernel refuses such a module, or does worse: it does not look where the
            // references in a module's BTF lead before it follows them.
            Err(Failure::Unusable(error)) => match self.withhold(module) {
                Ok(()) => report::withheld(name, error),
                Err(_) => report::left_alone(name, error),
            },
            Err(Failure::Unable(error)) => report::left_alone(name, error),
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

/// Why a module was not reconciled.
enum Failure {
    /// Its BTF or its ids make no sense.
    Unusable(btf::Error),
    /// We could not do what is needed.
    Unable(Shortcoming),
}

/// Something that is not the fault of the module's BTF.
enum Shortcoming {
    /// There is no memory.
    NoMemory,
    /// There are no symbols for `.BTF_ids`.
    NoSymbols,
    /// Something else.
    Other(Error),
}

impl From<btf::Error> for Failure {
    fn from(error: btf::Error) -> Self {
        match error.fault {
            btf::Fault::NoMemory => Self::Unable(Shortcoming::NoMemory),
            _ => Self::Unusable(error),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Unable(match error {
            ENOMEM => Shortcoming::NoMemory,
            ENXIO => Shortcoming::NoSymbols,
            _ => Shortcoming::Other(error),
        })
    }
}

impl fmt::Display for Shortcoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Shortcoming::NoMemory => f.write_str("out of memory"),
            Shortcoming::NoSymbols => {
                f.write_str(".BTF_ids: the module was stripped of its symbols")
            }
            Shortcoming::Other(error) => write!(f, "{error:?}"),
        }
    }
}
