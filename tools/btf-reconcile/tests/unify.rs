// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Copies of the kernel's types, case by case: what is one, what is none, and why.

mod common;

use btf_reconcile::{
    btf::{
        acceptable,
        unify,
        Btf,
        Copies,
        Fault,
        Gone,
        Id,
        Kind,
        New,
        Place,
        Twins,
        Vmlinux, //
    },
    facade,
};
use common::builder::Builder;

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
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let split = Btf::<New>::parse_split(&module, &vmlinux.btf).unwrap();
    let mut twins = Twins::new(&vmlinux);
    let copies = Copies::find(&vmlinux, &split, &mut twins).unwrap();
    let after = unify(&copies).unwrap();
    let result = Btf::<New>::parse_split(&after.bytes, &vmlinux.btf).unwrap();
    if acceptable(&module, Some(&vmlinux.btf), &split).is_ok() {
        acceptable(&after.bytes, Some(&vmlinux.btf), &result).unwrap();
    }
    let new = split.ids().map(|id| match after.ids.find(id).unwrap() {
        Gone::LeftOut => "gone".to_owned(),
        Gone::To(new) if new < split.first() => format!("kernel {}", new.number()),
        Gone::To(new) => format!("own {}", new.behind(split.first()).unwrap()),
    });
    let name = |id: Id<New>| {
        let record = split.record(id).unwrap();
        let name = copies.types().name(record.name()).unwrap();
        String::from_utf8_lossy(name).into_owned()
    };
    let differing: Vec<String> = copies
        .differing()
        .map(|(id, _, difference)| format!("{}: {}", name(id), difference.renumbered(&after.ids)))
        .collect();
    assert_eq!(differing.len(), copies.differing_count());
    (new.collect(), differing)
}

