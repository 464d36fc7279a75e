// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What reconciling makes of a split BTF.

mod common;

use btf_reconcile::btf::{
    rewrite,
    Btf,
    Error,
    Fault,
    Kind,
    Mode,
    Pair,
    Place,
    Plan,
    Reconciled,
    Section,
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

/// Reconciles with that kernel.
fn reconcile(base: &Builder, split: &Builder) -> Result<Reconciled, Error> {
    let (kernel, base, split) = (kernel().bytes(), base.bytes(), split.bytes());
    let vmlinux = Vmlinux::new(Btf::parse(&kernel, Section::Vmlinux)?)?;
    let base = Btf::parse(&base, Section::Base)?;
    let split = Btf::parse_split(&split, &base)?;
    let plan = Plan::new(&vmlinux, &base, &split, Mode::Lenient)?;
    rewrite(&vmlinux.btf, &base, &split, &plan)
}

/// Every split type in words, before and after.
fn meanings(base: &Builder, split: &Builder, result: &Reconciled) -> Vec<(u32, String, String)> {
    let (kernel, base, split) = (kernel().bytes(), base.bytes(), split.bytes());
    let kernel = Btf::parse(&kernel, Section::Vmlinux).unwrap();
    let base = Btf::parse(&base, Section::Base).unwrap();
    let split = Btf::parse_split(&split, &base).unwrap();
    let after = Btf::parse_split(&result.bytes, &kernel).unwrap();
    let before = Pair {
        base: &base,
        split: &split,
    };
    let after = Pair {
        base: &kernel,
        split: &after,
    };
    let types = split.records().map(|(id, _)| {
        let new = result.ids.get(id).unwrap();
        (new, describe(&before, id, 8), describe(&after, new, 8))
    });
    types.collect()
}

fn names(result: &Reconciled) -> Vec<String> {
    let kernel = kernel().bytes();
    let kernel = Btf::parse(&kernel, Section::Vmlinux).unwrap();
    let after = Btf::parse_split(&result.bytes, &kernel).unwrap();
    let types = Pair {
        base: &kernel,
        split: &after,
    };
    let name = |off| String::from_utf8_lossy(types.name(off).unwrap()).into_owned();
    after.records().map(|(_, r)| name(r.name_off)).collect()
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
    assert_eq!(result.ids.get(0), Some(0));
    assert_eq!(result.ids.get(split.next()), None);
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
    let kernel = kernel().bytes();
    let vmlinux = Vmlinux::new(Btf::parse(&kernel, Section::Vmlinux).unwrap()).unwrap();
    let header = empty(0);
    for base in [base.bytes(), header[..24].to_vec()] {
        let base = Btf::parse(&base, Section::Base).unwrap();
        let split = Btf::parse_split(&header, &base).unwrap();
        let plan = Plan::new(&vmlinux, &base, &split, Mode::Strict).unwrap();
        let result = rewrite(&vmlinux.btf, &base, &split, &plan).unwrap();
        assert_eq!(&result.bytes[..], &header[..]);
    }
}

/// Split from a base without strings, offset 0 is that of the module's own first one; a type
/// without a name must not be given one by that.
#[test]
fn no_name_stays_no_name() {
    let header = &Builder::new().bytes()[..24];
    let mut empty = header.to_vec();
    empty[20..24].copy_from_slice(&0u32.to_ne_bytes());
    let base = Btf::parse(&empty, Section::Base).unwrap();
    let mut split = Builder::new();
    split.ptr(0);
    split.strct("named", 4);
    let split = split.bytes();
    let split = Btf::parse_split(&split, &base).unwrap();
    let kernel = kernel().bytes();
    let vmlinux = Vmlinux::new(Btf::parse(&kernel, Section::Vmlinux).unwrap()).unwrap();
    let plan = Plan::new(&vmlinux, &base, &split, Mode::Strict).unwrap();
    let result = rewrite(&vmlinux.btf, &base, &split, &plan).unwrap();
    let after = Btf::parse_split(&result.bytes, &vmlinux.btf).unwrap();
    let offsets: Vec<_> = after.records().map(|(_, r)| r.name_off).collect();
    assert_eq!(offsets[0], 0);
    assert_eq!(after.name(offsets[1]), Some(&b"named"[..]));
}

/// Nor is one missing where there are no strings at all.
#[test]
fn no_name_needs_no_strings() {
    let mut kernel = Builder::new();
    kernel.ptr(0);
    let mut kernel = kernel.bytes();
    kernel.pop();
    kernel[20..24].copy_from_slice(&0u32.to_ne_bytes());
    let kernel = Btf::parse(&kernel, Section::Vmlinux).unwrap();
    let pointer = kernel.record(1).unwrap();
    assert_eq!(kernel.name(pointer.name_off), Some(&b""[..]));
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

    let kernel = kernel().bytes();
    let vmlinux = Vmlinux::new(Btf::parse(&kernel, Section::Vmlinux).unwrap()).unwrap();
    let base = base.bytes();
    let base = Btf::parse(&base, Section::Base).unwrap();
    let split = Btf::parse_split(&bytes, &base).unwrap();
    let plan = Plan::new(&vmlinux, &base, &split, Mode::Lenient).unwrap();
    let result = rewrite(&vmlinux.btf, &base, &split, &plan).unwrap();
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
    let error = reconcile(&base, &split).map(|_| ()).unwrap_err();
    let fault = Fault::Reference { id: 99, end: 4 };
    assert_eq!(error, Error::new(Section::Split, Place::Type(3), fault));
    assert_eq!(
        error.to_string(),
        ".BTF: type [3]: refers to type [99], there are 4"
    );

    let mut split = Builder::split(&base);
    split.raw(4096, Kind::Fwd as u32, false, 0, 0, &[]);
    let error = reconcile(&base, &split).map(|_| ()).unwrap_err();
    assert_eq!(error.fault, Fault::NameBounds(4096));

    // In the middle of "int".
    let mut split = Builder::split(&base);
    split.raw(2, Kind::Fwd as u32, false, 0, 0, &[]);
    let error = reconcile(&base, &split).map(|_| ()).unwrap_err();
    assert_eq!(error.fault, Fault::NameInside(2));
}
