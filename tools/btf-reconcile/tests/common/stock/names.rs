// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Names, and where there may be none.

use super::{
    blob::{
        Blob,
        *, //
    },
    records::{
        long,
        Adds,
        UNASKED, //
    },
    Does,
    Libbpf,
    INVALID, //
};

/// Adds the cases of this file.
pub fn add(case: Adds<'_>) {
    let mut named = |what: &str, name: &[u8], does| {
        let libbpf = match does {
            Does::Loads => Libbpf::Same,
            _ => UNASKED,
        };
        let make = |kind: u32, vlen: u32, third: u32, tail: &'static [u32]| {
            move |b: &mut Blob| {
                let name = b.string(name);
                b.raw(name, info(kind, vlen), third, tail);
            }
        };
        case(
            &format!("a struct named {what}"),
            does,
            libbpf,
            &make(STRUCT, 0, 4, &[]),
        );
        case(
            &format!("a typedef named {what}"),
            does,
            libbpf,
            &make(TYPEDEF, 0, 1, &[]),
        );
        case(
            &format!("a declaration named {what}"),
            does,
            libbpf,
            &make(FWD, 0, 0, &[]),
        );
        case(
            &format!("a variable named {what}"),
            does,
            libbpf,
            &make(VAR, 0, 1, &[1]),
        );
        case(
            &format!("an enumeration named {what}"),
            does,
            libbpf,
            &make(ENUM, 0, 4, &[]),
        );
        case(&format!("a member named {what}"), does, libbpf, &|b| {
            let name = b.string(name);
            b.raw(0, info(STRUCT, 1), 4, &[name, 1, 0]);
        });
        case(&format!("a value named {what}"), does, libbpf, &|b| {
            let name = b.string(name);
            b.raw(0, info(ENUM64, 1), 8, &[name, 1, 1]);
        });
        case(&format!("a function named {what}"), does, libbpf, &|b| {
            let name = b.string(name);
            let proto = b.proto(0);
            b.raw(name, info(FUNC, 0), proto, &[]);
        });
        // Nobody asks how these are called.
        case(
            &format!("an argument named {what}"),
            Does::Loads,
            Libbpf::Same,
            &|b| {
                let name = b.string(name);
                b.raw(0, info(FUNC_PROTO, 1), 0, &[name, 1]);
            },
        );
        case(
            &format!("an integer named {what}"),
            Does::Loads,
            Libbpf::Same,
            &make(INT, 0, 4, &[32]),
        );
        case(
            &format!("a tag of {what}"),
            Does::Loads,
            Libbpf::Same,
            &make(TYPE_TAG, 0, 1, &[]),
        );
    };
    named("x", b"x", Does::Loads);
    named("with dots", b".x.isra.0", Does::Loads);
    named("in Latin-1", b"gr\xfc\xdfe", Does::Loads);
    named("by a sign", b"x\xd7", INVALID);
    named("by a digit", b"0x", INVALID);
    named("with a blank", b"a b", INVALID);
    named("with 512 letters", long(512).as_bytes(), Does::Loads);
    named("with 513 letters", long(513).as_bytes(), INVALID);
    case("a section with a blank", Does::Loads, Libbpf::Same, &|b| {
        let name = b.string("a b\u{a0}");
        b.raw(name, info(DATASEC, 0), 4, &[]);
    });
    case("a section with a tabulator", INVALID, UNASKED, &|b| {
        b.add("a\tb", DATASEC, 0, 4, &[]);
    });
    for (kind, what) in [
        (PTR, "pointer"),
        (CONST, "qualifier"),
        (VOLATILE, "volatile"),
        (RESTRICT, "restrict"),
    ] {
        case(
            &format!("a {what} with a name"),
            INVALID,
            UNASKED,
            &move |b| {
                b.add("x", kind, 0, 1, &[]);
            },
        );
    }
    case("an array with a name", INVALID, UNASKED, &|b| {
        b.add("x", ARRAY, 0, 0, &[1, 1, 1]);
    });
    case("a prototype with a name", INVALID, UNASKED, &|b| {
        b.add("x", FUNC_PROTO, 0, 0, &[]);
    });
    for (kind, third, tail) in [
        (TYPEDEF, 1, &[][..]),
        (FWD, 0, &[]),
        (VAR, 1, &[0]),
        (TYPE_TAG, 1, &[]),
        (DECL_TAG, 1, &[0]),
        (DATASEC, 4, &[]),
    ] {
        case(
            &format!("kind {kind} without a name"),
            INVALID,
            UNASKED,
            &move |b| {
                b.raw(0, info(kind, 0), third, tail);
            },
        );
    }
    case("a value without a name", INVALID, UNASKED, &|b| {
        b.add("", ENUM, 1, 4, &[0, 1]);
    });
    case("a name behind all strings", INVALID, Libbpf::Same, &|b| {
        b.raw(5000, info(STRUCT, 0), 4, &[]);
    });
    case(
        "a member's name behind all strings",
        INVALID,
        Libbpf::Same,
        &|b| {
            b.raw(0, info(STRUCT, 1), 4, &[5000, 1, 0]);
        },
    );
    let both = Libbpf::Else("libbpf looks for all strings");
    case(
        "an argument's name behind all strings",
        Does::Loads,
        both,
        &|b| {
            b.raw(0, info(FUNC_PROTO, 1), 0, &[5000, 1]);
        },
    );
}
