// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Copies of the kernel's types, case by case: what is one, what is none, and why.

mod common;

use btf_reconcile::btf::{
    unify,
    Btf,
    Copies,
    Fault,
    Kind,
    Place,
    Section,
    Vmlinux, //
};
use common::{
    builder::Builder,
    unified, //
};

/// Ids of the kernel's types below.
const INT: u32 = 1;
const PORT: u32 = 2;
const PORT_PTR: u32 = 3;
const OPAQUE: u32 = 5;
const OPAQUE_PTR: u32 = 6;

/// `struct bar` points to a struct with members, `struct user` to one that is only declared.
fn kernel() -> Builder {
    let mut b = Builder::new();
    b.int("int", 4, 1);
    b.composite(Kind::Struct, "port", 8, &[("a", INT, 0), ("b", INT, 32)]);
    b.ptr(PORT);
    b.composite(
        Kind::Struct,
        "bar",
        16,
        &[("port", PORT_PTR, 0), ("n", INT, 64)],
    );
    b.fwd("opaque", false);
    b.ptr(OPAQUE);
    b.composite(Kind::Struct, "user", 8, &[("opaque", OPAQUE_PTR, 0)]);
    b
}

/// Unifies what `module` adds to `kernel`. For each type of the module its new id, counted from the
/// kernel's last where it is the module's own; and each difference in words.
fn outcome(kernel: &Builder, module: &Builder) -> (Vec<String>, Vec<String>) {
    let (kernel, module) = (kernel.bytes(), module.bytes());
    unified::check(&kernel, &module).unwrap();
    let vmlinux = Vmlinux::new(Btf::parse(&kernel, Section::Vmlinux).unwrap()).unwrap();
    let split = Btf::parse_split(&module, &vmlinux.btf).unwrap();
    let copies = Copies::find(&vmlinux, &split).unwrap();
    let after = unify(&copies).unwrap();
    let new = (split.first()..split.end()).map(|id| match after.ids.get(id) {
        Some(0) => "gone".to_owned(),
        Some(new) if new < split.first() => format!("kernel {new}"),
        Some(new) => format!("own {}", new - split.first()),
        None => "lost".to_owned(),
    });
    let name = |id| {
        let record = split.record(id).unwrap();
        let name = copies.types().name(record.name_off).unwrap();
        String::from_utf8_lossy(name).into_owned()
    };
    let differing = copies
        .differing()
        .map(|(id, _, difference)| format!("{}: {}", name(id), difference.renumbered(&after.ids)));
    (new.collect(), differing.collect())
}

#[test]
fn what_hangs_together_goes_together() {
    let mut m = Builder::split(&kernel());
    let first = m.next();
    m.composite(Kind::Struct, "port", 8, &[("a", INT, 0), ("b", INT, 32)]);
    m.ptr(first);
    m.composite(
        Kind::Struct,
        "bar",
        16,
        &[("port", first + 1, 0), ("n", INT, 64)],
    );
    m.composite(Kind::Struct, "mine", 8, &[("bar", first + 4, 0)]);
    m.ptr(first + 2);
    let (new, differing) = outcome(&kernel(), &m);
    assert_eq!(new, ["kernel 2", "kernel 3", "kernel 4", "own 0", "own 1"]);
    assert!(differing.is_empty());
}

#[test]
fn the_first_difference_is_told() {
    let mut k = kernel();
    let first = k.next();
    k.composite(Kind::Struct, "place", 32, &[("a", INT, 0), ("b", INT, 192)]);
    k.enumeration("colour", 4, &[("RED", 1), ("BLUE", 2)]);
    k.raw(0, Kind::Const as u32, false, 0, first, &[]);
    k.typedef("place_t", INT);
    let mut m = Builder::split(&k);
    let own = m.next();
    m.composite(Kind::Struct, "bar", 24, &[]);
    m.composite(Kind::Struct, "place", 32, &[("a", INT, 0), ("b", INT, 128)]);
    m.enumeration("colour", 4, &[("RED", 1), ("BLUE", 3)]);
    m.typedef("place_t", own + 1);
    m.composite(Kind::Struct, "port", 8, &[("a", INT, 0), ("c", INT, 32)]);
    m.ptr(own + 4);
    m.composite(Kind::Struct, "user", 8, &[("opaque", own + 5, 0)]);
    let (new, differing) = outcome(&k, &m);
    assert!(new.iter().all(|new| new.starts_with("own")), "{new:?}");
    assert_eq!(
        differing,
        [
            "place: 'b' at bit 128, kernel 192",
            "colour: 'BLUE' is 3, kernel 2",
            "place_t: leads to [13], which differs",
            "port: 'c', kernel 'b'",
            "user: 'opaque' leads to [16], which differs",
        ]
    );
}

