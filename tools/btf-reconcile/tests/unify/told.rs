// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is said of types that are no copies, though the kernel has some of their names.

use super::{
    kernel,
    new_ids,
    outcome,
    Builder,
    Kind,
    INT, //
};

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
            "place: member 'b' is at bit 128, in the kernel's at bit 192",
            "colour: value 'BLUE' is 3, in the kernel's 2",
            "place_t: it leads to [13], which differs from the kernel's",
            "port: it has member 'c' where the kernel's has member 'b'",
            "user: member 'opaque' leads to [16], which differs from the kernel's",
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
    assert_eq!(differing, ["error: value 'low' is -2, in the kernel's -1"]);
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
    assert_eq!(
        differing,
        ["bar: the kernel has several of this name, which differ from each other"]
    );
}

/// More of a name and size than are looked at: which is meant can't be told.
#[test]
fn more_rivals_than_are_looked_at_are_ambiguous() {
    for (count, new) in [(16, "kernel 2"), (17, "own 0"), (600, "own 0")] {
        let mut k = Builder::new();
        let int = k.int("int", 4, 1);
        for _ in 0..count {
            k.composite(Kind::Struct, "port", 4, &[("a", int, 0)]);
        }
        let mut m = Builder::split(&k);
        m.composite(Kind::Struct, "port", 4, &[("a", int, 0)]);
        assert_eq!(new_ids(&k, &m), [new], "{count}");
    }
}
