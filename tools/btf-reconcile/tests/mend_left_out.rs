// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! A record that the kernel refuses costs that, and what only goes along with it.

mod common;

use btf_reconcile::{
    btf::{
        mend,
        Btf,
        Fault,
        Kind,
        Place, //
    },
    facade,
};
use common::{
    builder::Builder,
    mended::{
        kernel,
        mend_blob,
        mended,
        refused,
        FIRST, //
    },
    refusals::with_layout, //
};

const NAME: Fault = Fault::Kernel("Invalid name");

#[test]
fn functions_and_tags_go() {
    let after = mended(|s| {
        let proto = s.proto(1, &[]);
        let good = s.func("good", proto);
        let bad = s.func("b d", proto);
        let linkage = s.string("linkage");
        s.raw(linkage, Kind::Func as u32, false, 2, proto, &[]);
        for to in [good, bad, good] {
            let text = s.string("bpf kfunc");
            s.raw(text, Kind::DeclTag as u32, false, 0, to, &[u32::MAX]);
        }
        // Tags that say nothing, or what on.
        s.raw(0, Kind::DeclTag as u32, false, 0, good, &[u32::MAX]);
        let text = s.string("text");
        s.raw(text, Kind::DeclTag as u32, false, 0, good, &[-2i32 as u32]);
    });
    assert_eq!(
        after.types(),
        [
            "FUNC_PROTO  [1]",
            "FUNC good [3]",
            "DECL_TAG bpf kfunc [4]",
            "DECL_TAG bpf kfunc [4]",
        ]
    );
    assert_eq!(after.ids, [3, 4, 0, 0, 5, 0, 6, 0, 0]);
    assert_eq!(after.mending.left_out, 5);
}

/// What a tag can be on is a struct or a typedef, but not what the typedef was of.
#[test]
fn a_tag_on_what_gives_way_goes() {
    let after = mended(|s| {
        s.typedef("t t", 1);
        let text = s.string("text");
        s.raw(text, Kind::DeclTag as u32, false, 0, 3, &[u32::MAX]);
        s.ptr(3);
    });
    assert_eq!(after.types(), ["PTR  [1]"]);
}

#[test]
fn variables_go_with_their_places() {
    let after = mended(|s| {
        s.var("a", 1);
        s.var("b b", 1);
        s.var("c", 1);
        let name = s.string(".data..percpu");
        let places = [3, 0, 4, 4, 4, 4, 5, 8, 4];
        s.raw(name, Kind::Datasec as u32, false, 3, 12, &places);
    });
    assert_eq!(
        after.types(),
        ["VAR a [1]", "VAR c [1]", "DATASEC .data..percpu [3, 4]"]
    );
}

/// A variable of each processor would be taken for a single one if the section did not say so.
#[test]
fn a_section_goes_with_its_variables() {
    for (name, size) in [("\u{1}", 8), (".data..percpu", 0), (".data..percpu", 7)] {
        let after = mended(|s| {
            s.var("a", 1);
            s.var("b", 1);
            s.var("alone", 1);
            let text = s.string("text");
            s.raw(text, Kind::DeclTag as u32, false, 0, 3, &[u32::MAX]);
            let name = s.string(name);
            let places = [3, 0, 4, 4, 4, 4];
            s.raw(name, Kind::Datasec as u32, false, 2, size, &places);
        });
        assert_eq!(after.types(), ["VAR alone [1]"], "{name} {size}");
        assert_eq!(after.mending.left_out, 4);
    }
}

#[test]
fn kinds_that_are_not_known_go() {
    let base = kernel();
    // Kinds 20 and 21 have a word each, and one for each element.
    let layout: Vec<u8> = (0..22u8)
        .flat_map(|kind| if kind < 20 { [0; 4] } else { [4, 4, 0, 0] })
        .collect();
    let mend_with = |make: &dyn Fn(&mut Builder)| {
        let mut split = Builder::split(&base);
        make(&mut split);
        mend_blob(&base, &with_layout(&split.bytes(), &layout))
    };
    let unknown = |s: &mut Builder, tail: &[u32]| {
        let name = s.string("what");
        s.raw(name, 20, false, tail.len() as u32 - 1, 77, tail)
    };
    let after = mend_with(&|s| {
        unknown(s, &[1, 2, 3]);
        let proto = s.proto(1, &[]);
        let func = s.func("f", proto);
        unknown(s, &[func]);
        let tagged = unknown(s, &[func]);
        let text = s.string("text");
        s.raw(text, Kind::DeclTag as u32, false, 0, tagged, &[u32::MAX]);
        let to = s.ptr(tagged);
        s.proto(to, &[]);
        s.strct("s", 4);
    });
    let after = after.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(
        after.types(),
        ["FUNC_PROTO  [1]", "FUNC f [3]", "STRUCT s 4 []"]
    );
    assert_eq!(after.ids, [0, 3, 4, 0, 0, 0, 0, 0, 5]);
    // What is needed can't go.
    let needed: [fn(&mut Builder, u32); 3] = [
        |s, of| _ = s.composite(Kind::Struct, "s", 8, &[("m", of, 0)]),
        |s, of| _ = s.typedef("t", of),
        |s, of| {
            let array = s.array(of, 1, 1);
            let of = s.reference(Kind::Const, "", array);
            s.composite(Kind::Union, "", 8, &[("m", of, 0)]);
        },
    ];
    for make in needed {
        let found = mend_with(&|s| {
            let of = unknown(s, &[1]);
            make(s, of);
        });
        let wanted = (Place::Type(3), Fault::Kernel("Invalid kind"));
        assert_eq!(found.map(|_| ()), Err(wanted));
    }
}

