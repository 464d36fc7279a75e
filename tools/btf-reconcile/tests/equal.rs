// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! When two types of the kernel are one, and when a typedef or a function of a base reference is the
//! kernel's.

mod common;

use btf_reconcile::{
    btf::{
        Base,
        Btf,
        Id,
        Kernel,
        Kind,
        Section,
        Twins,
        Underneath,
        Vmlinux, //
    },
    facade,
};
use common::builder::Builder;

fn kernel_id(number: u32) -> Id<Kernel> {
    Id::new(number).unwrap()
}

/// Whether types `a` and `b` of a kernel are one, asked both ways round and twice.
fn are_same(kernel: &Builder, a: u32, b: u32) -> bool {
    let bytes = kernel.bytes();
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&bytes).unwrap()).unwrap();
    let (a, b) = (kernel_id(a), kernel_id(b));
    let mut twins = Twins::new(&vmlinux);
    let same = twins.are_same(a, b).unwrap();
    assert_eq!(twins.are_same(b, a).unwrap(), same);
    assert_eq!(twins.are_same(a, b).unwrap(), same);
    let mut twins = Twins::new(&vmlinux);
    assert_eq!(twins.are_same(b, a).unwrap(), same);
    assert!(twins.are_same(a, a).unwrap());
    same
}

/// A kernel with two structs of one name, each with a pointer to a chain of `depth` structs, whose last
/// ones differ or do not. With it their ids.
fn twins_of_depth(depth: u32, last: [&str; 2]) -> (Builder, u32, u32) {
    let mut k = Builder::new();
    let int = k.int("int", 4, 1);
    let ids = last.map(|last| {
        let mut of = k.composite(Kind::Struct, "last", 4, &[(last, int, 0)]);
        for _ in 0..depth {
            let pointer = k.ptr(of);
            of = k.composite(Kind::Struct, "link", 8, &[("next", pointer, 0)]);
        }
        of
    });
    (k, ids[0], ids[1])
}

#[test]
fn twins_are_equal_down_to_the_last_leaf() {
    for depth in [0, 1, 2, 3, 40, 3000] {
        let (k, a, b) = twins_of_depth(depth, ["a", "a"]);
        assert!(are_same(&k, a, b), "{depth}");
        let (k, a, b) = twins_of_depth(depth, ["a", "b"]);
        assert!(!are_same(&k, a, b), "{depth}");
    }
}

/// What was found out in one answer is not looked at again for another.
#[test]
fn each_pair_is_compared_once() {
    for last in [["a", "a"], ["a", "b"]] {
        let (k, a, b) = twins_of_depth(2000, last);
        let bytes = k.bytes();
        let vmlinux = Vmlinux::new(Btf::parse_kernel(&bytes).unwrap()).unwrap();
        let mut twins = Twins::new(&vmlinux);
        let before = facade::steps();
        let same = twins.are_same(kernel_id(a), kernel_id(b)).unwrap();
        let first = facade::steps() - before;
        assert!(first > 2000);
        let before = facade::steps();
        // Each link of the one chain and its like in the other.
        for nth in 0..2000 {
            let (a, b) = (kernel_id(a - 2 * nth), kernel_id(b - 2 * nth));
            assert_eq!(twins.are_same(a, b).unwrap(), same);
        }
        assert!(facade::steps() - before < first / 100);
    }
}

/// In a ring a difference may turn up after everything else has been taken for equal.
#[test]
fn nothing_is_remembered_before_the_end() {
    let mut k = Builder::new();
    let int = k.int("int", 4, 1);
    let ids = ["a", "b"].map(|last| {
        let first = k.next();
        // `one` and `two` lead to each other, and `one` to what differs, last.
        let two = k.ptr(first + 3);
        let one = k.ptr(first + 2);
        let members = [("two", two, 0), ("odd", first + 4, 64)];
        k.composite(Kind::Struct, "one", 16, &members);
        k.composite(Kind::Struct, "two", 8, &[("one", one, 0)]);
        k.ptr(first + 5);
        k.composite(Kind::Struct, "odd", 4, &[(last, int, 0)]);
        (first + 2, first + 3)
    });
    let bytes = k.bytes();
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&bytes).unwrap()).unwrap();
    for order in [[0, 1], [1, 0]] {
        let mut twins = Twins::new(&vmlinux);
        for nth in order {
            let pair = ids.map(|ids| kernel_id([ids.0, ids.1][nth]));
            assert!(!twins.are_same(pair[0], pair[1]).unwrap());
        }
    }
}

