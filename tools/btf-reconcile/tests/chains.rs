// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Chains of modifiers, and types that embed themselves.

mod common;

use btf_reconcile::{
    btf::{
        acceptable,
        Btf,
        Fault,
        Kernel,
        Kind,
        New,
        Place, //
    },
    facade,
};
use common::{
    builder::Builder,
    refusals::{
        base,
        refusal,
        wrong, //
    }, //
};

/// The largest id.
const MOST: u32 = 0xf_ffff;

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
fn chains_of_modifiers() {
    let too_long = "Max chain length or cycle detected";
    // As each link is found good before the next one.
    let base = base();
    let mut split = Builder::split(&base);
    chain(&mut split, 100, 1);
    assert_eq!(refusal(&base, &split), None);
    for (links, wanted) in [(32, None), (33, Some((2, too_long)))] {
        let mut split = Builder::split(&base);
        chain_ahead(&mut split, 2, links, 1);
        assert_eq!(refusal(&base, &split), wanted, "{links} links");
        let mut split = Builder::split(&base);
        chain_ahead(&mut split, 2, links, 0);
        assert_eq!(refusal(&base, &split), wanted, "{links} links to void");
    }
    // The base is good, but its first link counts.
    let mut base = base;
    let end = chain(&mut base, 5, 1);
    for (links, wanted) in [(31, None), (32, Some((7, too_long)))] {
        let mut split = Builder::split(&base);
        chain_ahead(&mut split, 7, links, end);
        assert_eq!(refusal(&base, &split), wanted, "{links} links");
    }
    // A cycle, and one that is entered from outside.
    for links in [1, 2, 40] {
        let mut split = Builder::split(&base);
        chain_ahead(&mut split, 7, links, 7);
        let found = Some((7, too_long));
        assert_eq!(refusal(&base, &split), found, "cycle of {links}");
    }
    let mut split = Builder::split(&base);
    split.reference(Kind::Const, "", 8);
    chain_ahead(&mut split, 8, 2, 8);
    assert_eq!(refusal(&base, &split), Some((7, too_long)));
}

/// A modifier has to lead to a type, other references do not.
#[test]
fn modifiers_lead_to_types() {
    let base = base();
    for (kind, id, fits) in [
        (Kind::Const, 2, true),
        (Kind::Const, 3, true),
        (Kind::Const, 4, false),
        (Kind::Const, MOST, false),
        (Kind::Ptr, 4, true),
        (Kind::Ptr, MOST, true),
    ] {
        let mut split = Builder::split(&base);
        split.int("int", 4, 0);
        split.reference(kind, "", if id == 3 { 2 } else { id });
        let fault = Fault::Reference { id, end: 4 };
        let wanted = (!fits).then_some((Place::Type(3), fault));
        assert_eq!(wrong(&base, &split.bytes()), wanted, "{kind:?} {id}");
    }
}

/// What embeds itself, by which the kernel and libbpf are caught in a loop.
#[test]
fn nothing_embeds_itself() {
    let base = base();
    let endless = |make: fn(&mut Builder)| {
        let mut split = Builder::split(&base);
        make(&mut split);
        match wrong(&base, &split.bytes()) {
            None => false,
            Some((Place::Type(_), Fault::Endless)) => true,
            other => panic!("{other:?}"),
        }
    };
    type Make = fn(&mut Builder);
    let loops: [Make; 9] = [
        |s| _ = s.array(2, 1, 1),
        |s| _ = s.array(2, 1, 0),
        |s| {
            s.array(3, 1, 1);
            s.array(2, 1, 1);
        },
        |s| {
            s.array(3, 1, 1);
            s.reference(Kind::Const, "", 2);
        },
        |s| {
            s.int("i", 4, 0);
            s.typedef("t", 4);
            s.array(5, 1, 1);
            s.reference(Kind::Volatile, "", 3);
        },
        |s| _ = s.composite(Kind::Struct, "s", 8, &[("a", 1, 0), ("s", 2, 0)]),
        |s| {
            s.composite(Kind::Union, "", 8, &[("a", 1, 0), ("s", 3, 0)]);
            s.composite(Kind::Struct, "s", 8, &[("a", 4, 0)]);
            s.array(2, 1, 1);
        },
        |s| {
            // From outside of the loop.
            s.composite(Kind::Struct, "a", 8, &[("a", 1, 0), ("b", 3, 0)]);
            s.composite(Kind::Struct, "b", 8, &[("a", 1, 0), ("b", 4, 0)]);
            s.composite(Kind::Struct, "c", 8, &[("a", 1, 0), ("b", 3, 0)]);
        },
        |s| {
            // The first member is finite.
            s.composite(Kind::Struct, "a", 8, &[("a", 3, 0), ("b", 4, 0)]);
            s.int("i", 4, 0);
            s.composite(Kind::Struct, "c", 8, &[("a", 3, 0), ("b", 2, 0)]);
        },
    ];
    for (nth, make) in loops.into_iter().enumerate() {
        assert!(endless(make), "loop {nth}");
    }
    let finite: [Make; 5] = [
        // Through a pointer, an index or an argument nothing is embedded.
        |s| {
            s.composite(Kind::Struct, "s", 8, &[("s", 3, 0)]);
            s.ptr(2);
        },
        |s| _ = s.array(1, 2, 1),
        |s| {
            s.proto(3, &[("a", 3)]);
            s.ptr(2);
        },
        // One that two embed.
        |s| {
            s.composite(Kind::Struct, "a", 8, &[("a", 3, 0), ("b", 4, 32)]);
            s.composite(Kind::Struct, "b", 4, &[("a", 4, 0)]);
            s.array(1, 1, 1);
        },
        |s| {
            s.func("f", 3);
            s.var("v", 2);
            s.raw(0, Kind::FuncProto as u32, false, 0, 0, &[]);
        },
    ];
    for (nth, make) in finite.into_iter().enumerate() {
        assert!(!endless(make), "no loop {nth}");
    }
}

/// Steps of [`acceptable`] for `split`.
fn steps(base: &Builder, split: &Builder) -> u64 {
    let (base, split) = (base.bytes(), split.bytes());
    let base = Btf::<Kernel>::parse_kernel(&base).unwrap();
    let btf = Btf::<New>::parse_split(&split, &base).unwrap();
    let before = facade::steps();
    let _ = acceptable(&split, Some(&base), &btf);
    facade::steps() - before
}

/// Whatever embeds what in which order, with a loop and without.
#[test]
fn embedding_takes_steps_as_there_are_members() {
    let base = base();
    for (closed, ahead) in [(false, false), (false, true), (true, false), (true, true)] {
        let of = |n: u32| {
            let mut split = Builder::split(&base);
            for nth in 0..n {
                let here = 2 + nth;
                let next = if ahead { here + 1 } else { here - 1 };
                let ends = if ahead { nth + 1 == n } else { nth == 0 };
                let last = match (ends, closed, ahead) {
                    (false, _, _) => next,
                    (true, false, _) => 1,
                    (true, true, true) => 2,
                    (true, true, false) => 1 + n,
                };
                match nth % 3 {
                    0 => split.array(last, 1, 1),
                    1 => split.composite(Kind::Struct, "", 8, &[("", last, 0), ("", last, 0)]),
                    _ => split.array(last, 1, 1),
                };
            }
            steps(&base, &split)
        };
        let (few, many) = (of(1000), of(10_000));
        assert!(many <= 12 * few, "{few} and {many} steps");
    }
}
