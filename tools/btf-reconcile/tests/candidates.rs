// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Several types of the kernel that fit: one type, or ambiguous.

mod common;

use btf_reconcile::btf::{
    Decision,
    Kind,
    Reason,
    MAX_RIVALS, //
};
use common::{
    builder::Builder,
    decide::{
        decide,
        exact,
        Use, //
    }, //
};

/// A struct `foo` of four bytes in the base.
fn foo4(b: &mut Builder) {
    b.strct("foo", 4);
}

#[test]
fn identical_definitions_are_one() {
    let twice = |b: &mut Builder, other: u32| {
        let int = b.int("int", 4, 1);
        let ptr = b.ptr(int);
        b.composite(Kind::Struct, "foo", 16, &[("a", int, 0), ("b", ptr, 64)]);
        let ptr = b.ptr(int);
        b.composite(Kind::Struct, "foo", 16, &[("a", int, 0), ("b", ptr, other)]);
    };
    let built = |b: &mut Builder| {
        b.strct("foo", 16);
    };
    let decision = decide(built, Use::ByValue, |k| twice(k, 64));
    assert_eq!(decision, exact(3));
    let decision = decide(built, Use::ByValue, |k| twice(k, 32));
    assert_eq!(decision, Decision::Carried(Reason::Ambiguous));
}

/// Makes a type that may be made of `int`.
type Make = fn(&mut Builder, u32) -> u32;

/// A kernel that has `ctx` several times, each leading through a pointer to its own `priv`, which
/// `inner` makes.
fn twins(k: &mut Builder, inner: &[Make]) {
    let int = k.int("int", 4, 1);
    for make in inner {
        let inner = make(k, int);
        let to_inner = k.ptr(inner);
        let to_const = k.reference(Kind::Const, "", to_inner);
        k.composite(Kind::Struct, "ctx", 8, &[("priv", to_const, 0)]);
    }
}

fn ctx8(b: &mut Builder) {
    b.strct("ctx", 8);
}

fn two_numbers(k: &mut Builder, int: u32) -> u32 {
    k.composite(Kind::Struct, "priv", 8, &[("a", int, 0), ("b", int, 32)])
}

fn one_pointer(k: &mut Builder, _: u32) -> u32 {
    let pointer = k.ptr(0);
    k.composite(Kind::Struct, "priv", 8, &[("pointer", pointer, 0)])
}

fn declared_only(k: &mut Builder, _: u32) -> u32 {
    k.fwd("priv", false)
}

/// Two structs of the kernel that lead by pointer to two others which share a name and a size but
/// nothing else are not one: which of them a module means can't be told.
#[test]
fn twins_whose_targets_differ_are_ambiguous() {
    let decision = decide(ctx8, Use::ByPointer, |k| {
        twins(k, &[two_numbers, one_pointer]);
    });
    assert_eq!(decision, Decision::Carried(Reason::Ambiguous));
    let decision = decide(ctx8, Use::ByPointer, |k| {
        twins(k, &[two_numbers, two_numbers]);
    });
    assert_eq!(decision, exact(5));
}

/// The same three levels down, for whatever names the type in the base.
#[test]
fn twins_that_differ_far_below_are_ambiguous() {
    let running = |k: &mut Builder, last: [&str; 2]| {
        let int = k.int("int", 4, 1);
        for name in last {
            let leaf = k.composite(Kind::Struct, "leaf", 4, &[(name, int, 0)]);
            let pointer = k.ptr(leaf);
            let middle = k.composite(Kind::Struct, "middle", 8, &[("leaf", pointer, 0)]);
            let pointer = k.ptr(middle);
            let proto = k.proto(0, &[("m", pointer)]);
            let pointer = k.ptr(proto);
            k.composite(Kind::Struct, "ctx", 8, &[("call", pointer, 0)]);
        }
    };
    let fwd = |b: &mut Builder| {
        b.fwd("ctx", false);
    };
    for built in [ctx8, fwd] {
        let decision = decide(built, Use::ByPointer, |k| running(k, ["a", "b"]));
        assert_eq!(decision, Decision::Carried(Reason::Ambiguous));
        let decision = decide(built, Use::ByPointer, |k| running(k, ["a", "a"]));
        assert!(matches!(decision, Decision::Mapped(id, _) if id.number() == 8));
    }
}

