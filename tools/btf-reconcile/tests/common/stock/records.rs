// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Records that are good or bad by themselves.

use super::{
    blob::{
        Blob,
        *, //
    },
    names,
    Case,
    Does,
    Libbpf,
    INVALID, //
};

/// A name of `len` bytes.
pub fn long(len: usize) -> String {
    "n".repeat(len)
}

/// Adds the cases of this file.
pub fn add(cases: &mut Vec<Case>) {
    let mut case = |name: &str, does, libbpf, make: &dyn Fn(&mut Blob)| {
        let mut base = Blob::new();
        base.int("int");
        let mut split = Blob::split(&base);
        make(&mut split);
        let case = Case::new(name, Some(base.bytes()), split.bytes(), does);
        cases.push(case.libbpf(libbpf));
    };
    names::add(&mut case);
    references(&mut case);
    values(&mut case);
    sizes(&mut case);
    numbers(cases);
}

/// Takes a name, what is expected, and what adds types to those that are split from an `int`.
pub type Adds<'a> = &'a mut dyn FnMut(&str, Does, Libbpf, &dyn Fn(&mut Blob));

/// What only the kernel looks at.
pub const UNASKED: Libbpf = Libbpf::Else("libbpf does not ask");

fn references(case: Adds<'_>) {
    const MAP: Libbpf = Libbpf::Else("libbpf looks for all types");
    let outside = Does::ReadsOutside;
    case("a pointer to nowhere", outside, MAP, &|b| {
        b.ptr(4000);
    });
    case("a pointer to one behind the last", outside, MAP, &|b| {
        b.ptr(b.next() + 1);
    });
    case("a pointer to the last", Does::Loads, Libbpf::Same, &|b| {
        b.ptr(b.next());
    });
    case("a pointer beyond all ids", INVALID, Libbpf::Same, &|b| {
        b.ptr(0x0010_0000);
    });
    case("a function of nowhere", outside, MAP, &|b| {
        b.func("f", u32::MAX);
    });
    case("an argument of nowhere", outside, MAP, &|b| {
        b.add("", FUNC_PROTO, 1, 0, &[0, u32::MAX]);
    });
    case(
        "a result of nowhere",
        outside,
        Libbpf::NotRun("libbpf reads there as well"),
        &|b| {
            b.proto(u32::MAX);
        },
    );
    case("an index of nowhere", outside, MAP, &|b| {
        b.array(1, 4000);
    });
    case("a variable of nowhere", outside, MAP, &|b| {
        b.add("v", VAR, 0, 4000, &[1]);
    });
    case("a tag of nowhere", outside, MAP, &|b| {
        b.add("v", DECL_TAG, 0, u32::MAX, &[0]);
    });
    case("a member of nowhere", outside, MAP, &|b| {
        b.strct("s", 4, Some(4000));
    });
    case("a qualifier of nowhere", INVALID, Libbpf::Same, &|b| {
        b.constant(4000);
    });
    for (what, of) in [("an element", [0, 1]), ("an index", [1, 0])] {
        case(&format!("{what} of void"), INVALID, UNASKED, &move |b| {
            b.array(of[0], of[1]);
        });
    }
    case("a member of void", INVALID, UNASKED, &|b| {
        b.strct("s", 4, Some(0));
    });
    case("a variable of void", INVALID, UNASKED, &|b| {
        b.add("v", VAR, 0, 0, &[1]);
    });
    case("a variable of void in a section", INVALID, UNASKED, &|b| {
        b.add("v", DATASEC, 1, 4, &[0, 0, 4]);
    });
    case(
        "a function of a struct",
        Does::Loads,
        Libbpf::Else("libbpf wants a prototype"),
        &|b| {
            let s = b.strct("s", 4, None);
            b.func("f", s);
        },
    );
}

