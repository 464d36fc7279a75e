// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! BTF that would pass its own struct for the kernel's: the two are one down to some leaf.

use super::{
    kernel,
    outcome,
    Builder,
    Kind, //
};

/// Adds what `struct root` leads to, as the kernel has it or with something changed; gives the type
/// that it leads to. The first argument after that is the integer `int`.
type Make = fn(&mut Builder, u32, bool) -> u32;

/// Adds `struct root`, from which three structs and three pointers lead to what `make` gives.
fn root(b: &mut Builder, int: u32, make: Make, is_changed: bool) -> u32 {
    let mut of = make(b, int, is_changed);
    for name in ["inner", "middle", "outer"] {
        of = b.composite(Kind::Struct, name, 16, &[("n", int, 0), ("it", of, 64)]);
        of = b.reference(Kind::Const, "", of);
        of = b.ptr(of);
    }
    b.composite(Kind::Struct, "root", 8, &[("it", of, 0)])
}

/// Whether the root is the kernel's, with and without the change.
fn is_kernels(make: Make) -> (bool, bool) {
    let mut k = kernel();
    let of_kernel = root(&mut k, super::INT, make, false);
    let changed = |is_changed| {
        let mut m = Builder::new();
        let int = m.int("int", 4, 1);
        let id = root(&mut m, int, make, is_changed);
        let (new, _) = outcome(&k, &m);
        let new = &new[id as usize - 1];
        assert!(*new == format!("kernel {of_kernel}") || new.starts_with("own"));
        new.starts_with("kernel")
    };
    (changed(false), changed(true))
}

/// An 8-byte type, behind a pointer.
fn pointed(b: &mut Builder, of: u32) -> u32 {
    b.ptr(of)
}

const LEAVES: [(&str, Make); 26] = [
    ("name of a member", |b, int, changed| {
        let name = if changed { "b" } else { "a" };
        b.composite(Kind::Struct, "leaf", 8, &[(name, int, 0)])
    }),
    ("place of a member", |b, int, changed| {
        let at = if changed { 32 } else { 0 };
        b.composite(Kind::Struct, "leaf", 8, &[("a", int, at)])
    }),
    ("one member more", |b, int, changed| {
        let members = [("a", int, 0), ("b", int, 32)];
        let count = if changed { 2 } else { 1 };
        b.composite(Kind::Struct, "leaf", 8, &members[..count])
    }),
    ("order of members", |b, int, changed| {
        let names = if changed { ["b", "a"] } else { ["a", "b"] };
        let members = names.map(|name| (name, int, 0));
        b.composite(Kind::Union, "leaf", 8, &members)
    }),
    ("size", |b, int, changed| {
        let size = if changed { 4 } else { 8 };
        b.composite(Kind::Struct, "leaf", size, &[("a", int, 0)])
    }),
    ("struct or union", |b, int, changed| {
        let kind = if changed { Kind::Union } else { Kind::Struct };
        b.composite(kind, "leaf", 8, &[("a", int, 0)])
    }),
    ("name of a struct", |b, int, changed| {
        let name = if changed { "other" } else { "leaf" };
        b.composite(Kind::Struct, name, 8, &[("a", int, 0)])
    }),
    ("anonymous struct", |b, int, changed| {
        let name = if changed { "b" } else { "a" };
        b.composite(Kind::Struct, "", 8, &[(name, int, 0)])
    }),
    ("size of a bitfield", |b, int, changed| {
        let bits = if changed { 4 } else { 3 };
        b.composite_flagged(Kind::Struct, true, "leaf", 8, &[("a", int, bits << 24)])
    }),
    ("place of a bitfield", |b, int, changed| {
        let at = (3 << 24) | u32::from(changed);
        b.composite_flagged(Kind::Struct, true, "leaf", 8, &[("a", int, at)])
    }),
    ("bitfield or not", |b, int, changed| {
        let at = if changed { 32 << 24 } else { 0 };
        b.composite_flagged(Kind::Struct, true, "leaf", 8, &[("a", int, at)])
    }),
    ("value of an enumeration", |b, _, changed| {
        let of = b.enumeration("leaf", 4, &[("A", 0), ("B", 1 + u32::from(changed))]);
        pointed(b, of)
    }),
    ("name of a value", |b, _, changed| {
        let name = if changed { "C" } else { "B" };
        let of = b.enumeration("leaf", 4, &[("A", 0), (name, 1)]);
        pointed(b, of)
    }),
    ("one value more", |b, _, changed| {
        let values = [("A", 0), ("B", 1)];
        let count = if changed { 2 } else { 1 };
        let of = b.enumeration("leaf", 4, &values[..count]);
        pointed(b, of)
    }),
    ("upper half of a value", |b, _, changed| {
        let value = if changed { 1 << 40 } else { 1 << 41 };
        let of = b.enum64("leaf", &[("A", value)]);
        pointed(b, of)
    }),
    ("length of an array", |b, int, changed| {
        let of = b.array(int, int, 2 + u32::from(changed));
        pointed(b, of)
    }),
    ("element of an array", |b, int, changed| {
        let other = b.int("unsigned int", 4, 0);
        let of = if changed { other } else { int };
        b.array(of, int, 2)
    }),
    ("encoding of an integer", |b, _, changed| {
        b.int("long int", 8, u32::from(!changed))
    }),
    ("name of an integer", |b, _, changed| {
        b.int(if changed { "long" } else { "long int" }, 8, 1)
    }),
    ("size of a float", |b, _, changed| {
        b.float("double", if changed { 4 } else { 8 })
    }),
    ("name of a typedef", |b, int, changed| {
        b.typedef(if changed { "b_t" } else { "a_t" }, int)
    }),
    ("qualifier", |b, int, changed| {
        let kind = if changed { Kind::Volatile } else { Kind::Const };
        let of = b.reference(kind, "", int);
        pointed(b, of)
    }),
    ("tag", |b, int, changed| {
        let tag = if changed { "user" } else { "rcu" };
        let of = b.reference(Kind::TypeTag, tag, int);
        pointed(b, of)
    }),
    ("argument of a function", |b, int, changed| {
        let other = b.int("unsigned int", 4, 0);
        let of = if changed { other } else { int };
        let of = b.proto(int, &[("a", int), ("b", of)]);
        pointed(b, of)
    }),
    ("result of a function", |b, int, changed| {
        let of = b.proto(if changed { 0 } else { int }, &[("a", int)]);
        pointed(b, of)
    }),
    ("one argument more", |b, int, changed| {
        let params = [("a", int), ("", 0)];
        let count = if changed { 2 } else { 1 };
        let of = b.proto(int, &params[..count]);
        pointed(b, of)
    }),
];