#[test]
fn signed_values_are_told_as_such() {
    let mut k = Builder::new();
    let name = (k.string("low"), k.string("error"));
    k.raw(name.1, Kind::Enum as u32, true, 1, 4, &[name.0, u32::MAX]);
    let mut m = Builder::split(&k);
    let low = m.string("low");
    let error = m.string("error");
    m.raw(error, Kind::Enum as u32, true, 1, 4, &[low, u32::MAX - 1]);
    let (_, differing) = outcome(&k, &m);
    assert_eq!(differing, ["error: 'low' is -2, kernel -1"]);
}

/// A module's `struct port` may be its own; then what it only declares may be that one, too.
#[test]
fn a_declaration_is_not_guessed() {
    let declares = |defines: bool| {
        let mut m = Builder::split(&kernel());
        let fwd = m.fwd("port", false);
        m.ptr(fwd);
        if defines {
            m.composite(Kind::Struct, "port", 4, &[("mine", INT, 0)]);
        }
        outcome(&kernel(), &m)
    };
    assert_eq!(declares(false).0, ["kernel 2", "own 0"]);
    let (new, differing) = declares(true);
    assert_eq!(new, ["own 0", "own 1", "own 2"]);
    assert_eq!(differing, ["port: size 4, kernel 8"]);
}

/// The kernel only declares what the module defines: who points to it from the module's own types
/// keeps the definition.
#[test]
fn a_definition_is_not_lost() {
    let mut m = Builder::split(&kernel());
    let first = m.next();
    m.composite(Kind::Struct, "opaque", 4, &[("secret", INT, 0)]);
    m.ptr(first);
    m.composite(Kind::Struct, "user", 8, &[("opaque", first + 1, 0)]);
    m.proto(INT, &[("it", first + 1), ("user", first + 4)]);
    m.ptr(first + 2);
    let (new, _) = outcome(&kernel(), &m);
    assert_eq!(new, ["own 0", "own 1", "kernel 7", "own 2", "own 3"]);
}

/// Of several types of the kernel that are equal to the module's but not to each other, none.
#[test]
fn what_is_ambiguous_stays() {
    let mut k = Builder::new();
    k.int("int", 4, 1);
    for (port, size) in [(2, 8), (5, 16)] {
        k.composite(Kind::Struct, "port", size, &[("a", INT, 0)]);
        k.ptr(port);
        k.composite(Kind::Struct, "bar", 8, &[("port", port + 1, 0)]);
    }
    let mut m = Builder::split(&k);
    let first = m.next();
    m.fwd("port", false);
    m.ptr(first);
    m.composite(Kind::Struct, "bar", 8, &[("port", first + 1, 0)]);
    let (new, differing) = outcome(&k, &m);
    assert_eq!(new, ["own 0", "own 1", "own 2"]);
    assert_eq!(differing, ["bar: the kernel has several that differ"]);
}

/// `btf_type_tag` and `attribute` of the same name are not the same.
#[test]
fn tags_of_another_sort_differ() {
    let tagged = |b: &mut Builder, attribute: bool| {
        let tag = b.string("rcu");
        let tag = b.raw(tag, Kind::TypeTag as u32, attribute, 0, INT, &[]);
        let ptr = b.ptr(tag);
        b.composite(Kind::Struct, "tagged", 8, &[("p", ptr, 0)]);
    };
    for (ours, same) in [(false, true), (true, false)] {
        let mut k = Builder::new();
        k.int("int", 4, 1);
        tagged(&mut k, false);
        let mut m = Builder::split(&k);
        tagged(&mut m, ours);
        let (new, _) = outcome(&k, &m);
        assert_eq!(new.iter().all(|new| new.starts_with("kernel")), same);
    }
}

