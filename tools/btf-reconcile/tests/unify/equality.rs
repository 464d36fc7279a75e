// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is equal, down to the last leaf.

use super::{
    new_ids,
    outcome,
    Builder,
    Kind,
    INT, //
};

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

/// A struct `ctx` with a pointer to a pointer to a `struct priv`, which is `same` or is not; the id
/// of `ctx`.
fn context(b: &mut Builder, int: u32, same: bool) -> u32 {
    let member = if same { "a" } else { "b" };
    let private = b.composite(Kind::Struct, "priv", 4, &[(member, int, 0)]);
    let pointer = b.ptr(private);
    let pointer = b.ptr(pointer);
    b.composite(Kind::Struct, "ctx", 8, &[("priv", pointer, 0)])
}

/// The kernel's types of a name are looked into, down to the last leaf: of two that differ through
/// two pointers a module's type is a copy of the one that it is equal to.
#[test]
fn of_several_that_differ_below_the_equal_one_is_taken() {
    for first_is_same in [true, false] {
        let mut k = Builder::new();
        let int = k.int("int", 4, 1);
        let ids = [first_is_same, !first_is_same].map(|same| context(&mut k, int, same));
        let mut m = Builder::split(&k);
        context(&mut m, int, true);
        let kernels = if first_is_same { ids[0] } else { ids[1] };
        let wanted = [3, 2, 1, 0].map(|before| format!("kernel {}", kernels - before));
        assert_eq!(new_ids(&k, &m), wanted);
    }
}

/// What is equal to none of several is a copy of none, wherever they differ.
#[test]
fn what_differs_below_is_no_copy() {
    let mut k = Builder::new();
    let int = k.int("int", 4, 1);
    context(&mut k, int, false);
    context(&mut k, int, false);
    let mut m = Builder::split(&k);
    context(&mut m, int, true);
    assert_eq!(new_ids(&k, &m), ["own 0", "own 1", "own 2", "own 3"]);
}

/// A type that refers to one of the kernel's twins is a copy of one that refers to the other.
#[test]
fn made_of_another_twin_is_equal() {
    let mut k = Builder::new();
    let int = k.int("int", 4, 1);
    let one = context(&mut k, int, true);
    let other = context(&mut k, int, true);
    let user = k.composite(Kind::Struct, "user", 8, &[("ctx", one, 0)]);
    let mut m = Builder::split(&k);
    m.composite(Kind::Struct, "user", 8, &[("ctx", other, 0)]);
    // What it refers to does not matter then: nothing is left that refers to it.
    assert_eq!(new_ids(&k, &m), [format!("kernel {user}")]);

    // But not of one that refers to something that is no twin.
    let mut k = Builder::new();
    let int = k.int("int", 4, 1);
    let one = context(&mut k, int, true);
    let other = context(&mut k, int, false);
    k.composite(Kind::Struct, "user", 8, &[("ctx", one, 0)]);
    let mut m = Builder::split(&k);
    m.composite(Kind::Struct, "user", 8, &[("ctx", other, 0)]);
    assert_eq!(new_ids(&k, &m), ["own 0"]);
}

/// As many members of types without a name as there may be: nothing but the types decides.
#[test]
fn twins_of_any_number_of_members_are_one() {
    for count in [1, 63, 64, 65, 300, 5000] {
        for shared in [true, false] {
            let thing = |b: &mut Builder, int: u32, to: u32| {
                let pointer = b.ptr(to);
                let proto = b.proto(int, &[("it", pointer)]);
                let handler = b.ptr(proto);
                let of: Vec<u32> = (0..count)
                    .map(|n| {
                        if shared || n % 2 == 0 {
                            handler
                        } else {
                            b.ptr(proto)
                        }
                    })
                    .collect();
                let members: Vec<_> = (0..).zip(&of).map(|(n, &of)| ("", of, n * 64)).collect();
                b.composite(Kind::Struct, "thing", count * 8, &members)
            };
            let mut k = Builder::new();
            let int = k.int("int", 4, 1);
            let to = k.composite(Kind::Struct, "to", 4, &[("a", int, 0)]);
            let first = thing(&mut k, int, to);
            thing(&mut k, int, to);
            let mut m = Builder::split(&k);
            thing(&mut m, int, to);
            let new = new_ids(&k, &m);
            assert_eq!(new.last(), Some(&format!("kernel {first}")), "{count}");
        }
    }
}