fn values(case: Adds<'_>) {
    let flags = |kind| {
        matches!(
            kind,
            STRUCT | UNION | ENUM | FWD | ENUM64 | TYPE_TAG | DECL_TAG
        )
    };
    let kinds: [(u32, u32, &[u32]); 18] = [
        (INT, 4, &[32]),
        (PTR, 1, &[]),
        (ARRAY, 0, &[1, 1, 1]),
        (STRUCT, 4, &[]),
        (UNION, 4, &[]),
        (ENUM, 4, &[]),
        (FWD, 0, &[]),
        (TYPEDEF, 1, &[]),
        (VOLATILE, 1, &[]),
        (CONST, 1, &[]),
        (RESTRICT, 1, &[]),
        (FUNC_PROTO, 0, &[]),
        (VAR, 1, &[1]),
        (DATASEC, 4, &[]),
        (FLOAT, 4, &[]),
        (DECL_TAG, 1, &[0]),
        (TYPE_TAG, 1, &[]),
        (ENUM64, 8, &[]),
    ];
    for (kind, third, tail) in kinds {
        let nameless = matches!(kind, PTR | ARRAY | VOLATILE | CONST | RESTRICT | FUNC_PROTO);
        let name = if nameless { "" } else { "x" };
        let (does, libbpf) = if flags(kind) {
            (Does::Loads, Libbpf::Same)
        } else {
            (INVALID, UNASKED)
        };
        case(
            &format!("kind {kind} with a flag"),
            does,
            libbpf,
            &move |b| {
                b.flagged(name, kind, 0, third, tail);
            },
        );
        let elements = matches!(kind, STRUCT | UNION | ENUM | FUNC_PROTO | DATASEC | ENUM64);
        if !elements {
            case(
                &format!("kind {kind} with elements"),
                INVALID,
                UNASKED,
                &move |b| {
                    b.add(name, kind, 1, third, tail);
                },
            );
        }
    }
    case("a static function", Does::Loads, Libbpf::Same, &|b| {
        let proto = b.proto(0);
        b.add("f", FUNC, 0, proto, &[]);
    });
    case("an external function", INVALID, UNASKED, &|b| {
        let proto = b.proto(0);
        b.add("f", FUNC, 2, proto, &[]);
    });
    case("a function with a flag", INVALID, UNASKED, &|b| {
        let proto = b.proto(0);
        b.flagged("f", FUNC, 0, proto, &[]);
    });
    for (linkage, does, libbpf) in [(1, Does::Loads, Libbpf::Same), (2, INVALID, UNASKED)] {
        case(
            &format!("a variable of linkage {linkage}"),
            does,
            libbpf,
            &move |b| {
                b.add("v", VAR, 0, 1, &[linkage]);
            },
        );
    }
    for (component, does, libbpf) in [
        (u32::MAX, Does::Loads, Libbpf::Same),
        (u32::MAX - 1, INVALID, UNASKED),
    ] {
        case(
            &format!("a tag on component {component:#x}"),
            does,
            libbpf,
            &move |b| {
                b.add("t", DECL_TAG, 0, 1, &[component]);
            },
        );
    }
    case("a tag of 5000 letters", Does::Loads, Libbpf::Same, &|b| {
        b.add(&long(5000), DECL_TAG, 0, 1, &[u32::MAX]);
    });
    case(
        "a declaration that refers to something",
        INVALID,
        UNASKED,
        &|b| {
            b.add("x", FWD, 0, 1, &[]);
        },
    );
    case("an array with a size", INVALID, UNASKED, &|b| {
        b.add("", ARRAY, 0, 4, &[1, 1, 1]);
    });
    for kind in [0, 20, 31, 127] {
        case(&format!("kind {kind}"), INVALID, Libbpf::Same, &move |b| {
            b.add("x", kind, 0, 0, &[]);
        });
    }
}

