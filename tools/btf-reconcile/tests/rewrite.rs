// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What reconciling makes of a split BTF.

mod common;

use btf_reconcile::btf::{
    rewrite,
    Btf,
    Error,
    Fault,
    Id,
    Kind,
    New,
    Pair,
    Place,
    Plan,
    Rewritten,
    Section,
    Split,
    Twins,
    Vmlinux, //
};
use common::{
    builder::Builder,
    words::describe, //
};

/// A kernel with a few types, sorted by name as kernels are.
fn kernel() -> Builder {
    let mut k = Builder::new();
    k.ptr(4);
    k.strct("alpha", 8);
    k.int("int", 4, 1);
    k.strct("task", 64);
    k.int("unsigned long long", 8, 0);
    k
}

/// Reconciles the wire forms of a base and what is split from it with that kernel.
fn reconcile_bytes(base: &[u8], split: &[u8]) -> Result<Rewritten<Split>, Error> {
    let kernel = kernel().bytes();
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel)?)?;
    let base = Btf::parse_base(base, Section::Base)?;
    let split = Btf::parse_split(split, &base)?;
    let plan = Plan::new(&vmlinux, &base, &split, &mut Twins::new(&vmlinux))?;
    rewrite(&vmlinux.btf, &base, &split, &plan)
}

fn reconcile(base: &Builder, split: &Builder) -> Result<Rewritten<Split>, Error> {
    reconcile_bytes(&base.bytes(), &split.bytes())
}

fn error_of(base: &Builder, split: &Builder) -> Error {
    reconcile(base, split).map(|_| ()).unwrap_err()
}

/// Every split type in words, before and after.
fn meanings(
    base: &Builder,
    split: &Builder,
    result: &Rewritten<Split>,
) -> Vec<(u32, String, String)> {
    let (kernel, base, split) = (kernel().bytes(), base.bytes(), split.bytes());
    let kernel = Btf::parse_kernel(&kernel).unwrap();
    let base = Btf::parse_base(&base, Section::Base).unwrap();
    let split = Btf::parse_split(&split, &base).unwrap();
    let after = Btf::<New>::parse_split(&result.bytes, &kernel).unwrap();
    let before = Pair {
        base: &base,
        split: &split,
    };
    let after = Pair {
        base: &kernel,
        split: &after,
    };
    let types = split.ids().map(|id| {
        let new = result.ids.get(id).unwrap();
        (
            new.number(),
            describe(&before, id, 8),
            describe(&after, new, 8),
        )
    });
    types.collect()
}

fn names(result: &Rewritten<Split>) -> Vec<String> {
    let kernel = kernel().bytes();
    let kernel = Btf::parse_kernel(&kernel).unwrap();
    let after = Btf::<New>::parse_split(&result.bytes, &kernel).unwrap();
    let types = Pair {
        base: &kernel,
        split: &after,
    };
    let name = |off| String::from_utf8_lossy(types.name(off).unwrap()).into_owned();
    after.records().map(|(_, r)| name(r.name())).collect()
}

/// A split BTF with a type of every sort, sorted by name, over `int`, `task` and one more.
fn module(third: &str) -> (Builder, Builder) {
    let mut base = Builder::new();
    let int = base.int("int", 4, 1);
    let task = base.strct("task", 64);
    let third = base.strct(third, 32);
    let mut split = Builder::split(&base);
    let ptr = split.ptr(task);
    let konst = split.reference(Kind::Const, "", int);
    let array = split.array(konst, int, 7);
    let own = split.next() + 2;
    let proto = split.proto(int, &[("t", ptr), ("n", konst), ("o", own)]);
    split.func("beta", proto);
    split.composite(
        Kind::Struct,
        "own",
        96,
        &[
            ("t", ptr, 0),
            ("a", array, 64),
            ("it", third, 288),
            ("", own, 0),
        ],
    );
    split.enum64("values", &[("BIG", 1 << 33), ("SMALL", 1)]);
    (base, split)
}

#[test]
fn nothing_carried_keeps_order_and_size() {
    let (base, split) = module("alpha");
    // `alpha` has another size here, and is held by value: use a base where it fits.
    let mut base_fits = Builder::new();
    base_fits.int("int", 4, 1);
    base_fits.strct("task", 64);
    base_fits.strct("alpha", 8);
    let result = reconcile(&base_fits, &split).unwrap();
    assert_eq!(result.bytes.len(), split.bytes().len());
    let first = kernel().next();
    for (nth, (new, before, after)) in meanings(&base_fits, &split, &result)
        .into_iter()
        .enumerate()
    {
        assert_eq!(new, first + nth as u32);
        assert_eq!(before, after);
    }
    assert_eq!(result.ids.get(Id::new(split.next()).unwrap()), None);
    drop(base);
}