/// A ring of one is equal to a ring of two of the same: nobody can tell how many there are.
#[test]
fn rings_of_other_lengths_are_equal() {
    let ring = |b: &mut Builder, count: u32| {
        let first = b.next();
        for n in 0..count {
            let next = first + 2 * ((n + 1) % count) + 1;
            b.ptr(next);
            b.composite(Kind::Struct, "node", 8, &[("next", first + 2 * n, 0)]);
        }
    };
    for (kernels, modules) in [(1, 1), (1, 2), (2, 1), (3, 2), (16, 1)] {
        let mut k = Builder::new();
        ring(&mut k, kernels);
        let mut m = Builder::split(&k);
        ring(&mut m, modules);
        // The first of the structs, and the pointer to it, which is in the last of them.
        let pointer = 2 * kernels - 1;
        for (nth, new) in new_ids(&k, &m).iter().enumerate() {
            let wanted = if nth % 2 == 0 { pointer } else { 2 };
            assert_eq!(new, &format!("kernel {wanted}"), "{kernels} {modules}");
        }
    }
}

/// A difference is found however far away it is, also in a ring.
#[test]
fn differences_spread_all_the_way() {
    let chain = |b: &mut Builder, last: &str| {
        let first = b.next();
        let count = 3000;
        for n in 0..count {
            b.ptr(first + 2 * ((n + 1) % count) + 1);
            let name = if n + 1 == count { last } else { "member" };
            b.composite(
                Kind::Struct,
                &format!("s{n}"),
                8,
                &[(name, first + 2 * n, 0)],
            );
        }
    };
    let mut k = Builder::new();
    chain(&mut k, "last");
    for (last, new) in [("last", "kernel"), ("other", "own")] {
        let mut m = Builder::split(&k);
        chain(&mut m, last);
        assert!(new_ids(&k, &m).iter().all(|id| id.starts_with(new)));
    }
}

/// The type that an array is indexed by means nothing.
#[test]
fn arrays_are_equal_whatever_indexes_them() {
    let mut k = Builder::new();
    let int = k.int("int", 4, 1);
    let array = k.array(int, int, 4);
    k.composite(Kind::Struct, "has", 16, &[("them", array, 0)]);
    let mut m = Builder::split(&k);
    let index = m.int("own_index", 8, 0);
    let array = m.array(int, index, 4);
    m.composite(Kind::Struct, "has", 16, &[("them", array, 0)]);
    assert_eq!(new_ids(&k, &m), ["own 0", "kernel 2", "kernel 3"]);
}

/// A type of which only the size is known is no copy, even of one that has no members.
#[test]
fn what_has_only_a_size_is_no_copy() {
    let mut k = Builder::new();
    let sized = k.strct("sized", 8);
    k.composite(Kind::Struct, "user", 8, &[("it", sized, 0)]);
    let mut m = Builder::split(&k);
    let sized = m.strct("sized", 8);
    m.composite(Kind::Struct, "user", 8, &[("it", sized, 0)]);
    assert_eq!(new_ids(&k, &m), ["own 0", "kernel 2"]);
}

/// Functions, variables, their sections and tags on declarations are things of their module; a tag
/// on a type that gives way is one on the kernel's.
#[test]
fn things_of_a_module_are_never_copies() {
    let things = |b: &mut Builder| {
        let first = b.next();
        b.composite(Kind::Struct, "tagged", 4, &[("a", 1, 0)]);
        let proto = b.proto(1, &[]);
        b.func("f", proto);
        b.var("v", first);
        let tag = b.string("tag");
        b.raw(tag, Kind::DeclTag as u32, false, 0, first, &[u32::MAX]);
        let name = b.string(".data");
        b.raw(name, Kind::Datasec as u32, false, 1, 4, &[first + 3, 0, 4]);
    };
    let mut k = Builder::new();
    k.int("int", 4, 1);
    things(&mut k);
    let mut m = Builder::split(&k);
    things(&mut m);
    assert_eq!(
        new_ids(&k, &m),
        ["kernel 2", "own 0", "own 1", "own 2", "own 3", "own 4"]
    );
}