/// The new ids alone.
fn new_ids(kernel: &Builder, module: &Builder) -> Vec<String> {
    outcome(kernel, module).0
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
    assert_eq!(differing, ["port: it has 4 bytes, the kernel's has 8"]);
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
    assert_eq!(
        differing,
        ["bar: the kernel has several of this name, which differ from each other"]
    );
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
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let split = Btf::<New>::parse_split(&module, &vmlinux.btf).unwrap();
    let mut twins = Twins::new(&vmlinux);
    let copies = Copies::find(&vmlinux, &split, &mut twins).unwrap();
    let after = unify(&copies).unwrap();
    let after = Btf::<New>::parse_split(&after.bytes, &vmlinux.btf).unwrap();
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
    let (kernel, module) = (kernel().bytes(), m.bytes());
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let split = Btf::<New>::parse_split(&module, &vmlinux.btf).unwrap();
    let mut twins = Twins::new(&vmlinux);
    let copies = Copies::find(&vmlinux, &split, &mut twins).unwrap();
    let error = unify(&copies).err().unwrap();
    assert_eq!(error.place, Place::Type(id));
    assert_eq!(error.fault, Fault::NameBounds(9999));
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

/// However many declarations there are, none of a name that the module defines is the kernel's.
#[test]
fn any_number_of_declarations_is_looked_at() {
    let count = 5000;
    let mut k = Builder::new();
    let int = k.int("int", 4, 1);
    let names: Vec<String> = (0..count).map(|n| format!("s{n:05}")).collect();
    for name in &names {
        k.composite(Kind::Struct, name, 4, &[("kernels", int, 0)]);
    }
    let mut m = Builder::split(&k);
    for name in &names {
        m.fwd(name, false);
    }
    let of_kernel: Vec<String> = (0..count).map(|n| format!("kernel {}", n + 2)).collect();
    assert_eq!(new_ids(&k, &m), of_kernel);
    for name in &names {
        m.composite(Kind::Struct, name, 8, &[("own", int, 0)]);
    }
    let own: Vec<String> = (0..2 * count).map(|n| format!("own {n}")).collect();
    assert_eq!(new_ids(&k, &m), own);
}

/// It stays the module's though a copy leads to it, and the kernel declares it, too.
#[test]
fn a_declaration_of_what_the_module_defines_stays() {
    let mut m = Builder::split(&kernel());
    let fwd = m.fwd("opaque", false);
    let pointer = m.ptr(fwd);
    m.composite(Kind::Struct, "user", 8, &[("opaque", pointer, 0)]);
    m.composite(Kind::Struct, "opaque", 4, &[("secret", INT, 0)]);
    assert_eq!(
        new_ids(&kernel(), &m),
        ["own 0", "gone", "kernel 7", "own 1"]
    );
}

/// Declared is as good as defined where a pointer leads, through typedefs and qualifiers, and nowhere
/// else.
#[test]
fn declarations_are_equal_below_pointers_only() {
    let user = |b: &mut Builder, target: u32, through: &[Kind]| {
        let mut of = target;
        for &kind in through.iter().rev() {
            let name = if kind == Kind::Typedef {
                "target_t"
            } else {
                ""
            };
            of = if kind == Kind::Array {
                b.array(of, INT, 2)
            } else {
                b.reference(kind, name, of)
            };
        }
        b.composite(Kind::Struct, "through", 8, &[("it", of, 0)])
    };
    use Kind::{Array, Const, Ptr, Typedef, Volatile};
    for (through, equal) in [
        (&[Ptr][..], true),
        (&[Ptr, Const], true),
        (&[Ptr, Typedef, Volatile], true),
        (&[Typedef, Ptr, Ptr, Const, Typedef], true),
        (&[Const], false),
        (&[Typedef], false),
        (&[Ptr, Array], false),
        (&[Ptr, Const, Array, Const], false),
        (&[Array, Ptr, Typedef], true),
    ] {
        // Either may be the one that declares.
        for kernel_declares in [true, false] {
            let mut k = Builder::new();
            let int = k.int("int", 4, 1);
            let declared = |b: &mut Builder| b.fwd("target", false);
            let defined =
                |b: &mut Builder| b.composite(Kind::Struct, "target", 4, &[("a", int, 0)]);
            let target = if kernel_declares {
                declared(&mut k)
            } else {
                defined(&mut k)
            };
            user(&mut k, target, through);
            let mut m = Builder::split(&k);
            let target = if kernel_declares {
                defined(&mut m)
            } else {
                declared(&mut m)
            };
            if !kernel_declares {
                // So that it is no copy of the kernel's in any case.
                m.composite(Kind::Struct, "target", 8, &[("own", int, 0)]);
            }
            user(&mut m, target, through);
            let (kernel, module) = (k.bytes(), m.bytes());
            let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
            let split = Btf::<New>::parse_split(&module, &vmlinux.btf).unwrap();
            let mut twins = Twins::new(&vmlinux);
            let copies = Copies::find(&vmlinux, &split, &mut twins).unwrap();
            let last = split.ids().next_back().unwrap();
            assert_eq!(copies.kernels(last).is_some(), equal, "{through:?}");
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

/// What only copies of the kernel's types referred to goes with them, what something else refers to
/// stays.
#[test]
fn what_only_copies_refer_to_goes() {
    let mut m = Builder::split(&kernel());
    let secret = m.composite(Kind::Struct, "opaque", 4, &[("secret", INT, 0)]);
    let pointer = m.ptr(secret);
    m.composite(Kind::Struct, "user", 8, &[("opaque", pointer, 0)]);
    m.ptr(INT);
    assert_eq!(
        new_ids(&kernel(), &m),
        ["own 0", "gone", "kernel 7", "own 1"]
    );
    m.composite(Kind::Struct, "own", 8, &[("it", pointer, 0)]);
    assert_eq!(
        new_ids(&kernel(), &m),
        ["own 0", "own 1", "kernel 7", "own 2", "own 3"]
    );
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

/// The time is bounded by the size of the module's BTF: twice as much takes twice as many steps.
#[test]
fn the_cost_is_linear() {
    let steps = |count: u32| {
        let types = |b: &mut Builder| {
            let first = b.next();
            for n in 0..count {
                b.ptr(first + 2 * ((n * 7 + 1) % count) + 1);
                let members = [("a", first + 2 * n, 0), ("b", first, 64)];
                b.composite(Kind::Struct, &format!("s{n:06}"), 16, &members);
            }
        };
        let mut k = Builder::new();
        types(&mut k);
        let mut m = Builder::split(&k);
        types(&mut m);
        let (kernel, module) = (k.bytes(), m.bytes());
        let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
        let split = Btf::<New>::parse_split(&module, &vmlinux.btf).unwrap();
        let mut twins = Twins::new(&vmlinux);
        let before = facade::steps();
        let copies = Copies::find(&vmlinux, &split, &mut twins).unwrap();
        unify(&copies).unwrap();
        facade::steps() - before
    };
    let (once, twice) = (steps(4000), steps(8000));
    assert!(twice < once * 5 / 2, "{once} {twice}");
}
