// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Copies of the kernel's types, case by case: what is one, what is none, and why.

#[path = "../common/mod.rs"]
mod common;
mod declarations;
mod equality;
mod strings;
mod told;

use btf_reconcile::{
    btf::{
        acceptable,
        unify,
        Btf,
        Copies,
        Fault,
        Gone,
        Id,
        Kind,
        New,
        Offsets,
        Place,
        Twins,
        Vmlinux, //
    },
    facade,
};
use common::builder::Builder;

/// Ids of the kernel's types below.
const INT: u32 = 1;
const PORT: u32 = 2;
const PORT_PTR: u32 = 3;
const OPAQUE: u32 = 5;
const OPAQUE_PTR: u32 = 6;

/// `struct bar` points to a struct with members, `struct user` to one that is only declared.
fn kernel() -> Builder {
    let mut b = Builder::new();
    b.int("int", 4, 1);
    b.composite(Kind::Struct, "port", 8, &[("a", INT, 0), ("b", INT, 32)]);
    b.ptr(PORT);
    b.composite(
        Kind::Struct,
        "bar",
        16,
        &[("port", PORT_PTR, 0), ("n", INT, 64)],
    );
    b.fwd("opaque", false);
    b.ptr(OPAQUE);
    b.composite(Kind::Struct, "user", 8, &[("opaque", OPAQUE_PTR, 0)]);
    b
}

/// Reads the types of `kernel` and those that `module` adds to them, and hands both to `then`.
fn opened<R>(
    kernel: &Builder,
    module: &Builder,
    then: impl FnOnce(&Vmlinux<'_, Offsets>, &Btf<'_, New>) -> R,
) -> R {
    let (kernel, module) = (kernel.bytes(), module.bytes());
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let split = Btf::parse_split(&module, &vmlinux.btf).unwrap();
    then(&vmlinux, &split)
}

/// Unifies what `module` adds to `kernel`. For each type of the module its new id, counted from the
/// kernel's last where it is the module's own; and each difference in words.
fn outcome(kernel: &Builder, module: &Builder) -> (Vec<String>, Vec<String>) {
    let blob = module.bytes();
    opened(kernel, module, |vmlinux, split| {
        let mut twins = Twins::new(vmlinux);
        let copies = Copies::find(vmlinux, split, &mut twins).unwrap();
        let after = unify(&copies).unwrap();
        let result = Btf::<New>::parse_split(&after.bytes, &vmlinux.btf).unwrap();
        if acceptable(&blob, Some(&vmlinux.btf), split).is_ok() {
            acceptable(&after.bytes, Some(&vmlinux.btf), &result).unwrap();
        }
        let new = split.ids().map(|id| match after.ids.find(id).unwrap() {
            Gone::LeftOut => "gone".to_owned(),
            Gone::To(new) if new < split.first() => format!("kernel {}", new.number()),
            Gone::To(new) => format!("own {}", new.behind(split.first()).unwrap()),
        });
        let name = |id: Id<New>| {
            let record = split.record(id).unwrap();
            let name = copies.types().name(record.name()).unwrap();
            String::from_utf8_lossy(name).into_owned()
        };
        let differing: Vec<String> = copies
            .differing()
            .map(|(id, _, difference)| {
                format!("{}: {}", name(id), difference.renumbered(&after.ids))
            })
            .collect();
        assert_eq!(differing.len(), copies.differing_count());
        (new.collect(), differing)
    })
}

/// The new ids alone.
fn new_ids(kernel: &Builder, module: &Builder) -> Vec<String> {
    outcome(kernel, module).0
}

#[test]
fn what_hangs_together_goes_together() {
    let mut m = Builder::split(&kernel());
    let first = m.next();
    m.composite(Kind::Struct, "port", 8, &[("a", INT, 0), ("b", INT, 32)]);
    m.ptr(first);
    m.composite(
        Kind::Struct,
        "bar",
        16,
        &[("port", first + 1, 0), ("n", INT, 64)],
    );
    m.composite(Kind::Struct, "mine", 8, &[("bar", first + 4, 0)]);
    m.ptr(first + 2);
    let (new, differing) = outcome(&kernel(), &m);
    assert_eq!(new, ["kernel 2", "kernel 3", "kernel 4", "own 0", "own 1"]);
    assert!(differing.is_empty());
}

/// The time is bounded by the size of the module's BTF: twice as much takes twice as many steps.
#[test]
fn the_cost_is_linear() {
    let steps = |count: u32| {
        let types = |b: &mut Builder| {
            let first = b.next();
            for n in 0..count {
                b.ptr(first + 2 * ((n * 7 + 1) % count) + 1);
                let members = [("a", first + 2 * n, 0), ("b", first, 64)];
                b.composite(Kind::Struct, &format!("s{n:06}"), 16, &members);
            }
        };
        let mut k = Builder::new();
        types(&mut k);
        let mut m = Builder::split(&k);
        types(&mut m);
        opened(&k, &m, |vmlinux, split| {
            let mut twins = Twins::new(vmlinux);
            let before = facade::steps();
            let copies = Copies::find(vmlinux, split, &mut twins).unwrap();
            unify(&copies).unwrap();
            facade::steps() - before
        })
    };
    let (once, twice) = (steps(4000), steps(8000));
    assert!(twice < once * 5 / 2, "{once} {twice}");
}
