// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is foretold of a stock kernel.

mod ids;
#[path = "../common/stock/mod.rs"]
mod stock;
mod words;

use btf_reconcile::mainline::{
    foretell,
    Foretold,
    How,
    Kernel,
    Module, //
};
use stock::{
    blob::{
        Blob,
        INT, //
    },
    cases,
    kernel,
    Case,
    Does, //
};

/// What is foretold, in the words of the cases.
fn does(foretold: &Foretold) -> Does {
    match foretold.stop.as_ref().map(|stop| stop.how) {
        None if foretold.wrong.is_empty() => Does::Loads,
        None => Does::LoadsWrong,
        Some(How::Refuses(errno)) => Does::Refuses(errno),
        Some(How::ReadsOutside) => Does::ReadsOutside,
        Some(How::Hangs) => Does::Hangs,
    }
}

#[test]
fn what_a_stock_kernel_does_is_foretold() {
    let vmlinux = kernel().bytes();
    let kernel = Kernel::new(&vmlinux).unwrap();
    let mut wrong = Vec::new();
    for Case {
        name,
        split,
        base,
        does: expected,
        ..
    } in cases()
    {
        let module = Module {
            btf: Some(&split),
            base: base.as_deref(),
            ids: None,
        };
        let foretold = foretell(&module, &kernel);
        let found = does(&foretold);
        if found != expected {
            wrong.push(format!(
                "{name}: {found:?}, expected {expected:?}: {foretold:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_has_no_btf_is_loaded() {
    let vmlinux = kernel().bytes();
    let kernel = Kernel::new(&vmlinux).unwrap();
    let mut base = Blob::new();
    base.add("int", INT, 1, 4, &[]);
    let base = base.bytes();
    for btf in [None, Some(&[][..])] {
        let module = Module {
            btf,
            base: Some(&base),
            ids: None,
        };
        assert_eq!(does(&foretell(&module, &kernel)), Does::Loads);
    }
}