/// No integer has the kind flag; one that does is like no other.
#[test]
fn records_with_other_kind_flags_differ() {
    for (ours, same) in [(false, true), (true, false)] {
        let mut k = Builder::new();
        k.int("odd", 4, 0);
        let mut m = Builder::split(&k);
        let name = m.string("odd");
        m.raw(name, Kind::Int as u32, ours, 0, 4, &[32]);
        let (new, _) = outcome(&k, &m);
        assert_eq!(new == ["kernel 1"], same);
    }
}

#[test]
fn a_loop_is_equal_to_itself() {
    let list = |b: &mut Builder, last: &str| {
        let first = b.next();
        b.ptr(first + 1);
        b.composite(
            Kind::Struct,
            "list",
            16,
            &[("next", first, 0), (last, first, 64)],
        );
    };
    let mut k = Builder::new();
    list(&mut k, "prev");
    for (last, new) in [("prev", "kernel"), ("last", "own")] {
        let mut m = Builder::split(&k);
        list(&mut m, last);
        assert!(outcome(&k, &m).0.iter().all(|n| n.starts_with(new)));
    }
}

/// The strings of what is left of `m`, which the kernel does not have.
fn strings_after(m: &Builder) -> Vec<u8> {
    let (kernel, module) = (kernel().bytes(), m.bytes());
    unified::check(&kernel, &module).unwrap();
    let vmlinux = Vmlinux::new(Btf::parse(&kernel, Section::Vmlinux).unwrap()).unwrap();
    let split = Btf::parse_split(&module, &vmlinux.btf).unwrap();
    let copies = Copies::find(&vmlinux, &split).unwrap();
    let after = unify(&copies).unwrap();
    let after = Btf::parse_split(&after.bytes, &vmlinux.btf).unwrap();
    after.header().strs.to_vec()
}

#[test]
fn strings_go_with_the_types_that_name_them() {
    let struct_ = Kind::Struct as u32;
    let mut m = Builder::split(&kernel());
    m.string("nobody's");
    let ours = m.string("ours too");
    let long = m.string(&"long ".repeat(200));
    m.composite(Kind::Struct, "port", 8, &[("a", INT, 0), ("b", INT, 32)]);
    m.raw(ours, struct_, false, 0, 0, &[]);
    assert_eq!(strings_after(&m), b"ours too\0");
    // A name may be the end of another one, and come first.
    let mut n = m.clone();
    n.raw(ours + 5, struct_, false, 0, 0, &[]);
    assert_eq!(strings_after(&n), b"ours too\0");
    let mut n = Builder::split(&kernel());
    n.string("nobody's");
    let ours = n.string("ours too");
    n.string("last");
    n.composite(Kind::Struct, "port", 8, &[("a", INT, 0), ("b", INT, 32)]);
    n.raw(ours + 5, struct_, false, 0, 0, &[]);
    assert_eq!(strings_after(&n), b"too\0");
    n.raw(ours, struct_, false, 0, 0, &[]);
    assert_eq!(strings_after(&n), b"ours too\0");
    // What is too long for a name is a string all the same, and any part of it may be named.
    let all = "long ".repeat(200);
    for parts in [&[0][..], &[900], &[900, 0], &[0, 900], &[999, 400, 10]] {
        let mut n = m.clone();
        for part in parts {
            n.raw(long + part, struct_, false, 0, 0, &[]);
        }
        let first = *parts.iter().min().unwrap() as usize;
        let wanted = ["ours too", &all[first..], ""].join("\0");
        assert_eq!(strings_after(&n), wanted.as_bytes());
    }
}

#[test]
fn a_string_that_is_not_there_is_told() {
    let mut m = Builder::split(&kernel());
    m.composite(Kind::Struct, "port", 8, &[("a", INT, 0), ("b", INT, 32)]);
    let id = m.raw(9999, Kind::Struct as u32, false, 0, 0, &[]);
    let error = unified::check(&kernel().bytes(), &m.bytes()).unwrap_err();
    assert_eq!(error.place, Place::Type(id));
    assert_eq!(error.fault, Fault::NameBounds(9999));
}
