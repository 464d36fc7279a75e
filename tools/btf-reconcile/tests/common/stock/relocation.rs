// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Distilled bases, and what is split from them.

use super::{
    blob::{
        Blob,
        *, //
    },
    Case,
    Does,
    INVALID, //
};

const NOT_FOUND: Does = Does::Refuses(-2);

/// Adds the cases of this file.
pub fn add(cases: &mut Vec<Case>) {
    lookups(cases);
    embedded(cases);
    embedded_and_declared(cases);
    strings(cases);
}

/// A base of one type that the module points to: is it found?
fn lookups(cases: &mut Vec<Case>) {
    use Does::*;
    let mut case = |name: &str, does, make: &dyn Fn(&mut Blob) -> u32| {
        let mut base = Blob::new();
        let of = make(&mut base);
        let mut split = Blob::split(&base);
        split.ptr(of);
        cases.push(Case::new(name, Some(base.bytes()), split.bytes(), does));
    };
    let mut one = |what: &str, name: &str, kind: u32, third: u32, tail: &[u32], does| {
        let title = format!("{what} '{name}' of {third} bytes");
        case(&title, does, &|b| b.add(name, kind, 0, third, tail));
    };
    one("an integer", "int", INT, 4, &[SIGNED | 32], Loads);
    one(
        "an integer of other bits",
        "int",
        INT,
        4,
        &[SIGNED | 3],
        Loads,
    );
    one("an integer without a sign", "int", INT, 4, &[32], INVALID);
    one("an integer", "int", INT, 8, &[SIGNED | 32], INVALID);
    one(
        "an integer by another name",
        "unsigned",
        INT,
        4,
        &[32],
        INVALID,
    );
    one("a struct", "int", STRUCT, 4, &[], LoadsWrong);
    one("a struct", "thing", STRUCT, 16, &[], Loads);
    one("a struct", "thing", STRUCT, 8, &[], Loads);
    one("a struct", "thing", STRUCT, 0x8000_0010, &[], Loads);
    one("a union", "thing", UNION, 16, &[], LoadsWrong);
    one("an enumeration", "thing", ENUM, 8, &[], INVALID);
    one("a declaration", "thing", FWD, 0, &[], Loads);
    one("a struct", "two", STRUCT, 8, &[], Loads);
    one("a struct", "two", STRUCT, 16, &[], INVALID);
    one("a struct", "two", STRUCT, 4, &[], INVALID);
    one("a struct", "two", STRUCT, 0x8000_0008, &[], Loads);
    one("a declaration", "two", FWD, 0, &[], INVALID);
    one("a struct", "either", STRUCT, 8, &[], LoadsWrong);
    one("a declaration", "either", FWD, 0, &[], INVALID);
    one("a declaration", "bits", FWD, 0, &[], INVALID);
    one("an enumeration", "colour", ENUM, 4, &[], Loads);
    one("an enumeration", "colour", ENUM, 8, &[], INVALID);
    one("an enumeration", "wide", ENUM, 8, &[], Loads);
    one("a struct", "colour", STRUCT, 4, &[], LoadsWrong);
    one("a struct", "colour", STRUCT, 8, &[], INVALID);
    one("a declaration", "hidden", FWD, 0, &[], Loads);
    one("a struct", "hidden", STRUCT, 8, &[], LoadsWrong);
    one("a float", "double", FLOAT, 8, &[], Loads);
    one("a float", "double", FLOAT, 4, &[], INVALID);
    one("a struct", "both", STRUCT, 8, &[], INVALID);
    one("a declaration", "both", FWD, 0, &[], INVALID);
    one("a struct", "late", STRUCT, 8, &[], INVALID);
    one("a struct", "alias", STRUCT, 4, &[], INVALID);
    one("a struct", "gone", STRUCT, 4, &[], INVALID);
    one("a struct", "kernel_func", STRUCT, 4, &[], INVALID);
    one("a typedef", "alias", TYPEDEF, 0, &[], INVALID);
    one("an enumeration of 64 bits", "wide", ENUM64, 8, &[], INVALID);
    one("a struct without a name", "", STRUCT, 4, &[], INVALID);
    one(
        "an integer without a name",
        "",
        INT,
        4,
        &[SIGNED | 32],
        INVALID,
    );
    case("a declaration of a union, 'either'", INVALID, &|b| {
        b.flagged("either", FWD, 0, 0, &[])
    });
    case("a declaration of a union, 'ubits'", Loads, &|b| {
        b.flagged("ubits", FWD, 0, 0, &[])
    });
    case("a declaration of a union, 'thing'", LoadsWrong, &|b| {
        b.flagged("thing", FWD, 0, 0, &[])
    });
    case("a declaration of a union, 'hidden'", INVALID, &|b| {
        b.flagged("hidden", FWD, 0, 0, &[])
    });
    case("a struct with bitfields, 'bits'", Loads, &|b| {
        b.flagged("bits", STRUCT, 0, 4, &[])
    });
    case("one type twice", Loads, &|b| {
        b.strct("thing", 16, None);
        b.strct("thing", 16, None)
    });
    case("one type twice, of two sizes", Loads, &|b| {
        b.strct("thing", 4, None);
        b.strct("thing", 16, None)
    });
    case("both of a name", INVALID, &|b| {
        b.strct("two", 8, None);
        b.strct("two", 16, None)
    });
    case("a pointer in the base", INVALID, &|b| {
        let int = b.int("int");
        b.ptr(int)
    });
    case("void alone", Loads, &|b| {
        b.int("int");
        0
    });
}

