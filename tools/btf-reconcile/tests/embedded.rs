// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a module embeds, however far it is from where it stands: its size matters.

mod common;

use btf_reconcile::{
    btf::{
        rewrite,
        Decision,
        Id,
        Kind,
        Mapping,
        Reason,
        Section, //
    },
    facade,
};
use common::{
    builder::Builder,
    decide::{
        decisions,
        planned, //
    }, //
};

/// What a chain of types is made of, one link after the other.
const LINKS: [Kind; 6] = [
    Kind::Array,
    Kind::Typedef,
    Kind::Const,
    Kind::Volatile,
    Kind::Restrict,
    Kind::TypeTag,
];

/// Adds a link that leads to `to`.
fn link(b: &mut Builder, kind: Kind, to: u32) -> u32 {
    match kind {
        Kind::Array => b.array(to, 2, 1),
        Kind::Typedef | Kind::TypeTag => b.reference(kind, "t", to),
        _ => b.reference(kind, "", to),
    }
}

/// Adds `count` links to `end`, each behind the one that it leads to or, if `forward`, before it.
/// Gives the one that is furthest from it.
fn chain(b: &mut Builder, count: u32, end: u32, forward: bool, kinds: &[Kind]) -> u32 {
    let first = b.next();
    let mut to = end;
    for n in 0..count {
        if forward {
            to = if n + 1 < count { b.next() + 1 } else { end };
        }
        let id = link(b, kinds[n as usize % kinds.len()], to);
        to = id;
    }
    match (count, forward) {
        (0, _) => end,
        (_, true) => first,
        (_, false) => to,
    }
}

/// A base with `foo` of four bytes and the number that arrays are indexed by.
fn base() -> Builder {
    let mut base = Builder::new();
    base.strct("foo", 4);
    base.int("int", 4, 1);
    base
}

/// Decides for all types of `base`, with a kernel whose `foo` has eight bytes.
fn decide(base: &Builder, split: &Builder, form: Section) -> Vec<Decision> {
    let mut kernel = Builder::new();
    kernel.composite(Kind::Struct, "foo", 8, &[("a", 2, 0), ("b", 2, 32)]);
    kernel.int("int", 4, 1);
    planned(&kernel, base, split, form, |vmlinux, base, split, plan| {
        // Whatever is embedded, it can be carried out.
        rewrite(&vmlinux.btf, base, split, plan).unwrap();
        decisions(plan)
    })
}

const CARRIED: Decision = Decision::Carried(Reason::Size(8));

fn resized() -> Decision {
    Decision::Mapped(Id::FIRST, Mapping::Resized(8))
}

#[test]
fn embedded_at_any_depth() {
    for count in [0, 1, 2, 31, 32, 33, 34, 60, 1000, 100_000] {
        for forward in [true, false] {
            for kinds in [&LINKS[..], &[Kind::Array], &[Kind::Typedef], &[Kind::Const]] {
                let base = base();
                let mut split = Builder::split(&base);
                let of = chain(&mut split, count, 1, forward, kinds);
                split.composite(Kind::Struct, "user", 4, &[("it", of, 0)]);
                let decision = decide(&base, &split, Section::Base)[0];
                assert_eq!(decision, CARRIED, "{count} {forward} {kinds:?}");
            }
        }
    }
}

/// A pointer on the way is none of that, if there is no array before it.
#[test]
fn behind_a_pointer_is_not_embedded() {
    for before in [0, 1, 33, 100] {
        for behind in [0, 1, 33, 100] {
            let base = base();
            let mut split = Builder::split(&base);
            let of = chain(&mut split, before, 1, false, &LINKS[1..]);
            let of = split.ptr(of);
            let of = chain(&mut split, behind, of, false, &LINKS);
            split.composite(Kind::Struct, "user", 8, &[("it", of, 0)]);
            split.var("it", of);
            split.proto(of, &[("it", of)]);
            let decision = decide(&base, &split, Section::Base)[0];
            assert_eq!(decision, resized(), "{before} {behind}");
        }
    }
}

/// The elements of an array lie one after the other, so far from each other as each of them is large,
/// whoever has the array.
#[test]
fn an_array_embeds_wherever_it_stands() {
    for (before, behind) in [(0, 0), (40, 0), (0, 40), (40, 40)] {
        let base = base();
        let mut split = Builder::split(&base);
        let of = chain(&mut split, before, 1, true, &LINKS[1..]);
        let of = split.array(of, 2, 3);
        let of = chain(&mut split, behind, of, true, &LINKS[1..]);
        split.ptr(of);
        assert_eq!(decide(&base, &split, Section::Base)[0], CARRIED);
    }
    // What it is indexed by is not in it.
    let base = base();
    let mut split = Builder::split(&base);
    split.array(2, 1, 3);
    assert_eq!(decide(&base, &split, Section::Base)[0], resized());
}