/// Whatever the number of members without a name.
#[test]
fn twins_may_be_of_any_size() {
    for count in [64u32, 65, 1000, 20_000] {
        for (other, same) in [(count, true), (count - 1, false)] {
            let mut k = Builder::new();
            let int = k.int("int", 4, 1);
            let ids = [count, other].map(|different| {
                let members: Vec<_> = (0..count)
                    .map(|n| {
                        let of = if n == different { int } else { k.ptr(int) };
                        ("", of, n * 64)
                    })
                    .collect();
                k.composite(Kind::Struct, "thing", count * 8, &members)
            });
            assert_eq!(are_same(&k, ids[0], ids[1]), same, "{count}");
        }
    }
}

/// A declaration is as good as the definition below a pointer. So of three types one can be equal to
/// two that differ from each other.
#[test]
fn declared_is_equal_below_a_pointer() {
    let mut k = Builder::new();
    let int = k.int("int", 4, 1);
    let targets = [
        k.composite(Kind::Struct, "target", 4, &[("a", int, 0)]),
        k.fwd("target", false),
        k.composite(Kind::Struct, "target", 4, &[("b", int, 0)]),
        k.fwd("target", true),
    ];
    let users = targets.map(|target| {
        let pointer = k.ptr(target);
        k.composite(Kind::Struct, "user", 8, &[("it", pointer, 0)])
    });
    for (a, b, same) in [
        (0, 1, true),
        (1, 2, true),
        (0, 2, false),
        (0, 3, false),
        (1, 3, false),
    ] {
        assert_eq!(are_same(&k, users[a], users[b]), same, "{a} {b}");
        // Not by themselves.
        assert!(!are_same(&k, targets[a], targets[b]), "{a} {b}");
    }
}

/// Pairs beyond the limit are not the same, and do not cost anything.
#[test]
fn beyond_the_limit_nothing_is_the_same() {
    let depth = 40_000;
    let (k, a, b) = twins_of_depth(depth, ["a", "a"]);
    assert!(!are_same(&k, a, b));
    let (k, a, b) = twins_of_depth(depth / 2, ["a", "a"]);
    assert!(are_same(&k, a, b));
}

/// Whether the last type of the base is the last of the kernel, as far as what is underneath goes.
fn is_kernels(kernel: &Builder, base: &Builder) -> bool {
    let (kernel, base) = (kernel.bytes(), base.bytes());
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let base = Btf::<Base>::parse_base(&base, Section::BaseRef).unwrap();
    let mut underneath = Underneath::new(&vmlinux, &base);
    let (ours, kernels) = (
        base.ids().next_back().unwrap(),
        vmlinux.btf.ids().next_back().unwrap(),
    );
    let first = underneath.is_kernels(ours, kernels).unwrap();
    assert_eq!(underneath.is_kernels(ours, kernels).unwrap(), first);
    first
}

/// A typedef is the kernel's if what is underneath is, however far down.
#[test]
fn a_typedef_is_what_is_underneath() {
    let typedef = |links: u32, name: &str, size: u32| {
        let mut b = Builder::new();
        // The numbers of the two have nothing to do with each other.
        for n in 0..size {
            b.float(&format!("f{n}"), 8);
        }
        let mut of = b.int("int", 4, 1);
        for n in 0..links {
            let pointer = b.ptr(of);
            of = b.composite(Kind::Struct, &format!("s{n}"), 8, &[(name, pointer, 0)]);
        }
        b.typedef("it", of);
        b
    };
    for links in [0, 1, 5, 200] {
        let kernel = typedef(links, "next", 3);
        assert!(is_kernels(&kernel, &typedef(links, "next", 0)));
        assert!(!is_kernels(&kernel, &typedef(links + 1, "next", 0)));
        assert_eq!(is_kernels(&kernel, &typedef(links, "other", 0)), links == 0);
    }
}