fn sizes(case: Adds<'_>) {
    let mut each = |kind: u32, what: &str, third: u32, tail: &[u32], does| {
        let libbpf = match does {
            Does::Loads => Libbpf::Same,
            _ => UNASKED,
        };
        let vlen = match kind {
            STRUCT | UNION | DATASEC => tail.len() as u32 / 3,
            _ => 0,
        };
        case(&format!("kind {kind} {what}"), does, libbpf, &|b| {
            b.add("x", kind, vlen, third, tail);
        });
    };
    use Does::*;
    for size in [2, 4, 8, 12, 16] {
        each(FLOAT, &format!("of {size} bytes"), size, &[], Loads);
    }
    each(FLOAT, "of 10 bytes", 10, &[], INVALID);
    for kind in [ENUM, ENUM64] {
        for size in [1, 2, 4, 8] {
            each(kind, &format!("of {size} bytes"), size, &[], Loads);
        }
        for size in [0, 3, 16] {
            each(kind, &format!("of {size} bytes"), size, &[], INVALID);
        }
    }
    each(INT, "of 3 bits", 4, &[3], Loads);
    each(INT, "of 128 bits", 16, &[128], Loads);
    each(INT, "of 129 bits", 32, &[129], INVALID);
    each(
        INT,
        "of 128 bits and an offset",
        32,
        &[128 | (1 << 16)],
        INVALID,
    );
    each(INT, "of more bits than bytes", 4, &[33], INVALID);
    each(
        INT,
        "of bits that an offset moves out",
        4,
        &[32 | (1 << 16)],
        INVALID,
    );
    each(
        INT,
        "of more in the fourth word",
        4,
        &[32 | (1 << 28)],
        INVALID,
    );
    for encoding in [1, 2, 4] {
        each(
            INT,
            &format!("of encoding {encoding}"),
            4,
            &[32 | (encoding << 24)],
            Loads,
        );
    }
    for encoding in [3, 8] {
        let does = Refuses(-524);
        each(
            INT,
            &format!("of encoding {encoding}"),
            4,
            &[32 | (encoding << 24)],
            does,
        );
    }
    each(STRUCT, "with a member at its end", 4, &[0, 1, 32], Loads);
    each(
        STRUCT,
        "with a member behind its end",
        4,
        &[0, 1, 33],
        INVALID,
    );
    each(
        STRUCT,
        "with members backwards",
        8,
        &[0, 1, 32, 0, 1, 0],
        INVALID,
    );
    each(
        STRUCT,
        "with members on one another",
        8,
        &[0, 1, 0, 0, 1, 0],
        Loads,
    );
    each(
        UNION,
        "with members on one another",
        8,
        &[0, 1, 0, 0, 1, 0],
        Loads,
    );
    each(UNION, "with a member at its end", 4, &[0, 1, 32], INVALID);
    each(DATASEC, "of 0 bytes", 0, &[], INVALID);
    each(DATASEC, "with one variable", 4, &[1, 0, 4], Loads);
    each(
        DATASEC,
        "with two on one another",
        8,
        &[1, 0, 4, 1, 3, 4],
        INVALID,
    );
    each(DATASEC, "with one at its end", 4, &[1, 4, 4], INVALID);
    each(DATASEC, "with one over its end", 4, &[1, 2, 4], INVALID);
    each(DATASEC, "with one of 0 bytes", 4, &[1, 0, 0], INVALID);
    each(
        DATASEC,
        "with one that wraps",
        u32::MAX,
        &[1, u32::MAX - 1, 4],
        Loads,
    );
    case(
        "a bitfield of 3 bits at bit 7",
        Does::Loads,
        Libbpf::Same,
        &|b| {
            b.flagged("x", STRUCT, 1, 4, &[0, 1, (3 << 24) | 7]);
        },
    );
    case("a record that is cut short", INVALID, Libbpf::Same, &|b| {
        b.add("x", STRUCT, 2, 4, &[0, 1, 0]);
    });
    case("a record of two words", INVALID, Libbpf::Same, &|b| {
        b.add("x", STRUCT, 0, 4, &[0, info(STRUCT, 0)]);
    });
}

/// More types than there can be.
fn numbers(cases: &mut Vec<Case>) {
    const UNBOUND: Libbpf = Libbpf::Else("libbpf has room for more");
    let pointers = |number: u32| {
        let mut base = Blob::new();
        base.int("int");
        let mut split = Blob::split(&base);
        for _ in 0..number {
            split.ptr(0);
        }
        (Some(base.bytes()), split.bytes())
    };
    let (base, split) = pointers(0x000f_ffff);
    cases.push(Case::new(
        "as many types as can be",
        base,
        split,
        Does::Loads,
    ));
    let (base, split) = pointers(0x0010_0000);
    let name = "one type more than can be";
    cases.push(Case::new(name, base, split, Does::ReadsOutside).libbpf(UNBOUND));
}
