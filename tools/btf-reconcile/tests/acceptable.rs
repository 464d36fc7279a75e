// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the kernel takes for BTF, and what it says where it does not.

mod common;

use btf_reconcile::btf::{
    acceptable,
    Btf,
    Fault,
    Kind,
    Place,
    Section, //
};
use common::builder::Builder;

/// What the kernel says of `split` from `base`, and of which type.
fn verdict(base: &Builder, split: &Builder) -> Option<(Place, &'static str)> {
    let (base, split) = (base.bytes(), split.bytes());
    let base = Btf::parse(&base, Section::Vmlinux).unwrap();
    let btf = Btf::parse_split(&split, &base).unwrap();
    let error = acceptable(&split, Some(&base), &btf).err()?;
    match error.fault {
        Fault::Kernel(what) => Some((error.place, what)),
        fault => panic!("{fault:?}"),
    }
}

fn base() -> Builder {
    let mut base = Builder::new();
    base.int("long unsigned int", 8, 0);
    base
}

/// A struct of this name with a member of that one, after a type whose name is `other`.
fn named(other: &str, name: &str, member: &str) -> Option<(Place, &'static str)> {
    let base = base();
    let mut split = Builder::split(&base);
    split.int(other, 4, 0);
    split.composite(Kind::Struct, name, 8, &[(member, 1, 0)]);
    verdict(&base, &split)
}

#[test]
fn names() {
    let wrong = Some((Place::Type(3), "Invalid name"));
    // What an integer is called is not asked, but it is one of the strings.
    for other in ["int", "unsigned int", "\u{fc}"] {
        assert_eq!(named(other, "s", "m"), None);
        assert_eq!(named(other, "", ""), None);
        assert_eq!(named(other, ".s_1", "_"), None);
        assert_eq!(named(other, &"s".repeat(511), "m"), None);
        for bad in ["1s", "s s", "s-", "\u{e9}"] {
            assert_eq!(named(other, bad, "m"), wrong, "{bad}");
            assert_eq!(named(other, "s", bad), wrong, "{bad}");
        }
    }
    let there = Some((Place::Type(2), "Invalid name_offset"));
    assert_eq!(named(&"x".repeat(512), "s", "m"), there);
    let too_long = "s".repeat(512);
    let there = Some((Place::Type(3), "Invalid name_offset"));
    assert_eq!(named("int", &too_long, "m"), there);
    let there = Some((Place::Type(3), "Invalid member name_offset"));
    assert_eq!(named("int", "s", &too_long), there);
    // Inside of a string another one starts.
    let base = base();
    let mut split = Builder::split(&base);
    let s1 = split.string("s1");
    split.raw(s1, Kind::Struct as u32, false, 0, 0, &[]);
    split.raw(s1 + 1, Kind::Struct as u32, false, 0, 0, &[]);
    assert_eq!(verdict(&base, &split), wrong);
    // Its NUL is a name that is empty, and that is not the same as none.
    let mut split = Builder::split(&base);
    let s1 = split.string("s1");
    split.raw(s1 + 2, Kind::Struct as u32, false, 0, 0, &[]);
    assert_eq!(
        verdict(&base, &split),
        Some((Place::Type(2), "Invalid name"))
    );
    let mut split = Builder::split(&base);
    let s1 = split.string("s1");
    split.raw(s1 + 3, Kind::Struct as u32, false, 0, 0, &[]);
    let outside = Some((Place::Type(2), "Invalid name_offset"));
    assert_eq!(verdict(&base, &split), outside);
    // A name of the base, and its last word.
    for (off, wanted) in [(1, Some((Place::Type(2), "Invalid name"))), (15, None)] {
        let mut split = Builder::split(&base);
        split.raw(off, Kind::Struct as u32, false, 0, 0, &[]);
        assert_eq!(verdict(&base, &split), wanted);
    }
}

#[test]
fn values_have_names() {
    let base = base();
    let of = |name: &str| {
        let mut split = Builder::split(&base);
        let name = split.string(name);
        split.raw(0, Kind::Enum as u32, false, 2, 4, &[1, 0, name, 1]);
        verdict(&base, &split)
    };
    // The first one's is "long unsigned int".
    assert_eq!(of("A"), Some((Place::Type(2), "Invalid name")));
    let mut split = Builder::split(&base);
    let (a, b) = (split.string("A"), split.string("B"));
    split.raw(0, Kind::Enum as u32, false, 2, 4, &[a, 0, b, 1]);
    assert_eq!(verdict(&base, &split), None);
    split.raw(0, Kind::Enum as u32, false, 2, 4, &[a, 0, 0, 1]);
    assert_eq!(
        verdict(&base, &split),
        Some((Place::Type(3), "Invalid name"))
    );
    let mut split = Builder::split(&base);
    split.raw(0, Kind::Enum as u32, false, 1, 4, &[9999, 0]);
    let outside = Some((Place::Type(2), "Invalid name_offset"));
    assert_eq!(verdict(&base, &split), outside);
}

/// A chain of so many modifiers that ends at type `to`.
fn chain(b: &mut Builder, links: u32, to: u32) -> u32 {
    (0..links).fold(to, |to, _| b.reference(Kind::Const, "", to))
}

/// The same, the outermost first.
fn chain_ahead(b: &mut Builder, first: u32, links: u32, to: u32) {
    for id in first..first + links {
        let next = if id + 1 < first + links { id + 1 } else { to };
        b.reference(Kind::Const, "", next);
    }
}

#[test]
fn chains() {
    let too_long = "Max chain length or cycle detected";
    // As each link is found good before the next one.
    let base = base();
    let mut split = Builder::split(&base);
    chain(&mut split, 100, 1);
    assert_eq!(verdict(&base, &split), None);
    for (links, wanted) in [(32, None), (33, Some((Place::Type(2), too_long)))] {
        let mut split = Builder::split(&base);
        chain_ahead(&mut split, 2, links, 1);
        assert_eq!(verdict(&base, &split), wanted, "{links} links");
    }
    // The base is good, but its first link counts.
    let mut base = base;
    let end = chain(&mut base, 5, 1);
    for (links, wanted) in [(31, None), (32, Some((Place::Type(7), too_long)))] {
        let mut split = Builder::split(&base);
        chain_ahead(&mut split, 7, links, end);
        assert_eq!(verdict(&base, &split), wanted, "{links} links");
    }
    // A cycle, and one that is entered from outside.
    for links in [1, 2, 40] {
        let mut split = Builder::split(&base);
        chain_ahead(&mut split, 7, links, 7);
        let found = Some((Place::Type(7), too_long));
        assert_eq!(verdict(&base, &split), found, "cycle of {links}");
    }
    let mut split = Builder::split(&base);
    split.reference(Kind::Const, "", 8);
    chain_ahead(&mut split, 8, 2, 8);
    assert_eq!(verdict(&base, &split), Some((Place::Type(7), too_long)));
}