#[test]
fn carried_type_takes_its_place_by_name() {
    for third in ["alpha", "missing", "zeta"] {
        let (base, split) = module(third);
        let result = reconcile(&base, &split).unwrap();
        let names = names(&result);
        assert!(names.is_sorted(), "{names:?}");
        assert!(names.iter().any(|n| n == third));
        for (_, before, after) in meanings(&base, &split, &result) {
            assert_eq!(before, after);
        }
    }
}

#[test]
fn unsorted_types_keep_their_order() {
    let mut base = Builder::new();
    base.strct("missing", 4);
    let mut split = Builder::split(&base);
    split.strct("z", 1);
    split.composite(Kind::Struct, "a", 8, &[("m", 1, 0)]);
    split.strct("y", 1);
    let result = reconcile(&base, &split).unwrap();
    let mut names = names(&result);
    assert_eq!(names.len(), 4);
    names.retain(|name| name != "missing");
    assert_eq!(names, ["z", "a", "y"]);
}

#[test]
fn alias_keeps_the_modules_spelling() {
    let mut base = Builder::new();
    base.int("long long unsigned int", 8, 0);
    let mut split = Builder::split(&base);
    // A name that is the base's string: not to be replaced by the kernel's spelling.
    let member = [base.string("unused"), 1, 0];
    split.raw(1, Kind::Struct as u32, false, 1, 8, &member);
    let result = reconcile(&base, &split).unwrap();
    assert_eq!(names(&result), ["long long unsigned int"]);
}

#[test]
fn strings_of_the_base_are_shared_or_added_once() {
    let mut base = Builder::new();
    base.strct("task", 64);
    base.strct("missing", 4);
    let mut split = Builder::split(&base);
    let (task, missing) = (1, 6);
    for _ in 0..3 {
        split.raw(missing, Kind::Var as u32, false, 0, 2, &[0]);
        split.raw(task, Kind::Var as u32, false, 0, 1, &[0]);
    }
    let result = reconcile(&base, &split).unwrap();
    assert_eq!(
        names(&result),
        ["missing", "missing", "task", "missing", "task", "missing", "task"]
    );
    // The record of `missing` and its string once.
    assert_eq!(
        result.bytes.len(),
        split.bytes().len() + 12 + "missing\0".len()
    );
}

#[test]
fn header_only_is_legal() {
    let base = Builder::new();
    let empty = |strs_len: u32| {
        let mut bytes = Builder::split(&base).bytes();
        bytes[20..24].copy_from_slice(&strs_len.to_ne_bytes());
        bytes
    };
    let header = empty(0);
    let result = reconcile_bytes(&base.bytes(), &header).unwrap();
    assert_eq!(&result.bytes[..], &header[..]);
    // But a base has strings, the empty one at least: the kernel refuses one that has none.
    let error = reconcile_bytes(&header[..24], &header)
        .map(|_| ())
        .unwrap_err();
    let no_strings = Error::new(Section::Base, Place::Header, Fault::NoStrings);
    assert_eq!(error, no_strings);
}

#[test]
fn layout_section_is_kept() {
    let mut base = Builder::new();
    base.int("int", 4, 1);
    let mut split = Builder::split(&base);
    split.typedef("number", 1);
    let plain = split.bytes();
    let (types, strs) = (12u32, 7u32);
    let mut bytes = plain[..4].to_vec();
    for word in [32, 0, types, types + 8, strs, types, 8] {
        bytes.extend_from_slice(&u32::to_ne_bytes(word));
    }
    bytes.extend_from_slice(&plain[24..36]);
    bytes.extend_from_slice(&[0, 0, 0, 0, 4, 0, 0, 0]);
    bytes.extend_from_slice(&plain[36..]);

    let result = reconcile_bytes(&base.bytes(), &bytes).unwrap();
    assert_eq!(result.bytes.len(), bytes.len());
    assert_eq!(result.bytes[..32], bytes[..32]);
    assert_eq!(result.bytes[44..], bytes[44..]);
    assert_eq!(names(&result), ["number"]);
}

#[test]
fn bad_references_are_placed() {
    let mut base = Builder::new();
    base.int("int", 4, 1);
    let mut split = Builder::split(&base);
    split.ptr(1);
    split.ptr(99);
    let error = error_of(&base, &split);
    let fault = Fault::Reference { id: 99, end: 4 };
    assert_eq!(error, Error::new(Section::Split, Place::Type(3), fault));
    assert_eq!(
        error.to_string(),
        ".BTF: type [3]: refers to type [99], there are 4"
    );

    let mut split = Builder::split(&base);
    split.raw(4096, Kind::Fwd as u32, false, 0, 0, &[]);
    let error = error_of(&base, &split);
    assert_eq!(error.fault, Fault::NameBounds(4096));

    // In the middle of "int".
    let mut split = Builder::split(&base);
    split.raw(2, Kind::Fwd as u32, false, 0, 0, &[]);
    let error = error_of(&base, &split);
    assert_eq!(error.fault, Fault::NameInside(2));
}

