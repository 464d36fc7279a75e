// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Base references: any kind of type may stand in the base.

mod common;

use btf_reconcile::btf::{
    rewrite,
    Btf,
    Decision,
    Kind,
    Mapping,
    Mode,
    Pair,
    Plan,
    Reason,
    Section,
    Vmlinux, //
};
use common::{
    builder::Builder,
    words::describe, //
};

/// Decisions for all types of the base, and every split type in words before and after.
fn reconcile(
    kernel: &Builder,
    base: &Builder,
    split: &Builder,
) -> (Vec<Decision>, Vec<(String, String)>) {
    let (kernel, base, split) = (kernel.bytes(), base.bytes(), split.bytes());
    let open = || Btf::parse(&kernel, Section::Vmlinux).unwrap();
    let vmlinux = Vmlinux::new(open()).unwrap();
    let base = Btf::parse(&base, Section::BaseRef).unwrap();
    let split = Btf::parse_split(&split, &base).unwrap();
    let plan = Plan::new(&vmlinux, &base, &split, Mode::Lenient).unwrap();
    let indexed = Vmlinux::indexed(open()).unwrap();
    let by_index = Plan::new(&indexed, &base, &split, Mode::Lenient).unwrap();
    assert!(
        plan.iter().eq(by_index.iter()),
        "bisection and index disagree"
    );
    let result = rewrite(&vmlinux.btf, &base, &split, &plan).unwrap();
    let after = Btf::parse_split(&result.bytes, &vmlinux.btf).unwrap();
    let before = Pair {
        base: &base,
        split: &split,
    };
    let after = Pair {
        base: &vmlinux.btf,
        split: &after,
    };
    let words = (1..split.end()).map(|id| {
        let new = result.ids.get(id).unwrap();
        (describe(&before, id, 8), describe(&after, new, 8))
    });
    let words = words.collect();
    (plan.iter().map(|(_, d)| d).collect(), words)
}

/// Types of every kind, with a loop through a pointer, in a kernel or a base.
fn types(b: &mut Builder) -> u32 {
    let first = b.next();
    let (int, list) = (first + 3, first + 4);
    b.ptr(list);
    b.proto(int, &[("l", first)]);
    b.ptr(first + 1);
    assert_eq!(b.int("int", 4, 1), int);
    b.composite(
        Kind::Struct,
        "list",
        16,
        &[("next", first, 0), ("fn", first + 2, 64)],
    );
    b.typedef("list_fn", first + 2)
}

#[test]
fn all_kinds_are_found_or_moved() {
    let mut kernel = Builder::new();
    kernel.ptr(0);
    kernel.ptr(0);
    let kernel_typedef = types(&mut kernel);
    let mut base = Builder::new();
    let typedef = types(&mut base);
    let mut split = Builder::split(&base);
    split.composite(Kind::Struct, "user", 8, &[("f", typedef, 0)]);
    let (decisions, words) = reconcile(&kernel, &base, &split);
    let mapped = |id| Decision::Mapped(id, Mapping::Exact);
    assert_eq!(
        decisions,
        [
            Decision::Moved,
            Decision::Moved,
            Decision::Moved,
            mapped(kernel_typedef - 2),
            mapped(kernel_typedef - 1),
            mapped(kernel_typedef),
        ]
    );
    for (before, after) in words {
        assert_eq!(before, after);
    }
}

#[test]
fn typedef_of_another_type_moves() {
    let mut kernel = Builder::new();
    let long = kernel.int("long", 8, 1);
    kernel.typedef("number_t", long);
    let mut base = Builder::new();
    let long = base.int("long", 8, 1);
    let konst = base.reference(Kind::Const, "", long);
    let typedef = base.typedef("number_t", konst);
    let mut split = Builder::split(&base);
    split.var("n", typedef);
    let (decisions, words) = reconcile(&kernel, &base, &split);
    assert_eq!(decisions[2], Decision::Moved);
    for (before, after) in words {
        assert_eq!(before, after);
    }
}

#[test]
fn typedef_of_a_carried_type_moves_with_it() {
    let mut kernel = Builder::new();
    let ptr = kernel.ptr(2);
    kernel.composite(Kind::Struct, "s", 8, &[("m", 0, 0)]);
    kernel.typedef("s_t", ptr);
    let mut base = Builder::new();
    let strct = base.composite(Kind::Struct, "s", 8, &[("other", 0, 0)]);
    let ptr = base.ptr(strct);
    let typedef = base.typedef("s_t", ptr);
    let outer = base.typedef("s_tt", typedef);
    let mut split = Builder::split(&base);
    split.var("n", outer);
    let (decisions, words) = reconcile(&kernel, &base, &split);
    let carried = Decision::Carried(Reason::Differs);
    assert_eq!(decisions[0], carried);
    assert_eq!(decisions[1..], [Decision::Moved; 3]);
    for (before, after) in words {
        assert_eq!(before, after);
    }
}

/// A struct that stays the module's own holds others by value: their size matters, too.
#[test]
fn what_a_carried_struct_holds_must_have_its_size() {
    let mut kernel = Builder::new();
    kernel.strct("inner", 16);
    kernel.strct("innermost", 8);
    kernel.strct("outer", 64);
    let mut base = Builder::new();
    let innermost = base.strct("innermost", 4);
    let inner = base.composite(Kind::Struct, "inner", 8, &[]);
    let array = base.array(inner, 0, 2);
    let outer = base.composite(
        Kind::Struct,
        "outer",
        32,
        &[("i", array, 0), ("m", innermost, 128)],
    );
    let mut split = Builder::split(&base);
    let ptr = split.ptr(inner);
    split.composite(
        Kind::Struct,
        "user",
        40,
        &[("o", outer, 0), ("p", ptr, 256)],
    );
    let (decisions, _) = reconcile(&kernel, &base, &split);
    assert_eq!(decisions[3], Decision::Carried(Reason::Differs));
    assert_eq!(decisions[1], Decision::Carried(Reason::Size(16)));
    assert_eq!(decisions[0], Decision::Carried(Reason::Size(8)));
}

#[test]
fn declaration_of_an_enumeration() {
    let mut kernel = Builder::new();
    kernel.enumeration("colour", 4, &[("RED", 0)]);
    let mut base = Builder::new();
    let fwd = base.fwd("colour", false);
    let mut split = Builder::split(&base);
    split.ptr(fwd);
    let (decisions, _) = reconcile(&kernel, &base, &split);
    assert_eq!(decisions, [Decision::Mapped(1, Mapping::Defined)]);
}
