// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Types that are not what they were.

use super::{
    common::builder::Builder,
    diff,
    told, //
};
use btf_reconcile::{
    btf::Kind,
    diff::Shape, //
};

/// A kernel with a struct of these members; type 1 is `int`, 2 `long`, 3 a pointer to `int`, 4 to
/// `long`.
fn with(size: u32, members: &[(&str, u32, u32)]) -> Builder {
    let mut kernel = Builder::new();
    kernel.int("int", 4, 1);
    kernel.int("long", 8, 1);
    kernel.ptr(1);
    kernel.ptr(2);
    kernel.composite(Kind::Struct, "foo", size, members);
    kernel
}

#[test]
fn members() {
    let old = with(16, &[("a", 1, 0), ("b", 1, 32), ("p", 3, 64)]);
    for (size, members, expected) in [
        (
            24,
            &[("a", 1, 0), ("b", 1, 32), ("p", 3, 64)][..],
            "has 24 bytes, had 16",
        ),
        (16, &[("a", 1, 0), ("p", 3, 64)], "has 2 members, had 3 -b"),
        (
            16,
            &[("a", 1, 0), ("b", 1, 32), ("p", 3, 64), ("c", 1, 128)],
            "has 4 members, had 3 +c",
        ),
        (
            16,
            &[("a", 1, 0), ("c", 1, 32), ("p", 3, 64)],
            "has member 'c' where it had member 'b' -b +c",
        ),
        (
            16,
            &[("b", 1, 0), ("a", 1, 32), ("p", 3, 64)],
            "has member 'b' where it had member 'a' ~b ~a",
        ),
        (
            16,
            &[("a", 1, 0), ("b", 1, 40), ("p", 3, 96)],
            "has member 'b' at byte 5, had it at byte 4 ~b ~p",
        ),
        (
            16,
            &[("a", 1, 0), ("b", 1, 33), ("p", 3, 64)],
            "has member 'b' at bit 33, had it at byte 4 ~b",
        ),
        (
            16,
            &[("a", 1, 0), ("b", 2, 32), ("p", 4, 64)],
            "member 'b' is 'long', was 'int' ?b ?p",
        ),
        (
            16,
            &[("a", 1, 0), ("b", 1, 32), ("p", 0, 64)],
            "member 'p' is 'void', was 'int *' ?p",
        ),
    ] {
        let new = with(size, members);
        assert_eq!(told(&old, &new), [format!("~ struct foo: {expected}")]);
    }
}

#[test]
fn what_a_member_was_and_is_is_told() {
    let diff = diff(
        &with(16, &[("a", 1, 0), ("p", 3, 64)]),
        &with(16, &[("p", 4, 0)]),
    );
    let [item] = &diff.items[..] else {
        panic!("{:?}", diff.items);
    };
    let shape = |bit, of: &str| {
        Some(Shape::Member {
            bit,
            bits: 0,
            of: of.to_owned(),
        })
    };
    let shapes: Vec<_> = item
        .parts
        .iter()
        .map(|p| (p.old.clone(), p.new.clone()))
        .collect();
    assert_eq!(
        shapes,
        [
            (shape(0, "int"), None),
            (shape(64, "int *"), shape(0, "long *"))
        ]
    );
    let sizes = [&item.old, &item.new].map(|version| version.as_ref().unwrap().size);
    assert_eq!(sizes, [Some(16), Some(16)]);
}

#[test]
fn bitfields() {
    let with = |bits: u32| {
        let mut kernel = Builder::new();
        kernel.int("int", 4, 1);
        let members = [("a", 1, bits << 24)];
        kernel.composite_flagged(Kind::Struct, true, "foo", 4, &members);
        kernel
    };
    assert_eq!(
        told(&with(3), &with(5)),
        ["~ struct foo: has 5 bits for member 'a', had 3; 0 is no bitfield ~a"]
    );
    // How it is told where members lie does not matter.
    assert!(told(&with(0), &{
        let mut kernel = Builder::new();
        kernel.int("int", 4, 1);
        kernel.composite(Kind::Struct, "foo", 4, &[("a", 1, 0)]);
        kernel
    })
    .is_empty());
}

