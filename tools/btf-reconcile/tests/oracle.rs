// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The oracle by itself, on BTF made by hand: what is judged by it has to be judged rightly.

mod common;

use btf_reconcile::btf::Kind;
use common::{
    builder::Builder,
    oracle::{
        ids::{
            self,
            symbol,
            Symbol, //
        },
        integers::are_one_type,
        plan,
        Copies,
        Decision,
        Equal,
        Form,
        How,
        Reason,
        Types, //
    }, //
};

#[test]
fn names_of_integers() {
    assert!(are_one_type(
        b"long long unsigned int",
        b"unsigned long long"
    ));
    assert!(are_one_type(b"short", b"short int"));
    assert!(are_one_type(b"bool", b"_Bool"));
    assert!(!are_one_type(b"int", b"int"));
    assert!(!are_one_type(b"unsigned long", b"long"));
    assert!(!are_one_type(b"u8", b"unsigned char"));
}

/// Adds a struct that leads through so many pointers to an integer of this encoding.
fn deep(b: &mut Builder, levels: u32, encoding: u32) -> u32 {
    let mut of = b.int("int", 4, encoding);
    for level in 0..levels {
        let to = b.ptr(of);
        of = b.composite(Kind::Struct, &format!("s{level}"), 8, &[("to", to, 0)]);
    }
    of
}

#[test]
fn a_difference_counts_at_any_depth() {
    let mut b = Builder::new();
    let (one, same, other) = (deep(&mut b, 9, 0), deep(&mut b, 9, 0), deep(&mut b, 9, 1));
    let bytes = b.bytes();
    let types = Types::read(&bytes, None).unwrap();
    let mut equal = Equal::within(&types);
    assert!(equal.equal(one, same));
    assert!(!equal.equal(one, other));
}

#[test]
fn rings_are_equal_if_nothing_differs() {
    let ring = |b: &mut Builder, last: &str| {
        let first = b.next();
        b.composite(Kind::Struct, "a", 8, &[("b", first + 1, 0)]);
        b.ptr(first + 2);
        b.composite(
            Kind::Struct,
            "b",
            16,
            &[("a", first + 3, 0), (last, first + 3, 64)],
        );
        b.ptr(first);
        first
    };
    let mut b = Builder::new();
    let (one, same, other) = (ring(&mut b, "x"), ring(&mut b, "x"), ring(&mut b, "y"));
    let bytes = b.bytes();
    let types = Types::read(&bytes, None).unwrap();
    let mut equal = Equal::within(&types);
    assert!(equal.equal(one, same));
    assert!(!equal.equal(one, other));
    assert!(!equal.equal(one + 2, other + 2));
}

#[test]
fn a_declaration_is_as_good_below_a_pointer_only() {
    let mut b = Builder::new();
    let defined = b.composite(Kind::Struct, "a", 8, &[]);
    let declared = b.fwd("a", false);
    let union = b.fwd("a", true);
    let mut below = |of| {
        let konst = b.reference(Kind::Const, "", of);
        (konst, b.ptr(konst), b.array(of, 0, 1))
    };
    let (d, f, u) = (below(defined), below(declared), below(union));
    let bytes = b.bytes();
    let types = Types::read(&bytes, None).unwrap();
    let mut equal = Equal::within(&types);
    assert!(equal.equal(d.1, f.1));
    assert!(!equal.equal(d.0, f.0));
    assert!(!equal.equal(d.2, f.2));
    assert!(!equal.equal(d.1, u.1));
}

/// What becomes of a struct of 8 bytes, of which the kernel's has 16, that lies in so many arrays.
fn in_arrays(count: u32, is_embedded: bool) -> Decision {
    let mut kernel = Builder::new();
    kernel.strct("foo", 16);
    let mut base = Builder::new();
    base.strct("foo", 8);
    let mut split = Builder::split(&base);
    let mut of = 1;
    for _ in 0..count {
        of = split.array(of, 0, 1);
    }
    if is_embedded {
        split.var("it", of);
    } else {
        split.ptr(of);
    }
    let kernel = Types::read(&kernel.bytes(), None).unwrap();
    let base = Types::read(&base.bytes(), None).unwrap();
    let split = Types::read(&split.bytes(), Some(&base)).unwrap();
    plan(&kernel, &split, Form::Base).remove(0)
}

#[test]
fn embedded_at_any_depth() {
    let carried = Decision::Carried([Reason::Size(16)].into());
    assert_eq!(in_arrays(0, false), Decision::Mapped(1, How::Resized(16)));
    for count in [0, 1, 32, 500] {
        assert_eq!(in_arrays(count, true), carried, "{count}");
    }
    // An array has its elements in it, whoever points to that.
    assert_eq!(in_arrays(1, false), carried);
}

#[test]
fn copies_lead_to_copies() {
    let mut kernel = Builder::new();
    let a = deep(&mut kernel, 2, 0);
    let mut split = Builder::split(&kernel);
    let own = deep(&mut split, 2, 0);
    let kernel = Types::read(&kernel.bytes(), None).unwrap();
    let split = Types::read(&split.bytes(), Some(&kernel)).unwrap();
    let mut copies = Copies::find(&split);
    assert_eq!(copies.of_named(own), Some(a));
    assert_eq!(copies.led_to().len(), 2, "the pointers");
    assert!(copies.may_be(own - 1, a - 1));
    assert!(!copies.may_be(own - 1, a - 3));
    assert!(copies.differing().is_empty());
}

#[test]
fn ids_by_their_symbols() {
    let mut b = Builder::new();
    let (alpha, beta) = (b.strct("alpha", 4), b.strct("beta", 4));
    let types = Types::read(&b.bytes(), None).unwrap();
    let one = [symbol("struct__alpha__1", 0, 4)];
    let set = symbol("set__s", 4, 12);
    let new = |id: u32| 10 - id;
    let based =
        |words: &[u32], symbols: &[Symbol]| ids::remapped(words, symbols, &types, Some(&new));
    let plain = |words: &[u32], symbols: &[Symbol]| ids::remapped(words, symbols, &types, None);
    // Translated, and sorted by the new ids.
    let both = [one[0].clone(), set];
    let words = [alpha, 2, alpha, beta];
    assert_eq!(
        based(&words, &both).words.unwrap(),
        [new(alpha), 2, new(beta), new(alpha)]
    );
    assert!(based(&words, &both).or_withheld);
    // Of another type, or of none.
    assert_eq!(based(&[beta], &one).words, None);
    assert_eq!(plain(&[9], &one).words, None);
    // Under no symbol.
    assert_eq!(based(&[alpha, beta], &one).words, None);
    assert!(plain(&[alpha, beta], &one).words.is_some());
    // Never resolved.
    assert_eq!(based(&[0, 0, 0, 0], &both).words.unwrap(), [0, 0, 0, 0]);
    assert_eq!(based(&[0, 0, beta, 0], &both).words, None);
}