/// A struct of another size, and what of the module's has it inside.
fn embedded(cases: &mut Vec<Case>) {
    let mut case = |name: &str, does, make: &dyn Fn(&mut Blob, u32, u32)| {
        let mut base = Blob::new();
        let int = base.int("int");
        let thing = base.strct("thing", 8, None);
        let mut split = Blob::split(&base);
        make(&mut split, int, thing);
        cases.push(Case::new(name, Some(base.bytes()), split.bytes(), does));
    };
    case("a member that has grown", INVALID, &|b, _, thing| {
        b.strct("mine", 8, Some(thing));
    });
    case(
        "a member of a union that has grown",
        INVALID,
        &|b, _, thing| {
            b.add("mine", UNION, 1, 8, &[0, thing, 0]);
        },
    );
    case(
        "a pointer to one that has grown",
        Does::Loads,
        &|b, _, thing| {
            let ptr = b.ptr(thing);
            b.strct("mine", 8, Some(ptr));
        },
    );
    for links in [1, 31, 32, 33, 60, 5000] {
        let name = format!("a member through {links} arrays");
        case(&name, INVALID, &move |b, int, thing| {
            let mut of = thing;
            for _ in 0..links {
                of = b.array(of, int);
            }
            b.strct("mine", 8, Some(of));
        });
        let name = format!("a member through {links} arrays, forwards");
        case(&name, INVALID, &move |b, int, thing| {
            let first = b.next();
            for nth in 1..links {
                b.array(first + nth, int);
            }
            b.array(thing, int);
            b.strct("mine", 8, Some(first));
        });
        let name = format!("a member through {links} arrays and qualifiers");
        case(&name, INVALID, &move |b, int, thing| {
            let mut of = thing;
            for _ in 0..links {
                of = b.array(of, int);
                of = b.constant(of);
            }
            b.strct("mine", 8, Some(of));
        });
        let name = format!("a member through {links} qualifiers");
        case(&name, INVALID, &move |b, _, thing| {
            let mut of = thing;
            for _ in 0..links {
                of = b.constant(of);
            }
            b.strct("mine", 8, Some(of));
        });
    }
    // It looks at members only.
    case("an argument that has grown", Does::Loads, &|b, _, thing| {
        let proto = b.add("", FUNC_PROTO, 1, 0, &[0, thing]);
        b.func("mine", proto);
    });
    case("a variable that has grown", Does::Loads, &|b, _, thing| {
        b.add("mine", VAR, 0, thing, &[1]);
    });
    case(
        "an array of one that has grown",
        Does::Loads,
        &|b, int, thing| {
            b.array(thing, int);
        },
    );
}

/// A struct inside another, which the kernel declares as well.
fn embedded_and_declared(cases: &mut Vec<Case>) {
    // The declaration is kept away where it comes first, and found as well where it comes later.
    for (name, does) in [("late", Does::Loads), ("both", INVALID)] {
        let mut base = Blob::new();
        let of = base.strct(name, 8, None);
        let mut split = Blob::split(&base);
        split.strct("mine", 8, Some(of));
        let title = format!("a member that is declared as well, '{name}'");
        cases.push(Case::new(title, Some(base.bytes()), split.bytes(), does));
    }
}

/// Strings of the base, in the module's types.
fn strings(cases: &mut Vec<Case>) {
    let mut case = |name: &str, does, make: &dyn Fn(&mut Blob, u32, u32)| {
        let mut base = Blob::new();
        base.int("int");
        let thing = base.string("thing");
        base.raw(thing, info(STRUCT, 0), 16, &[]);
        let other = base.string("other");
        let mut split = Blob::split(&base);
        make(&mut split, thing, other);
        cases.push(Case::new(name, Some(base.bytes()), split.bytes(), does));
    };
    let member = |b: &mut Blob, name: u32| {
        b.raw(0, info(STRUCT, 1), 4, &[name, 1, 0]);
    };
    case(
        "a member called like a type",
        Does::Loads,
        &|b, thing, _| member(b, thing),
    );
    case("a member called like no type", NOT_FOUND, &|b, _, other| {
        member(b, other)
    });
    case(
        "a member called like the end of a type",
        NOT_FOUND,
        &|b, thing, _| {
            member(b, thing + 2);
        },
    );
    case("a struct called like no type", NOT_FOUND, &|b, _, other| {
        b.raw(other, info(STRUCT, 0), 4, &[]);
    });
    case(
        "an argument called like no type",
        NOT_FOUND,
        &|b, _, other| {
            b.raw(0, info(FUNC_PROTO, 1), 0, &[other, 1]);
        },
    );
    case("a value called like no type", NOT_FOUND, &|b, _, other| {
        b.raw(0, info(ENUM, 1), 4, &[other, 1]);
    });
    case(
        "a member called like the end of another",
        Does::Loads,
        &|b, _, _| {
            let name = b.string("outer_name");
            member(b, name + 6);
        },
    );
}
