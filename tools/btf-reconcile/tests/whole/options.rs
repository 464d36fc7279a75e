// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What options make of BTF that stands on its own.

use super::{
    done,
    kernel,
    new_ids,
    run_sections,
    task,
    words,
    Builder,
    How,
    Sections, //
};
use btf_reconcile::{
    btf::Unify,
    facade, //
};

fn module() -> Builder {
    let mut m = Builder::new();
    let int = m.int("int", 4, 1);
    task(&mut m, int);
    m.fwd("opaque", false);
    m
}

fn with(how: How) -> super::Ran {
    let btf = module().bytes();
    let sections = Sections {
        btf: Some(&btf),
        ..Sections::default()
    };
    run_sections(&kernel(), &sections, how)
}

#[test]
fn without_unifying_all_is_its_own() {
    let how = |unify| How {
        strict: false,
        unify,
    };
    let off = done(with(how(Unify::Off)));
    let own = ["own 0", "own 1", "own 2", "own 3"];
    assert_eq!(new_ids(&kernel(), &off), own);
    let kernels = ["kernel 1", "kernel 2", "kernel 3", "kernel 4"];
    for unify in [Unify::Base, Unify::All] {
        assert_eq!(new_ids(&kernel(), &done(with(how(unify)))), kernels);
    }
}

/// All of the kernel's types would be the module's own: a stock kernel has nothing to do with it.
#[test]
fn strict_refuses_it() {
    for unify in [Unify::Off, Unify::Base, Unify::All] {
        let ran = with(How {
            strict: true,
            unify,
        });
        assert_eq!(words(&ran), ("whole", "refused"));
        assert!(ran.result.unwrap_err().to_string().contains("strict"));
    }
}

/// Telling the two readings apart takes no more than reading twice.
#[test]
fn the_cost_is_linear() {
    let steps = |count: u32, spoilt: bool| {
        let types = |b: &mut Builder| {
            let int = b.int("int", 4, 1);
            for nth in 0..count {
                let name = format!("s{nth:06}");
                let members = [("a", int, 0), ("b", int, 32)];
                b.composite(super::Kind::Struct, &name, 8, &members);
            }
        };
        let mut k = Builder::new();
        types(&mut k);
        let mut m = Builder::new();
        types(&mut m);
        if spoilt {
            m.ptr(m.next() + 1);
        }
        let btf = m.bytes();
        let sections = Sections {
            btf: Some(&btf),
            ..Sections::default()
        };
        let kernel = k.bytes();
        let kernel = super::adapter::kernel(&kernel).unwrap();
        let before = facade::steps();
        super::adapter::run(&kernel, &sections, How::default());
        facade::steps() - before
    };
    for spoilt in [false, true] {
        let (once, twice) = (steps(4000, spoilt), steps(8000, spoilt));
        assert!(twice < once * 5 / 2, "{once} {twice}");
    }
}
