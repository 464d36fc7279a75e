// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Base references: any kind of type may stand in the base.

mod common;

use btf_reconcile::{
    btf::{
        rewrite,
        Btf,
        Decision,
        Id,
        Kind,
        Mapping,
        New,
        Pair,
        Reason,
        Section, //
    },
    facade,
};
use common::{
    builder::Builder,
    decide::{
        decisions,
        exact,
        mapped,
        planned, //
    },
    words::describe, //
};

/// Decisions for all types of the base, and every type in words before and after.
fn reconcile(
    kernel: &Builder,
    base: &Builder,
    split: &Builder,
) -> (Vec<Decision>, Vec<(String, String)>) {
    let form = Section::BaseRef;
    planned(kernel, base, split, form, |vmlinux, base, split, plan| {
        let result = rewrite(&vmlinux.btf, base, split, plan).unwrap();
        let after = Btf::<New>::parse_split(&result.bytes, &vmlinux.btf).unwrap();
        let before = Pair { base, split };
        let after = Pair {
            base: &vmlinux.btf,
            split: &after,
        };
        let words = Id::FIRST.up_to(split.end()).map(|id| {
            let new = result.ids.get(id).unwrap();
            (describe(&before, id, 8), describe(&after, new, 8))
        });
        (decisions(plan), words.collect())
    })
}

