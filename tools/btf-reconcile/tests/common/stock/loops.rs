// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Types that lead to themselves, and what is split from nothing or from the kernel.

use super::{
    blob::{
        Blob,
        *, //
    },
    kernel,
    Case,
    Does,
    Libbpf,
    INVALID, //
};

const LOOP: Does = Does::Refuses(-40);

/// Adds the cases of this file.
pub fn add(cases: &mut Vec<Case>) {
    loops(cases);
    bases(cases);
    plain(cases);
}

/// Types that lead to themselves.
fn loops(cases: &mut Vec<Case>) {
    const NEVER: Libbpf = Libbpf::NotRun("libbpf never comes back either");
    const UNASKED: Libbpf = Libbpf::Else("libbpf does not look for such chains");
    let mut case = |name: &str, does, libbpf, make: &dyn Fn(&mut Blob)| {
        let mut base = Blob::new();
        base.int("int");
        let mut split = Blob::split(&base);
        make(&mut split);
        let case = Case::new(name, Some(base.bytes()), split.bytes(), does);
        cases.push(case.libbpf(libbpf));
    };
    case(
        "a member that is an array of itself",
        Does::Hangs,
        NEVER,
        &|b| {
            let array = b.array(b.next(), 1);
            b.strct("mine", 4, Some(array));
        },
    );
    case(
        "a member in a ring of three arrays",
        Does::Hangs,
        NEVER,
        &|b| {
            let first = b.next();
            b.array(first + 1, 1);
            b.array(first + 2, 1);
            b.array(first, 1);
            b.strct("mine", 4, Some(first + 1));
        },
    );
    case(
        "a member that leads into a ring",
        Does::Hangs,
        NEVER,
        &|b| {
            let ring = b.array(b.next(), 1);
            let of = b.array(ring, 1);
            let of = b.constant(of);
            b.strct("mine", 4, Some(of));
        },
    );
    case(
        "a ring of an array and a qualifier",
        Does::Hangs,
        NEVER,
        &|b| {
            let array = b.array(b.next() + 1, 1);
            b.constant(array);
            b.strct("mine", 4, Some(array));
        },
    );
    case(
        "a ring of an array and a typedef",
        Does::Hangs,
        NEVER,
        &|b| {
            let array = b.array(b.next() + 1, 1);
            b.add("ring_t", TYPEDEF, 0, array, &[]);
            b.add("mine", UNION, 1, 4, &[0, array + 1, 0]);
        },
    );
    // Nobody goes in.
    case(
        "an array of itself that is no member",
        Does::Loads,
        Libbpf::Same,
        &|b| {
            b.array(b.next(), 1);
        },
    );
    case("a pointer to itself", Does::Loads, Libbpf::Same, &|b| {
        let ptr = b.ptr(b.next());
        b.strct("mine", 8, Some(ptr));
    });
    case("a struct in itself", Does::Loads, Libbpf::Same, &|b| {
        b.strct("mine", 8, Some(b.next()));
    });
    case("a qualifier of itself", LOOP, UNASKED, &|b| {
        b.constant(b.next());
    });
    case("two typedefs of one another", LOOP, UNASKED, &|b| {
        let first = b.next();
        b.add("a", TYPEDEF, 0, first + 1, &[]);
        b.add("b", TYPEDEF, 0, first, &[]);
    });
    // It stops at one that is behind it, and counts on the way to those before it.
    for (links, does, libbpf) in [(32, Does::Loads, Libbpf::Same), (33, LOOP, UNASKED)] {
        let name = format!("{links} qualifiers, forwards");
        case(&name, does, libbpf, &move |b| {
            for _ in 0..links - 1 {
                b.constant(b.next() + 1);
            }
            b.constant(1);
        });
    }
    case(
        "5000 qualifiers, backwards",
        Does::Loads,
        Libbpf::Same,
        &|b| {
            let mut of = 1;
            for _ in 0..5000 {
                of = b.constant(of);
            }
        },
    );
    case(
        "a ring and, before it, a member of nowhere",
        Does::ReadsOutside,
        Libbpf::Else("libbpf looks for all types"),
        &|b| {
            b.strct("lost", 4, Some(4000));
            let array = b.array(b.next(), 1);
            b.strct("mine", 4, Some(array));
        },
    );
    case(
        "a ring and a type that the base can't have",
        INVALID,
        Libbpf::Same,
        &|b| {
            // Replaced below.
            b.int("");
        },
    );
    if let Some(last) = cases.last_mut() {
        let mut base = Blob::new();
        let int = base.int("int");
        base.ptr(int);
        let mut split = Blob::split(&base);
        let array = split.array(split.next(), 1);
        split.strct("mine", 4, Some(array));
        (last.base, last.split) = (Some(base.bytes()), split.bytes());
    }
}