#[test]
fn a_difference_at_a_leaf_makes_all_of_it_the_modules_own() {
    for (what, make) in LEAVES {
        assert_eq!(is_kernels(make), (true, false), "{what}");
    }
}

/// What is declared is equal to what it declares, so that the root may be the kernel's. But what the
/// module defines by that name is not, nor is the declaration, nor who refers to the definition.
#[test]
fn a_declaration_passes_nothing() {
    let mut k = kernel();
    let leaf = k.composite(Kind::Struct, "leaf", 8, &[("a", super::INT, 0)]);
    let pointer = k.ptr(leaf);
    k.composite(Kind::Struct, "root", 8, &[("it", pointer, 0)]);
    k.composite(Kind::Struct, "holder", 8, &[("it", leaf, 0)]);

    let mut m = Builder::new();
    let int = m.int("int", 4, 1);
    let declared = m.fwd("leaf", false);
    let pointer = m.ptr(declared);
    m.composite(Kind::Struct, "root", 8, &[("it", pointer, 0)]);
    // The same size, and something else in it.
    let forged = m.composite(Kind::Struct, "leaf", 8, &[("forged", int, 0)]);
    m.composite(Kind::Struct, "holder", 8, &[("it", forged, 0)]);
    let pointer = m.ptr(forged);
    let user = m.composite(Kind::Struct, "root", 8, &[("it", pointer, 0)]);
    let proto = m.proto(0, &[("leaf", pointer), ("declared", declared)]);
    m.func("mine", proto);
    let (new, _) = outcome(&k, &m);
    let is_own = |id: u32| new[id as usize - 1].starts_with("own");
    assert!(is_own(declared) && is_own(forged) && is_own(forged + 1) && is_own(user));
    assert!(is_own(pointer));
}

/// Two of the module's are taken for one of the kernel's only if both of them are that.
#[test]
fn each_of_several_is_looked_at() {
    let mut k = kernel();
    k.composite(Kind::Struct, "leaf", 8, &[("a", super::INT, 0)]);
    for forged_first in [true, false] {
        let mut m = Builder::new();
        let int = m.int("int", 4, 1);
        let mut names = ["forged", "a"];
        if !forged_first {
            names.reverse();
        }
        for name in names {
            m.composite(Kind::Struct, "leaf", 8, &[(name, int, 0)]);
        }
        let (new, differing) = outcome(&k, &m);
        let kernels = format!("kernel {}", k.next() - 1);
        let (own, kernels) = (
            1 + usize::from(!forged_first),
            (kernels, 1 + usize::from(forged_first)),
        );
        assert_eq!(new[own], "own 0");
        assert_eq!(new[kernels.1], kernels.0);
        assert_eq!(differing.len(), 1);
    }
}

/// A chain that is as long as BTF gets is followed to its end.
#[test]
fn a_difference_counts_at_any_depth() {
    let chain = |b: &mut Builder, int: u32, last: &str| {
        let mut of = b.composite(Kind::Struct, "last", 4, &[(last, int, 0)]);
        for nth in 0..5000 {
            let pointer = b.ptr(of);
            of = b.composite(Kind::Struct, &format!("s{nth}"), 8, &[("it", pointer, 0)]);
        }
        of
    };
    let mut k = kernel();
    let root = chain(&mut k, super::INT, "a");
    for (last, equal) in [("a", true), ("b", false)] {
        let mut m = Builder::new();
        let int = m.int("int", 4, 1);
        let id = chain(&mut m, int, last);
        let new = outcome(&k, &m).0;
        assert_eq!(new[id as usize - 1] == format!("kernel {root}"), equal);
    }
}