/// Members of unions, variables, arguments and results, each through a chain.
#[test]
fn whatever_embeds_it() {
    let users: [fn(&mut Builder, u32); 5] = [
        |b, of| {
            b.composite(Kind::Union, "user", 4, &[("n", 2, 0), ("it", of, 0)]);
        },
        |b, of| {
            b.composite(Kind::Struct, "", 4, &[("", of, 0)]);
        },
        |b, of| {
            b.var("it", of);
        },
        |b, of| {
            b.proto(of, &[]);
        },
        |b, of| {
            b.proto(0, &[("n", 2), ("it", of)]);
        },
    ];
    for user in users {
        for count in [0, 40] {
            let base = base();
            let mut split = Builder::split(&base);
            let of = chain(&mut split, count, 1, false, &LINKS);
            user(&mut split, of);
            assert_eq!(decide(&base, &split, Section::Base)[0], CARRIED);
        }
    }
}

/// The chain may be the base's, and so may what embeds it, if it becomes the module's.
#[test]
fn embedded_through_types_of_the_base() {
    for count in [0, 1, 40, 1000] {
        let mut base = base();
        let of = chain(&mut base, count, 1, true, &LINKS);
        let mut split = Builder::split(&base);
        let of = chain(&mut split, count, of, true, &LINKS);
        split.var("it", of);
        assert_eq!(decide(&base, &split, Section::BaseRef)[0], CARRIED);

        let mut base = self::base();
        let of = chain(&mut base, count, 1, true, &LINKS);
        base.composite(Kind::Struct, "nobody_has_it", 4, &[("it", of, 0)]);
        let split = Builder::split(&base);
        assert_eq!(decide(&base, &split, Section::BaseRef)[0], CARRIED);
    }
}

/// What is carried for its size embeds others in turn, as many levels as there are.
#[test]
fn what_is_carried_embeds_others() {
    let levels = 300;
    let mut kernel = Builder::new();
    let mut base = Builder::new();
    let (mut names, mut last) = (vec![], None);
    for n in 0..levels {
        names.push(format!("level{n}"));
        let members: Vec<_> = last.iter().map(|&of| ("below", of, 0)).collect();
        let id = base.composite(Kind::Struct, &names[n], 4, &members);
        last = Some(base.array(id, 0, 1));
    }
    for name in &names {
        let int = 1;
        kernel.composite(Kind::Struct, name, 8, &[("below", int, 0)]);
    }
    let mut split = Builder::split(&base);
    split.var("it", last.unwrap());
    let found = planned(&kernel, &base, &split, Section::BaseRef, |_, _, _, plan| {
        decisions(plan)
    });
    let carried = found.iter().filter(|&&decision| decision == CARRIED);
    assert_eq!(carried.count(), levels);
}

/// Types that lead to themselves lead nowhere else, and looking at them ends.
#[test]
fn rings_embed_nothing() {
    for len in [1, 2, 33, 1000] {
        for kinds in [&LINKS[..], &[Kind::Array]] {
            let base = base();
            let mut split = Builder::split(&base);
            let first = split.next();
            chain(&mut split, len, first, true, kinds);
            split.composite(Kind::Struct, "user", 4, &[("it", first, 0)]);
            split.ptr(1);
            assert_eq!(decide(&base, &split, Section::Base)[0], resized());
        }
    }
}

/// A reference to a type that there is not is another's business to find.
#[test]
fn what_leads_outside_embeds_nothing() {
    let base = base();
    let mut split = Builder::split(&base);
    let konst = split.reference(Kind::Const, "", 4000);
    split.composite(Kind::Struct, "user", 4, &[("it", konst, 0), ("n", 4000, 0)]);
    let mut kernel = Builder::new();
    kernel.strct("foo", 8);
    let found = planned(&kernel, &base, &split, Section::Base, |_, _, _, plan| {
        plan.get(Id::FIRST)
    });
    assert_eq!(found, Some(resized()));
}

/// Steps that planning takes, for so many links and as many that embed the furthest of them.
fn steps(count: u32, forward: bool) -> u64 {
    let base = base();
    let mut split = Builder::split(&base);
    let of = chain(&mut split, count, 1, forward, &LINKS);
    for _ in 0..count {
        split.composite(Kind::Struct, "user", 4, &[("it", of, 0)]);
    }
    let before = facade::steps();
    assert_eq!(decide(&base, &split, Section::Base)[0], CARRIED);
    facade::steps() - before
}

#[test]
fn cost_is_linear() {
    for forward in [true, false] {
        let (few, many) = (steps(1000, forward), steps(16_000, forward));
        assert!(many < 17 * few, "{few} {many}");
        assert!(many < 20 * 32_000, "{many}");
    }
}