/// Bases that are odd as a whole.
fn bases(cases: &mut Vec<Case>) {
    const COUNTS: Libbpf = Libbpf::Else("libbpf has void without any type");
    let mut case = |name: &str, does, libbpf, make: &dyn Fn(&mut Blob)| {
        let base = Blob::new();
        let mut split = Blob::split(&base);
        make(&mut split);
        let case = Case::new(name, Some(base.bytes()), split.bytes(), does);
        cases.push(case.libbpf(libbpf));
    };
    // Without types the kernel counts the module's from 0, and every reference is one too far.
    case(
        "no base type, no reference",
        Does::Loads,
        Libbpf::Same,
        &|b| {
            b.strct("mine", 0, None);
        },
    );
    case(
        "no base type, a pointer to void",
        Does::LoadsWrong,
        COUNTS,
        &|b| {
            b.ptr(0);
        },
    );
    case(
        "no base type, a pointer to the first",
        Does::LoadsWrong,
        COUNTS,
        &|b| {
            b.ptr(1);
            b.strct("mine", 0, None);
        },
    );
    case(
        "no base type, a pointer to the last",
        Does::ReadsOutside,
        COUNTS,
        &|b| {
            b.ptr(2);
            b.strct("mine", 0, None);
        },
    );
    // Nor does it look where the first qualifier leads to.
    case(
        "no base type, a qualifier of nowhere",
        Does::ReadsOutside,
        COUNTS,
        &|b| {
            b.constant(9);
        },
    );
    case(
        "no base type, two qualifiers of nowhere",
        INVALID,
        Libbpf::Same,
        &|b| {
            b.constant(0);
            b.constant(9);
        },
    );
}

/// Modules without a base: their ids are taken as they are.
fn plain(cases: &mut Vec<Case>) {
    let mut case = |name: &str, does, libbpf, make: &dyn Fn(&mut Blob)| {
        let mut split = Blob::split(&kernel());
        make(&mut split);
        cases.push(Case::new(name, None, split.bytes(), does).libbpf(libbpf));
    };
    const LOOKS: Libbpf = Libbpf::Else("libbpf looks for all types");
    case(
        "without a base, a pointer",
        Does::Loads,
        Libbpf::Same,
        &|b| {
            b.ptr(1);
        },
    );
    case(
        "without a base, a pointer to nowhere",
        Does::Loads,
        LOOKS,
        &|b| {
            b.ptr(4000);
        },
    );
    case(
        "without a base, an array of itself",
        Does::Loads,
        Libbpf::Same,
        &|b| {
            let array = b.array(b.next(), 1);
            b.strct("mine", 4, Some(array));
        },
    );
    case(
        "without a base, a qualifier of nowhere",
        INVALID,
        Libbpf::Same,
        &|b| {
            b.constant(4000);
        },
    );
    case(
        "without a base, a qualifier of itself",
        LOOP,
        Libbpf::Else("libbpf does not ask"),
        &|b| {
            b.constant(b.next());
        },
    );
}
