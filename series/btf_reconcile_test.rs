// SPDX-License-Identifier: GPL-2.0

//! KUnit tests of what reads the data of modules: the core, and the search for the loader's copy.
//!
//! They need no BTF of the kernel's, so that those of the core run under UML, too. The search reads
//! where nothing is mapped, which only a machine survives.

// The driver needs more of them.
#[allow(dead_code)]
mod btf;
#[allow(dead_code)]
mod facade;
mod kunit;
#[cfg(not(CONFIG_UML))]
mod kunit_file;
#[allow(dead_code)]
#[cfg(not(CONFIG_UML))]
mod loader_copy;
#[allow(dead_code)]
#[cfg(not(CONFIG_UML))]
mod memory;

/// As much of the driver's `host.rs` as these need.
mod host {
    #[allow(unused_imports)] // Under UML.
    pub(crate) use kernel::bindings as c;

    /// Lets others run, where the kernel does not preempt.
    pub(crate) fn rest() {
        // SAFETY: Tests run in process context, with no lock held.
        unsafe { kernel::bindings::cond_resched() };
    }
}

use kernel::prelude::*;

module! {
    type: BtfReconcileTest,
    name: "btf_reconcile_test",
    authors: ["The btf-reconcile authors"],
    description: "KUnit tests of reconciling the BTF of modules",
    license: "GPL",
}

/// Nothing: KUnit finds the tests.
struct BtfReconcileTest;

impl kernel::Module for BtfReconcileTest {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        Ok(Self)
    }
}
