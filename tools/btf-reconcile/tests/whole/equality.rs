// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types of BTF that stands on its own are the kernel's.

use super::{
    kernel,
    outcome,
    task,
    Builder,
    Kind,
    COLOUR,
    INT,
    OPAQUE,
    TASK,
    TASK_PTR, //
};

/// The new id of the kernel's type `id`.
fn kernels(id: u32) -> String {
    format!("kernel {id}")
}

#[test]
fn equal_types_are_the_kernels() {
    let mut m = Builder::new();
    // In another order than the kernel's.
    m.enumeration("colour", 4, &[("RED", 0), ("BLUE", 1)]);
    m.composite(Kind::Struct, "mine", 8, &[("task", 4, 0)]);
    task(&mut m, 5);
    m.int("int", 4, 1);
    let (new, differing) = outcome(&kernel(), &m);
    let wanted = [COLOUR, 0, TASK, TASK_PTR, INT].map(|id| match id {
        0 => "own 0".into(),
        id => kernels(id),
    });
    assert_eq!(new, wanted);
    assert!(differing.is_empty());
}

#[test]
fn what_differs_is_told_with_the_first_difference() {
    let mut m = Builder::new();
    let int = m.int("int", 4, 0);
    task(&mut m, int);
    m.enumeration("colour", 4, &[("RED", 0), ("BLUE", 2)]);
    let (new, differing) = outcome(&kernel(), &m);
    assert_eq!(new, ["own 0", "own 1", "own 2", "own 3"]);
    // The module's types follow the kernel's.
    let int = kernel().next();
    assert_eq!(
        differing,
        [
            "it is encoded otherwise than the kernel's".into(),
            format!("member 'pid' leads to [{int}], which differs from the kernel's"),
            "value 'BLUE' is 2, in the kernel's 1".into(),
        ]
    );
}

/// A declaration is what the kernel has of it, unless the module has that itself.
#[test]
fn declarations_are_what_they_declare() {
    for (make, new) in [
        (
            (|m| {
                m.fwd("task", false);
            }) as fn(&mut Builder),
            &["kernel 1", "kernel 2"][..],
        ),
        // No union.
        (
            |m| {
                m.fwd("task", true);
            },
            &["kernel 1", "own 0"],
        ),
        // Nobody has it.
        (
            |m| {
                m.fwd("missing", false);
            },
            &["kernel 1", "own 0"],
        ),
        // The kernel only declares it, too.
        (
            |m| {
                m.fwd("opaque", false);
            },
            &["kernel 1", "kernel 4"],
        ),
        (
            |m| {
                m.fwd("opaque", true);
            },
            &["kernel 1", "own 0"],
        ),
        // It may be the module's own.
        (
            |m| {
                m.fwd("task", false);
                m.composite(Kind::Struct, "task", 4, &[("mine", 1, 0)]);
            },
            &["kernel 1", "own 0", "own 1"],
        ),
        (
            |m| {
                m.fwd("opaque", false);
                m.composite(Kind::Struct, "opaque", 4, &[("mine", 1, 0)]);
            },
            &["kernel 1", "own 0", "own 1"],
        ),
    ] {
        let mut m = Builder::new();
        m.int("int", 4, 1);
        make(&mut m);
        assert_eq!(outcome(&kernel(), &m).0, new);
    }
    assert_eq!(OPAQUE, 4);
}

/// Adds structs that point to each other in a ring; the last one has a member of this name.
fn ring(b: &mut Builder, int: u32, last: &str) -> u32 {
    let first = b.next();
    for nth in 0..5 {
        let name = format!("ring{nth}");
        let next = first + 2 * nth + 1;
        let member = if nth == 4 { last } else { "next" };
        let members = [("number", int, 0), (member, next, 64)];
        b.composite(Kind::Struct, &name, 16, &members);
        b.ptr(first + 2 * ((nth + 1) % 5));
    }
    first
}

#[test]
fn rings_are_the_kernels_as_a_whole_or_not_at_all() {
    let mut k = kernel();
    let first = ring(&mut k, INT, "next");
    for (last, equal) in [("next", true), ("other", false)] {
        let mut m = Builder::new();
        let int = m.int("int", 4, 1);
        ring(&mut m, int, last);
        let (new, differing) = outcome(&k, &m);
        let of_ring = |nth: u32| {
            if equal {
                kernels(first + nth)
            } else {
                format!("own {nth}")
            }
        };
        let wanted: Vec<_> = [kernels(INT)]
            .into_iter()
            .chain((0..10).map(of_ring))
            .collect();
        assert_eq!(new, wanted);
        assert_eq!(differing.len(), if equal { 0 } else { 5 });
    }
}

