// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The strings that are left when copies go.

use super::{
    kernel,
    opened,
    unify,
    Btf,
    Builder,
    Copies,
    Fault,
    Kind,
    New,
    Place,
    Twins,
    INT, //
};

/// The strings of what is left of `m`, which the kernel does not have.
fn strings_after(m: &Builder) -> Vec<u8> {
    opened(&kernel(), m, |vmlinux, split| {
        let mut twins = Twins::new(vmlinux);
        let copies = Copies::find(vmlinux, split, &mut twins).unwrap();
        let after = unify(&copies).unwrap();
        let after = Btf::<New>::parse_split(&after.bytes, &vmlinux.btf).unwrap();
        after.header().strs.to_vec()
    })
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
    let error = opened(&kernel(), &m, |vmlinux, split| {
        let mut twins = Twins::new(vmlinux);
        let copies = Copies::find(vmlinux, split, &mut twins).unwrap();
        unify(&copies).err().unwrap()
    });
    assert_eq!(error.place, Place::Type(id));
    assert_eq!(error.fault, Fault::NameBounds(9999));
}