/// A carried declaration is one still.
#[test]
fn declarations_are_carried() {
    let mut base = Builder::new();
    let strct = base.fwd("nobody", false);
    let union = base.fwd("task", true);
    let mut split = Builder::split(&base);
    let to_strct = split.ptr(strct);
    let to_union = split.ptr(union);
    split.composite(
        Kind::Struct,
        "user",
        16,
        &[("a", to_strct, 0), ("b", to_union, 64)],
    );
    let result = reconcile(&base, &split).unwrap();
    assert_eq!(names(&result), ["", "", "nobody", "task", "user"]);
    let kernel = kernel().bytes();
    let kernel = Btf::parse_kernel(&kernel).unwrap();
    let after = Btf::<New>::parse_split(&result.bytes, &kernel).unwrap();
    let kinds: Vec<_> = after
        .records()
        .map(|(_, r)| (r.kind(), r.kind_flag()))
        .collect();
    assert_eq!(kinds[2..4], [(Kind::Fwd, false), (Kind::Fwd, true)]);
    for (_, before, after) in meanings(&base, &split, &result) {
        assert_eq!(before, after);
    }
}

/// A string of the base that no type of it has is a string all the same.
#[test]
fn strings_of_no_type_are_added() {
    let mut base = Builder::new();
    let int = base.int("int", 4, 1);
    let extra = base.string("extra");
    let mut split = Builder::split(&base);
    split.raw(
        0,
        Kind::Struct as u32,
        false,
        2,
        8,
        &[extra, int, 0, extra, int, 32],
    );
    let result = reconcile(&base, &split).unwrap();
    assert_eq!(result.bytes.len(), split.bytes().len() + "extra\0".len());
    for (_, before, after) in meanings(&base, &split, &result) {
        assert_eq!(before, after);
    }
}

/// What is split from a base with strings may have none of its own.
#[test]
fn split_types_without_strings() {
    for third in ["task", "missing"] {
        let mut base = Builder::new();
        let strct = base.strct(third, 64);
        let mut split = Builder::split(&base);
        split.ptr(strct);
        let result = reconcile(&base, &split).unwrap();
        let words = meanings(&base, &split, &result);
        assert_eq!(words[0].1, words[0].2);
    }
}

/// A name of the base's is a string, not a part of one: not of a type that stays, nor of one that does
/// not.
#[test]
fn names_inside_strings_are_errors() {
    let mut base = Builder::new();
    let name = base.string("missing");
    base.raw(name + 3, Kind::Struct as u32, false, 0, 4, &[]);
    let split = Builder::split(&base);
    let error = error_of(&base, &split);
    let inside = Fault::NameInside(name + 3);
    assert_eq!(error, Error::new(Section::Base, Place::Type(1), inside));

    // Of a member of a type that stays, too.
    let mut base = Builder::new();
    let (name, member) = (base.string("missing"), base.string("member"));
    base.raw(name, Kind::Struct as u32, false, 1, 4, &[member + 1, 0, 0]);
    let split = Builder::split(&base);
    let error = error_of(&base, &split);
    let inside = Fault::NameInside(member + 1);
    assert_eq!(error, Error::new(Section::Base, Place::Type(1), inside));

    // The module's own may share their ends, as linkers let them.
    let base = Builder::new();
    let mut split = Builder::split(&base);
    let name = split.string("outer_name");
    split.raw(name + 6, Kind::Struct as u32, false, 0, 4, &[]);
    let result = reconcile(&base, &split).unwrap();
    assert_eq!(names(&result), ["name"]);
}

/// A pointer of a distilled base, where none should be, joins the module's types.
#[test]
fn structural_types_of_a_distilled_base_move() {
    let mut base = Builder::new();
    let int = base.int("int", 4, 1);
    let pointer = base.ptr(int);
    let mut split = Builder::split(&base);
    let proto = split.proto(0, &[("x", pointer)]);
    split.func("f", proto);
    let result = reconcile(&base, &split).unwrap();
    assert_eq!(names(&result), ["", "", "f"]);
    for (_, before, after) in meanings(&base, &split, &result) {
        assert_eq!(before, after);
    }
}

/// References from types of the base that stay are checked as all are.
#[test]
fn bad_references_of_the_base_are_placed() {
    let mut base = Builder::new();
    base.ptr(77);
    let split = Builder::split(&base);
    let error = error_of(&base, &split);
    let bad = Fault::Reference { id: 77, end: 2 };
    assert_eq!(error, Error::new(Section::Base, Place::Type(1), bad));
}