/// Of several of the kernel's the one that it is equal to, the first of twins, and none if it is equal
/// to several that differ.
#[test]
fn twins_in_the_kernel() {
    let with = |sizes: &[u32]| {
        let mut k = kernel();
        let first = k.next();
        for &size in sizes {
            k.composite(Kind::Struct, "twin", size, &[("a", INT, 0)]);
        }
        (k, first)
    };
    let module = |size| {
        let mut m = Builder::new();
        let int = m.int("int", 4, 1);
        m.composite(Kind::Struct, "twin", size, &[("a", int, 0)]);
        m
    };
    let (k, first) = with(&[4, 8, 8, 16]);
    for (size, wanted) in [
        (4, kernels(first)),
        (8, kernels(first + 1)),
        (16, kernels(first + 3)),
        (12, "own 0".into()),
    ] {
        assert_eq!(outcome(&k, &module(size)).0, [kernels(INT), wanted]);
    }
    // A declaration is all of them.
    let mut m = Builder::new();
    m.int("int", 4, 1);
    m.fwd("twin", false);
    assert_eq!(outcome(&k, &m).0, [kernels(INT), "own 0".into()]);
    let (k, first) = with(&[8, 8]);
    assert_eq!(outcome(&k, &m).0, [kernels(INT), kernels(first)]);
}

#[test]
fn what_is_equal_to_several_that_differ_is_none_of_them() {
    let mut k = kernel();
    for size in [4, 8] {
        let below = k.composite(Kind::Struct, "below", size, &[("a", INT, 0)]);
        let pointer = k.ptr(below);
        k.composite(Kind::Struct, "user", 8, &[("it", pointer, 0)]);
    }
    let mut m = Builder::new();
    m.int("int", 4, 1);
    let below = m.fwd("below", false);
    let pointer = m.ptr(below);
    m.composite(Kind::Struct, "user", 8, &[("it", pointer, 0)]);
    let (new, differing) = outcome(&k, &m);
    assert_eq!(new, ["kernel 1", "own 0", "own 1", "own 2"]);
    let ambiguous = "the kernel has several of this name, which differ from each other";
    assert_eq!(differing, [ambiguous]);
}

/// Functions, variables and tags are things of their module, whatever the kernel has.
#[test]
fn functions_and_variables_stay() {
    let types = |b: &mut Builder, int: u32| {
        let proto = b.proto(int, &[("a", int)]);
        let func = b.func("shared", proto);
        let var = b.var("counter", int);
        let name = b.string(".data");
        b.raw(name, Kind::Datasec as u32, false, 1, 4, &[var, 0, 4]);
        let tag = b.string("bpf_kfunc");
        b.raw(tag, Kind::DeclTag as u32, false, 0, func, &[u32::MAX]);
    };
    let mut k = kernel();
    types(&mut k, INT);
    let mut m = Builder::new();
    let int = m.int("int", 4, 1);
    types(&mut m, int);
    let (new, differing) = outcome(&k, &m);
    assert_eq!(
        new,
        ["kernel 1", "own 0", "own 1", "own 2", "own 3", "own 4"]
    );
    assert!(differing.is_empty());
}

/// A kernel sorts its types by name; the module's stay in their order.
#[test]
fn sorted_or_not() {
    let mut k = Builder::new();
    k.string(&"long".repeat(500));
    k.ptr(3);
    let int = k.next();
    k.int("int", 4, 1);
    k.composite(
        Kind::Struct,
        "task",
        16,
        &[("pid", int, 0), ("parent", 1, 64)],
    );
    let mut m = Builder::new();
    let own = m.int("int", 4, 1);
    task(&mut m, own);
    m.composite(Kind::Struct, "zebra", 4, &[("a", own, 0)]);
    m.composite(Kind::Struct, "ant", 4, &[("a", own, 0)]);
    let new = outcome(&k, &m).0;
    assert_eq!(new, ["kernel 2", "kernel 3", "kernel 1", "own 0", "own 1"]);
}