/// A declaration may be of either of two that differ: it makes them no more one than they were,
/// wherever it stands.
#[test]
fn a_declaration_between_two_that_differ_does_not_join_them() {
    let orders: [[Make; 3]; 3] = [
        [declared_only, two_numbers, one_pointer],
        [two_numbers, declared_only, one_pointer],
        [two_numbers, one_pointer, declared_only],
    ];
    for inner in orders {
        let decision = decide(ctx8, Use::ByPointer, |k| twins(k, &inner));
        assert_eq!(decision, Decision::Carried(Reason::Ambiguous));
    }
    let decision = decide(ctx8, Use::ByPointer, |k| {
        twins(k, &[declared_only, two_numbers]);
    });
    assert_eq!(decision, exact(5));
}

/// A struct that the kernel has twice is one, however many nameless members it has.
#[test]
fn twins_of_many_nameless_members_are_one() {
    let running = |k: &mut Builder, last: u32| {
        let int = k.int("int", 4, 1);
        for last in [0, last] {
            let unions: Vec<u32> = (0..300)
                .map(|n| {
                    let at = if n == 299 { last } else { 0 };
                    let members = [("a", int, 0), ("b", int, at)];
                    k.composite(Kind::Union, "", 8, &members)
                })
                .collect();
            let members: Vec<_> = (0..)
                .zip(&unions)
                .map(|(n, &of)| ("", of, n * 64))
                .collect();
            k.composite(Kind::Struct, "big", 2400, &members);
        }
    };
    let built = |b: &mut Builder| {
        b.strct("big", 2400);
    };
    assert_eq!(decide(built, Use::ByValue, |k| running(k, 0)), exact(302));
    let decision = decide(built, Use::ByValue, |k| running(k, 32));
    assert_eq!(decision, Decision::Carried(Reason::Ambiguous));
}

/// More than are compared are ambiguous, alike or not.
#[test]
fn too_many_candidates_are_ambiguous() {
    let running = |k: &mut Builder, count| {
        let int = k.int("int", 4, 1);
        for _ in 0..count {
            k.composite(Kind::Struct, "foo", 4, &[("a", int, 0)]);
        }
    };
    let most = MAX_RIVALS;
    let decision = decide(foo4, Use::ByPointer, |k| running(k, most));
    assert_eq!(decision, exact(2));
    let decision = decide(foo4, Use::ByPointer, |k| running(k, most + 1));
    assert_eq!(decision, Decision::Carried(Reason::Ambiguous));
    let decision = decide(foo4, Use::ByPointer, |k| running(k, 1000));
    assert_eq!(decision, Decision::Carried(Reason::Ambiguous));
}

/// Of several of another size, the size says nothing of which is meant.
#[test]
fn several_of_another_size_are_ambiguous() {
    let decision = decide(foo4, Use::ByPointer, |k| {
        k.strct("foo", 8);
        k.strct("foo", 16);
    });
    assert_eq!(decision, Decision::Carried(Reason::Ambiguous));
}

#[test]
fn enumerations_that_differ_are_ambiguous() {
    let built = |b: &mut Builder| {
        b.enumeration("e", 4, &[]);
    };
    let decision = decide(built, Use::ByValue, |k| {
        k.enumeration("e", 4, &[("A", 1)]);
        k.enumeration("e", 4, &[("A", 2)]);
    });
    assert_eq!(decision, Decision::Carried(Reason::Ambiguous));
    let decision = decide(built, Use::ByValue, |k| {
        k.enumeration("e", 4, &[]);
        k.enumeration("e", 4, &[("A", 1)]);
        k.enumeration("e", 4, &[("A", 1)]);
    });
    assert_eq!(decision, exact(2));
}
