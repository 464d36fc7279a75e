// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! A name that the kernel refuses costs the name, and not all of the BTF.

mod common;

use btf_reconcile::btf::{
    Fault,
    Kind,
    Mending, //
};
use common::{
    builder::Builder,
    mended::{
        mended,
        refused, //
    }, //
};

const NAME: Fault = Fault::Kernel("Invalid name");

#[test]
fn what_is_acceptable_stays() {
    let after = mended(|s| {
        let ptr = s.ptr(2);
        let proto = s.proto(ptr, &[("a", 1)]);
        s.func("f", proto);
    });
    assert_eq!(
        after.types(),
        ["PTR  [2]", "FUNC_PROTO .a [3, 1]", "FUNC f [4]"]
    );
    assert_eq!(after.ids, [3, 4, 5]);
    assert_eq!(after.mending, Mending::default());
}

#[test]
fn a_type_loses_its_name() {
    let after = mended(|s| {
        s.composite(Kind::Struct, "trace_iterato~", 8, &[("a", 1, 0)]);
        s.composite(Kind::Union, "a b", 8, &[("a", 1, 0)]);
        s.enumeration("1e", 4, &[("A", 1)]);
        s.enum64("e-64", &[("B", 1)]);
        s.ptr(3);
        s.array(4, 1, 2);
    });
    assert_eq!(
        after.types(),
        [
            "STRUCT .a 8 [1]",
            "UNION .a 8 [1]",
            "ENUM .A 4 []",
            "ENUM64 .B 8 []",
            "PTR  [3]",
            "ARRAY  [4, 1]",
        ]
    );
    assert_eq!(after.ids, [3, 4, 5, 6, 7, 8]);
    assert_eq!(after.mending.nameless, 4);
}

/// What is found by its name has to be where bisection looks for it.
#[test]
fn sorted_types_stay_sorted() {
    let after = mended(|s| {
        s.ptr(5);
        s.strct("a", 1);
        s.strct("b b", 2);
        s.strct("c", 3);
    });
    assert_eq!(
        after.types(),
        ["PTR  [4]", "STRUCT  2 []", "STRUCT a 1 []", "STRUCT c 3 []"]
    );
    assert_eq!(after.ids, [3, 5, 4, 6]);
    // Those that are not, stay as they are.
    let after = mended(|s| {
        s.strct("d", 1);
        s.strct("b b", 2);
        s.strct("c", 3);
    });
    assert_eq!(
        after.types(),
        ["STRUCT d 1 []", "STRUCT  2 []", "STRUCT c 3 []"]
    );
    assert_eq!(after.ids, [3, 4, 5]);
}

#[test]
fn a_declaration_becomes_what_nothing_can_be_taken_for() {
    let after = mended(|s| {
        s.fwd("a b", false);
        s.fwd("", true);
        s.fwd("good", true);
        s.ptr(3);
        s.ptr(4);
    });
    assert_eq!(
        after.types(),
        [
            "STRUCT  0 []",
            "UNION  0 []",
            "FWD good []",
            "PTR  [3]",
            "PTR  [4]"
        ]
    );
    assert_eq!(after.mending.nameless, 1);
}

#[test]
fn a_typedef_gives_way() {
    let after = mended(|s| {
        s.typedef("t t", 2);
        s.typedef("u u", 3);
        s.typedef("v v", 7);
        s.ptr(4);
        s.composite(Kind::Struct, "s", 8, &[("m", 4, 0)]);
        // On nothing.
        s.typedef("w w", 0);
        s.ptr(8);
        s.ptr(5);
    });
    assert_eq!(
        after.types(),
        ["PTR  [2]", "STRUCT s.m 8 [2]", "PTR  [0]", "PTR  [4]"]
    );
    assert_eq!(after.ids, [2, 2, 4, 3, 4, 0, 5, 6]);
    assert_eq!(after.mending.replaced, 4);
    // A member can't be of nothing.
    let error = refused(|s| {
        s.typedef("w w", 0);
        s.composite(Kind::Struct, "s", 8, &[("m", 3, 0)]);
    });
    assert_eq!(error, (3, Fault::Kernel("Invalid type_id")));
}

