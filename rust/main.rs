// SPDX-License-Identifier: GPL-2.0

//! Reconciles the BTF of modules with the BTF of the running kernel as they are loaded.
//!
//! A module refers to the kernel's types by number. This module watches modules come; one that
//! carries the base its BTF was made against (`.BTF.base` or `.BTF.base_ref`) has its BTF and
//! every id in its `.BTF_ids` translated before the kernel reads them. BTF that does not fit and
//! has no base is withheld, so that the module loads.

#![crate_name = "btf_reconcile"]

// The user-space program needs more of the core than the module.
#[allow(dead_code)]
mod btf;
mod btf_pointers;
mod facade;
mod gather;
mod host;
#[cfg(btf_reconcile_kunit)]
mod kunit;
#[cfg(btf_reconcile_kunit)]
mod kunit_file;
mod loader_copy;
mod loading;
mod log;
mod memory;
mod notifier;
mod origin;
mod params;
mod policy;
mod reconciler;
mod report;
mod running;
mod shown;
mod symbols;
mod transit;
mod writable;

use kernel::{
    prelude::*,
    sync::Arc, //
};
use notifier::Registration;
use reconciler::{
    After,
    Reconciler, //
};
use report::{
    Published,
    Reports, //
};

module! {
    type: BtfReconcile,
    name: "btf_reconcile",
    authors: ["The btf-reconcile authors"],
    description: "Reconciles the BTF of modules with that of the running kernel",
    license: "GPL",
}

/// The module's state.
#[pin_data]
struct BtfReconcile {
    // Fields are dropped in this order. Modules must not be given BTF any more when nobody is left
    // to take it back from them.
    #[pin]
    _before: Registration<Reconciler>,
    #[pin]
    _after: Registration<After>,
    _published: Published,
}

impl kernel::InPlaceModule for BtfReconcile {
    fn init(_module: &'static ThisModule) -> impl PinInit<Self, Error> {
        pin_init::pin_init_scope(move || {
            let reports = Arc::pin_init(Reports::new(), GFP_KERNEL)?;
            let reconciler = Reconciler::new(running::open()?, reports.clone());
            let reconciler = Arc::pin_init(reconciler, GFP_KERNEL)?;
            let after = Arc::new(After(reconciler.clone()), GFP_KERNEL)?;
            let published = reports.publish();
            Ok(try_pin_init!(Self {
                _published: published,
                _after <- Registration::new(after),
                _before <- Registration::new(reconciler),
            }))
        })
    }
}
