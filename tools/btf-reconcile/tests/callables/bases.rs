// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Types of a base count as what they become.

use super::{
    kernel,
    set,
    told,
    Btf,
    Builder,
    Id,
    IdMap,
    Pair,
    Reason,
    Registers,
    View,
    Vmlinux,
    NUMBERS,
    TASK, //
};
use btf_reconcile::btf::{
    Base,
    Section,
    Split, //
};

/// A module whose base's types become the kernel's, or its own where the kernel has none that fits.
#[test]
fn types_count_as_what_they_become() {
    let kernel = kernel();
    let mut base = Builder::new();
    base.fwd("task", false); // 1
    base.strct("lost", 8); // 2
    base.strct("numbers", 8); // 3
    let mut m = Builder::split(&base);
    let kfuncs: Vec<u32> = [1, 2, 3]
        .into_iter()
        .map(|to| {
            let pointer = m.ptr(to);
            let proto = m.proto(0, &[("p", pointer)]);
            m.func("kfunc", proto)
        })
        .collect();
    let sized = {
        let pointer = m.ptr(3);
        let proto = m.proto(0, &[("p", pointer), ("p__sz", 0)]);
        m.func("kfunc", proto)
    };
    let (kernel, base, split) = (kernel.bytes(), base.bytes(), m.bytes());
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let base = Btf::parse_base(&base, Section::Base).unwrap();
    let split: Btf<'_, Split> = Btf::parse_split(&split, &base).unwrap();
    // The declaration is the kernel's struct, and the second one is carried.
    let end = Id::of_base(vmlinux.btf.end());
    let carried = end.forward(split.count()).unwrap();
    let mut map = IdMap::new(split.end()).unwrap();
    map.set_run(split.first(), split.end(), end);
    let id = |n| Id::new(n).unwrap();
    map.set(id(1), Id::new(TASK).unwrap());
    map.set(id(2), carried);
    map.set(id(3), Id::new(NUMBERS).unwrap());
    let view = View {
        vmlinux: &vmlinux,
        types: Pair {
            base: &base,
            split: &split,
        },
        map: &map,
    };
    let pairs = kfuncs.iter().chain([&sized]).flat_map(|&id| [id, 0]);
    let words: Vec<u32> = [4, 1].into_iter().chain(pairs).collect();
    let reason = |id: Id<Base>| (id.number() == 2).then_some(Reason::Missing);
    let registers = Registers::default();
    let found = told(view, &words, &set(&words), registers, &reason, false);
    assert_eq!(found[0], None);
    let carried =
        "its argument 1 is a pointer to STRUCT 'lost' of the module's own: the kernel has \
                   no such type";
    assert_eq!(found[1].as_deref(), Some(carried));
    assert_eq!(found[2], None);
    assert_eq!(
        found[3].as_deref(),
        Some("it takes any number of arguments")
    );
}