#[test]
fn typedefs_of_each_other_go() {
    let after = mended(|s| {
        s.typedef("t t", 4);
        s.typedef("u u", 3);
        s.typedef("v v", 4);
        s.ptr(5);
        s.strct("s", 4);
    });
    assert_eq!(after.types(), ["STRUCT s 4 []"]);
    assert_eq!(after.ids, [0, 0, 0, 0, 3]);
    let error = refused(|s| {
        s.typedef("t t", 3);
        s.composite(Kind::Struct, "s", 8, &[("m", 3, 0)]);
    });
    assert_eq!(error, (3, NAME));
}

#[test]
fn an_empty_tag_on_a_type_gives_way() {
    let after = mended(|s| {
        s.raw(0, Kind::TypeTag as u32, false, 0, 2, &[]);
        s.ptr(3);
        s.reference(Kind::TypeTag, "user", 2);
    });
    assert_eq!(after.types(), ["PTR  [2]", "TYPE_TAG user [2]"]);
    assert_eq!(after.mending.replaced, 1);
    // One with a text means something.
    let tag = |s: &mut Builder| {
        let user = s.string("user");
        s.raw(user, Kind::TypeTag as u32, false, 1, 2, &[])
    };
    let after = mended(|s| {
        let tag = tag(s);
        s.ptr(tag);
    });
    assert_eq!((after.types.len(), after.mending.left_out), (0, 2));
    let error = refused(|s| {
        let tag = tag(s);
        let ptr = s.ptr(tag);
        s.composite(Kind::Struct, "s", 8, &[("m", ptr, 0)]);
    });
    assert_eq!(error, (3, Fault::Kernel("vlen != 0")));
}

#[test]
fn what_must_not_have_a_name_has_none() {
    let kinds = [
        (Kind::Ptr, vec![]),
        (Kind::Const, vec![]),
        (Kind::Volatile, vec![]),
        (Kind::Restrict, vec![]),
        (Kind::FuncProto, vec![]),
    ];
    for (kind, tail) in kinds {
        let after = mended(|s| {
            let name = s.string("n");
            s.raw(name, kind as u32, false, 0, 2, &tail);
        });
        assert_eq!(after.types(), [format!("{}  [2]", kind.name())]);
        assert_eq!(after.mending.nameless, 1);
    }
    let after = mended(|s| {
        let name = s.string("n");
        s.raw(name, Kind::Array as u32, false, 0, 0, &[2, 1, 3]);
        s.raw(u32::MAX, Kind::Int as u32, false, 0, 4, &[32]);
    });
    assert_eq!(after.types(), ["ARRAY  [2, 1]", "INT  4 []"]);
    assert_eq!(after.mending.nameless, 2);
}

#[test]
fn members_and_values_lose_their_names() {
    let after = mended(|s| {
        s.composite(
            Kind::Struct,
            "s",
            8,
            &[("a", 1, 0), ("b b", 1, 8), ("c", 1, 16)],
        );
        s.composite(Kind::Union, "u u", 8, &[("1", 1, 0), ("", 1, 0)]);
        s.enumeration("e", 4, &[("A", 1), ("B B", 2), ("", 3), ("C", 4)]);
        s.enum64("l", &[("D D", 1), ("E", 1 << 40)]);
    });
    assert_eq!(
        after.types(),
        [
            "STRUCT s.a..c 8 [1, 1, 1]",
            "UNION .. 8 [1, 1]",
            "ENUM e.A.C 4 []",
            "ENUM64 l.E 8 []",
        ]
    );
    assert_eq!(after.mending.members, 5);
    assert_eq!(after.mending.nameless, 1);
}