/// A base declares what it does not need, or gives its size only. That is the kernel's where a pointer
/// leads to it, but not the other way round.
#[test]
fn a_base_may_say_less_below_a_pointer() {
    /// What typedef `it` is of.
    #[derive(Clone, Copy)]
    enum Target {
        Full,
        Sized(u32),
        Declared(bool),
        Other,
    }
    let typedef = |target: Target, pointer: bool| {
        let mut b = Builder::new();
        let int = b.int("int", 4, 1);
        let mut of = match target {
            Target::Full => b.composite(Kind::Struct, "s", 4, &[("a", int, 0)]),
            Target::Other => b.composite(Kind::Struct, "s", 4, &[("b", int, 0)]),
            Target::Sized(size) => b.strct("s", size),
            Target::Declared(is_union) => b.fwd("s", is_union),
        };
        if pointer {
            of = b.reference(Kind::Const, "", of);
            of = b.ptr(of);
        }
        b.typedef("it", of);
        b
    };
    for (ours, kernels, equal) in [
        (Target::Full, Target::Full, true),
        (Target::Sized(4), Target::Full, true),
        (Target::Declared(false), Target::Full, true),
        (Target::Declared(true), Target::Full, false),
        (Target::Sized(8), Target::Full, false),
        (Target::Other, Target::Full, false),
        (Target::Full, Target::Declared(false), false),
        (Target::Sized(4), Target::Declared(false), false),
        (Target::Full, Target::Sized(4), false),
        (Target::Declared(false), Target::Declared(false), true),
        (Target::Sized(4), Target::Sized(4), true),
    ] {
        let below = is_kernels(&typedef(kernels, true), &typedef(ours, true));
        assert_eq!(below, equal);
        let is_one = matches!(
            (ours, kernels),
            (Target::Full, Target::Full)
                | (Target::Declared(_), Target::Declared(_))
                | (Target::Sized(_), Target::Sized(_))
        );
        let here = is_kernels(&typedef(kernels, false), &typedef(ours, false));
        assert_eq!(here, equal && is_one);
    }
}

/// A base reference declares enumerations by FWD, too.
#[test]
fn a_base_declares_enumerations() {
    for (is_union, values, equal) in [
        (false, true, true),
        (true, true, false),
        (false, false, true),
    ] {
        let mut kernel = Builder::new();
        let values: &[(&str, u32)] = if values { &[("A", 1)] } else { &[] };
        let of = kernel.enumeration("e", 4, values);
        let of = kernel.ptr(of);
        kernel.typedef("it", of);
        let mut base = Builder::new();
        let of = base.fwd("e", is_union);
        let of = base.ptr(of);
        base.typedef("it", of);
        assert_eq!(is_kernels(&kernel, &base), equal);
        let mut base = Builder::new();
        let of = base.enumeration("e", 4, &[]);
        let of = base.ptr(of);
        base.typedef("it", of);
        assert!(is_kernels(&kernel, &base));
    }
}

/// Functions are things of their module, but one of a base reference is the kernel's if its prototype
/// is.
#[test]
fn a_function_is_its_prototype() {
    let function = |name: &str, param: &str, of: &str| {
        let mut b = Builder::new();
        let int = b.int(of, 4, 1);
        let proto = b.proto(0, &[(param, int)]);
        b.func(name, proto);
        b
    };
    let kernel = function("f", "a", "int");
    assert!(is_kernels(&kernel, &function("f", "a", "int")));
    assert!(!is_kernels(&kernel, &function("g", "a", "int")));
    assert!(!is_kernels(&kernel, &function("f", "b", "int")));
    assert!(!is_kernels(&kernel, &function("f", "a", "long")));
}