/// Decisions for all types of a base that nothing is split from.
fn decide(kernel: &Builder, base: &Builder) -> Vec<Decision> {
    let split = Builder::split(base);
    planned(kernel, base, &split, Section::BaseRef, |_, _, _, plan| {
        decisions(plan)
    })
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
    assert_eq!(
        decisions,
        [
            Decision::Moved,
            Decision::Moved,
            Decision::Moved,
            exact(kernel_typedef - 2),
            exact(kernel_typedef - 1),
            exact(kernel_typedef),
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
    assert_eq!(decisions, [mapped(1, Mapping::Defined)]);
}

/// A distilled base knows no enumerations that are declared.
#[test]
fn declaration_of_an_enumeration_in_a_distilled_base() {
    let mut kernel = Builder::new();
    kernel.enumeration("colour", 4, &[("RED", 0)]);
    let mut base = Builder::new();
    base.fwd("colour", false);
    let split = Builder::split(&base);
    let found = planned(&kernel, &base, &split, Section::Base, |_, _, _, plan| {
        plan.get(Id::FIRST)
    });
    let reason = Reason::OtherKind(Kind::Enum);
    assert_eq!(found, Some(Decision::Carried(reason)));
}

/// A typedef is the kernel's only if all that it is made of is: here something three levels down is
/// not.
#[test]
fn typedef_that_differs_far_below_moves() {
    let build = |member: &str| {
        let mut b = Builder::new();
        let int = b.int("int", 4, 1);
        let leaf = b.composite(Kind::Struct, "leaf", 4, &[(member, int, 0)]);
        let pointer = b.ptr(leaf);
        let inner = b.composite(Kind::Struct, "", 8, &[("leaf", pointer, 0)]);
        let pointer = b.ptr(inner);
        let proto = b.proto(int, &[("p", pointer)]);
        let pointer = b.ptr(proto);
        let typedef = b.typedef("call_t", pointer);
        (b, typedef)
    };
    let (kernel, typedef) = build("a");
    let (base, _) = build("a");
    assert_eq!(decide(&kernel, &base).last(), Some(&exact(typedef)));
    let (base, _) = build("b");
    assert_eq!(decide(&kernel, &base).last(), Some(&Decision::Moved));
}

/// Two typedefs of the kernel that differ, of which the base says too little to tell them apart.
#[test]
fn typedef_that_may_be_either_moves() {
    let build = |targets: &[bool]| {
        let mut kernel = Builder::new();
        let int = kernel.int("int", 4, 1);
        for &is_other in targets {
            let name = if is_other { "b" } else { "a" };
            let strct = kernel.composite(Kind::Struct, "s", 4, &[(name, int, 0)]);
            let pointer = kernel.ptr(strct);
            kernel.typedef("s_t", pointer);
        }
        kernel
    };
    let mut base = Builder::new();
    let fwd = base.fwd("s", false);
    let pointer = base.ptr(fwd);
    base.typedef("s_t", pointer);
    assert_eq!(decide(&build(&[false]), &base)[2], exact(4));
    assert_eq!(decide(&build(&[false, false]), &base)[2], exact(4));
    let decisions = decide(&build(&[false, true]), &base);
    assert_eq!(decisions[0], Decision::Carried(Reason::Ambiguous));
    assert_eq!(decisions[2], Decision::Moved);
}

#[test]
fn functions_are_found_by_what_they_take() {
    let build = |result: &str| {
        let mut b = Builder::new();
        let proto = b.next();
        b.proto(proto + 2, &[("n", proto + 2)]);
        b.func("f", proto);
        b.int(result, 4, 1);
        b
    };
    let kernel = build("int");
    assert_eq!(decide(&kernel, &build("int"))[1], exact(2));
    assert_eq!(decide(&kernel, &build("other"))[1], Decision::Moved);
    // Twice the same is one, as for types.
    let mut kernel = Builder::new();
    let proto = kernel.next();
    kernel.proto(proto + 4, &[("n", proto + 4)]);
    kernel.proto(proto + 4, &[("n", proto + 4)]);
    kernel.func("f", proto);
    kernel.func("f", proto + 1);
    kernel.int("int", 4, 1);
    assert_eq!(decide(&kernel, &build("int"))[1], exact(3));
}

/// How many types lie between a typedef and what is carried does not matter.
#[test]
fn typedef_that_leads_to_a_carried_type_moves_from_any_distance() {
    for distance in [0, 1, 63, 64, 65, 127, 128, 129, 5000] {
        for is_carried in [false, true] {
            let build = |size| {
                let mut b = Builder::new();
                let strct = b.composite(Kind::Struct, "s", size, &[("m", 0, 0)]);
                let mut to = strct;
                for _ in 0..distance {
                    to = b.ptr(to);
                }
                let typedef = b.typedef("s_t", to);
                (b, typedef)
            };
            let (mut kernel, typedef) = build(8);
            // A second one makes it ambiguous; what is underneath may be either's.
            if is_carried {
                kernel.composite(Kind::Struct, "s", 8, &[("m", 0, 0), ("n", 0, 32)]);
            }
            let (base, _) = build(8);
            let decisions = decide(&kernel, &base);
            let decision = decisions[typedef as usize - 1];
            if is_carried {
                assert_eq!(decisions[0], Decision::Carried(Reason::Ambiguous));
                assert_eq!(decision, Decision::Moved, "{distance}");
            } else {
                assert_eq!(decision, exact(typedef), "{distance}");
            }
        }
    }
}

/// Nor does how many there are beside it.
#[test]
fn typedef_of_many_members_moves_by_the_last() {
    let build = |b: &mut Builder| {
        let strct = b.composite(Kind::Struct, "s", 8, &[("m", 0, 0)]);
        let to_strct = b.ptr(strct);
        let pointers: Vec<u32> = (0..500).map(|_| b.ptr(0)).collect();
        let mut members: Vec<_> = (0..)
            .zip(&pointers)
            .map(|(n, &of)| ("p", of, n * 64))
            .collect();
        members.push(("last", to_strct, 500 * 64));
        let inner = b.composite(Kind::Struct, "", 501 * 8, &members);
        b.typedef("s_t", inner)
    };
    let mut kernel = Builder::new();
    let typedef = build(&mut kernel);
    let mut base = Builder::new();
    build(&mut base);
    assert_eq!(decide(&kernel, &base)[typedef as usize - 1], exact(typedef));
    kernel.composite(Kind::Struct, "s", 8, &[("m", 0, 0), ("n", 0, 32)]);
    let decisions = decide(&kernel, &base);
    assert_eq!(decisions[0], Decision::Carried(Reason::Ambiguous));
    assert_eq!(decisions[typedef as usize - 1], Decision::Moved);
}

/// What a named struct is made of is its own business: a typedef of it stays the kernel's.
#[test]
fn typedef_of_a_mapped_struct_is_mapped() {
    let build = |b: &mut Builder| {
        let strct = b.composite(Kind::Struct, "s", 8, &[("m", 0, 0)]);
        let pointer = b.ptr(strct);
        let outer = b.composite(Kind::Struct, "outer", 8, &[("s", pointer, 0)]);
        b.typedef("outer_t", outer)
    };
    let mut kernel = Builder::new();
    let typedef = build(&mut kernel);
    kernel.composite(Kind::Struct, "s", 8, &[("m", 0, 0), ("n", 0, 32)]);
    let mut base = Builder::new();
    build(&mut base);
    let decisions = decide(&kernel, &base);
    assert_eq!(decisions[0], Decision::Carried(Reason::Ambiguous));
    assert_eq!(decisions[typedef as usize - 1], exact(typedef));
}

/// Steps that it takes to plan for a chain of typedefs, all of which lead to a carried type.
fn steps(count: u32) -> u64 {
    let mut kernel = Builder::new();
    let mut base = Builder::new();
    // Each leads to the next, so that following them one by one from each would be quadratic.
    for n in 1..=count {
        kernel.typedef(&format!("t{n:06}"), n + 1);
        base.typedef(&format!("t{n:06}"), n + 1);
    }
    base.strct("zeta", 4);
    kernel.strct("zeta", 4);
    kernel.composite(Kind::Struct, "zeta", 4, &[("m", 0, 0)]);
    let before = facade::steps();
    let decisions = decide(&kernel, &base);
    assert_eq!(decisions[0], Decision::Moved);
    facade::steps() - before
}

#[test]
fn cost_of_typedefs_is_linear() {
    let (few, many) = (steps(500), steps(8000));
    assert!(many < 17 * few, "{few} {many}");
}