#[test]
fn members_of_what_has_no_name_are_those_around_it() {
    let with = |inner: &[(&str, u32, u32)], at: u32| {
        let mut kernel = Builder::new();
        kernel.int("int", 4, 1);
        kernel.composite(Kind::Union, "", 8, inner);
        kernel.composite(Kind::Struct, "foo", 16, &[("n", 1, 0), ("", 2, at)]);
        kernel
    };
    let old = with(&[("a", 1, 0), ("b", 1, 32)], 64);
    assert_eq!(
        told(&old, &with(&[("a", 1, 0), ("c", 1, 32)], 64)),
        ["~ struct foo: has member 'c' where it had member 'b' -b +c"]
    );
    assert_eq!(
        told(&old, &with(&[("a", 1, 0), ("b", 1, 32)], 32)),
        ["~ struct foo: has a member without a name at byte 4, had it at byte 8 ~a ~b"]
    );
}

#[test]
fn what_is_in_a_member_is_looked_into() {
    let with = |of: u32| {
        let mut kernel = Builder::new();
        kernel.int("int", 4, 1);
        kernel.int("u32", 4, 0);
        kernel.composite(Kind::Struct, "", 4, &[("x", of, 0)]);
        kernel.ptr(3);
        kernel.composite(Kind::Struct, "foo", 16, &[("in", 3, 0), ("to", 4, 64)]);
        kernel
    };
    assert_eq!(
        told(&with(1), &with(2)),
        ["~ struct foo: member 'in': member 'x' is 'u32', was 'int' ?in ?to"]
    );
}

#[test]
fn values() {
    let with = |values: &[(&str, u32)]| {
        let mut kernel = Builder::new();
        kernel.enumeration("foo", 4, values);
        kernel
    };
    let old = with(&[("A", 0), ("B", 1), ("C", 2)]);
    for (values, expected) in [
        (&[("A", 0), ("B", 1)][..], "has 2 values, had 3 -C"),
        (
            &[("A", 0), ("X", 1), ("B", 2), ("C", 3)],
            "has 4 values, had 3 ~B ~C +X",
        ),
        (
            &[("A", 0), ("B", 7), ("C", 2)],
            "has value 'B' = 7, had 1 ~B",
        ),
        (
            &[("A", 0), ("D", 1), ("C", 2)],
            "has value 'D' where it had value 'B' -B +D",
        ),
    ] {
        assert_eq!(
            told(&old, &with(values)),
            [format!("~ enum foo: {expected}")]
        );
    }
    let mut wide = Builder::new();
    wide.enum64("foo", &[("A", 0), ("B", 1), ("C", 1 << 40)]);
    assert_eq!(
        told(&old, &wide),
        ["~ enum foo: is of kind ENUM64, was ENUM ~C"]
    );
}

#[test]
fn kinds() {
    let with = |make: fn(&mut Builder) -> u32| {
        let mut kernel = Builder::new();
        kernel.int("int", 4, 1);
        make(&mut kernel);
        kernel
    };
    let strct = with(|k| k.composite(Kind::Struct, "foo", 4, &[("a", 1, 0)]));
    let union = with(|k| k.composite(Kind::Union, "foo", 4, &[("a", 1, 0)]));
    let fwd = with(|k| k.fwd("foo", false));
    let number = with(|k| k.int("foo", 4, 1));
    let other = with(|k| k.int("foo", 4, 0));
    for (old, new, expected) in [
        (
            &strct,
            &union,
            &["~ union foo: is of kind UNION, was STRUCT"][..],
        ),
        (
            &fwd,
            &strct,
            &["~ struct foo: is defined, was only declared"],
        ),
        (
            &strct,
            &fwd,
            &["~ struct foo: is only declared, was defined"],
        ),
        (&strct, &number, &["- struct foo", "+ integer foo"]),
        (&number, &other, &["~ integer foo: is encoded otherwise"]),
    ] {
        assert_eq!(told(old, new), expected);
    }
}

#[test]
fn typedefs() {
    let with = |of: u32| {
        let mut kernel = Builder::new();
        kernel.int("int", 4, 1); // 1
        kernel.int("long", 8, 1); // 2
        kernel.composite(Kind::Struct, "", 4, &[("a", 1, 0)]); // 3
        kernel.composite(Kind::Struct, "", 4, &[("b", 1, 0)]); // 4
        kernel.typedef("foo_t", of);
        kernel
    };
    assert_eq!(
        told(&with(1), &with(2)),
        ["~ typedef foo_t: is 'long', was 'int'"]
    );
    assert_eq!(
        told(&with(3), &with(4)),
        ["~ typedef foo_t: has member 'b' where it had member 'a'"]
    );
    assert_eq!(
        told(&with(0), &with(1)),
        ["~ typedef foo_t: is 'int', was 'void'"]
    );
}