#[test]
fn what_is_wrong_in_itself_goes_if_only_what_can_go_refers_to_it() {
    let int = |s: &mut Builder| {
        let name = s.string("int of 7");
        s.raw(name, Kind::Int as u32, false, 0, 4, &[(7 << 24) | 32])
    };
    let after = mended(|s| {
        let int = int(s);
        let array = s.array(int, 1, 2);
        let ptr = s.ptr(array);
        let proto = s.proto(0, &[("a", 1), ("b", ptr)]);
        s.func("f", proto);
        s.var("v", ptr);
        let good = s.proto(0, &[]);
        s.func("g", good);
    });
    assert_eq!(after.types(), ["FUNC_PROTO  [0]", "FUNC g [3]"]);
    assert_eq!(after.mending.left_out, 6);
    let error = refused(|s| {
        s.strct("a b", 4);
        let int = int(s);
        s.composite(Kind::Struct, "s", 4, &[("m", int, 0)]);
    });
    assert_eq!(error, (3, NAME));
}

/// What can't be mended is an error: a chain that is too long, a loop, a gap between sections.
#[test]
fn not_single_records() {
    let error = refused(|s| {
        for nth in 0..33 {
            s.reference(Kind::Const, "", FIRST + nth + 1);
        }
        s.ptr(0);
    });
    assert_eq!(
        error,
        (3, Fault::Kernel("Max chain length or cycle detected"))
    );
    let error = refused(|s| {
        s.strct("a b", 4);
        s.array(4, 1, 1);
    });
    assert_eq!(error, (4, Fault::Endless));
    let base = kernel();
    let mut blob = Builder::split(&base).bytes();
    blob.extend([0; 4]);
    let found = mend_blob(&base, &blob).map(|_| ());
    let gap = Fault::Kernel("Unsupported section found");
    assert_eq!(found, Err((Place::Header, gap)));
    // A reference to no type.
    let error = refused(|s| {
        s.strct("a b", 4);
        s.ptr(99);
    });
    assert_eq!(error, (4, Fault::Reference { id: 99, end: 5 }));
}

/// Long chains of what gives way, and of what goes along.
#[test]
fn mending_takes_steps_as_there_are_references() {
    let base = kernel().bytes();
    let vmlinux = Btf::parse_kernel(&base).unwrap();
    let steps = |n: u32, ahead: bool, kind: Kind| {
        let mut split = Builder::split(&kernel());
        let name = split.string("a b");
        let end = FIRST + n;
        for nth in 0..n {
            let id = FIRST + nth;
            let to = match (ahead, nth) {
                (true, _) => id + 1,
                (false, 0) => end,
                (false, _) => id - 1,
            };
            split.raw(
                name,
                kind as u32,
                false,
                u32::from(kind == Kind::Ptr),
                to,
                &[],
            );
        }
        // Of a kind that the kernel refuses, or not.
        let flag = kind == Kind::Ptr;
        split.raw(0, Kind::Float as u32, flag, 0, 8, &[]);
        let blob = split.bytes();
        let before = facade::steps();
        let mended = mend(&vmlinux, &blob).map(|_| ());
        assert_eq!(mended, Ok(()));
        facade::steps() - before
    };
    for ahead in [true, false] {
        for kind in [Kind::Typedef, Kind::Ptr] {
            let (few, many) = (steps(1000, ahead, kind), steps(10_000, ahead, kind));
            assert!(many <= 12 * few, "{kind:?} {ahead}: {few}, {many} steps");
        }
    }
}
