// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is declared on one side and defined on the other, and what goes along with copies.

use super::{
    kernel,
    new_ids,
    opened,
    outcome,
    Builder,
    Copies,
    Kind,
    Twins,
    INT, //
};

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
            let is_copy = opened(&k, &m, |vmlinux, split| {
                let mut twins = Twins::new(vmlinux);
                let copies = Copies::find(vmlinux, split, &mut twins).unwrap();
                let last = split.ids().next_back().unwrap();
                copies.kernels(last).is_some()
            });
            assert_eq!(is_copy, equal, "{through:?}");
        }
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
