// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What shows that BTF without a base was not made for a kernel, and what does not.

mod common;

use btf_reconcile::{
    btf::{
        fits,
        Btf,
        Fault,
        Functions,
        Kind,
        New,
        Place, //
    },
    facade,
};
use common::builder::Builder;

/// What is wrong with `split`, whose module has these functions and a local one beside.
fn fault_with(base: &Builder, split: &Builder, functions: &[&str]) -> Option<(u32, Fault)> {
    let (base, split) = (base.bytes(), split.bytes());
    let vmlinux = Btf::parse_kernel(&base).unwrap();
    let split = Btf::<New>::parse_split(&split, &vmlinux).unwrap();
    let names = functions.iter().map(|name| (name.as_bytes(), false));
    let functions = Functions::new(names.chain([(&b"local"[..], true)])).unwrap();
    let error = fits(&vmlinux, &split, &functions, 8).err()?;
    match error.place {
        Place::Type(id) => Some((id, error.fault)),
        place => panic!("{place:?}"),
    }
}

fn fault(base: &Builder, split: &Builder) -> Option<(u32, Fault)> {
    fault_with(base, split, &[])
}

/// Types 1 to 6: an integer, a struct, a declaration, a prototype, a function and a pointer.
fn kernel() -> Builder {
    let mut base = Builder::new();
    base.int("int", 4, 1);
    base.composite(Kind::Struct, "s", 8, &[("m", 1, 0)]);
    base.fwd("f", false);
    base.proto(1, &[]);
    base.func("fn", 4);
    base.ptr(2);
    base
}

#[test]
fn functions_as_compilers_name_them() {
    let base = kernel();
    for (name, symbol, fits) in [
        ("x.isra.0", "x.isra.0", true),
        ("x", "x.isra.0", true),
        ("x", "x.constprop.0.cold", true),
        ("x.part.0.cold", "x.part.0.cold", true),
        ("x.llvm.123456", "x.llvm.123456", true),
        ("x", "x.llvm.123456", true),
        ("inner.0", "inner.0", true),
        (".x", ".x", true),
        ("x_impl", "x", true),
        ("x", "y", false),
        ("x.isra.0", "x", false),
        ("x", "__cfi_x", false),
    ] {
        let mut split = Builder::split(&base);
        split.func(name, 4);
        let wanted = (!fits).then_some((7, Fault::NoFunction));
        assert_eq!(fault_with(&base, &split, &[symbol]), wanted, "{name}");
    }
}

#[test]
fn references_lead_to_what_can_stand_there() {
    let base = kernel();
    let of = |kind: Kind, third: u32, tail: &[u32]| {
        let mut split = Builder::split(&base);
        let vlen = match kind {
            Kind::FuncProto => tail.len() / 2,
            Kind::Struct | Kind::Datasec => tail.len() / 3,
            _ => 0,
        };
        let name = split.string("local");
        split.raw(name, kind as u32, false, vlen as u32, third, tail);
        fault(&base, &split).map(|(_, fault)| fault)
    };
    let to = |id, kind| Some(Fault::LeadsTo(id, kind));
    let nothing = Some(Fault::Reference { id: 8, end: 8 });
    for kind in [Kind::Ptr, Kind::Const, Kind::Typedef] {
        for id in [0, 1, 2, 3, 4, 6] {
            assert_eq!(of(kind, id, &[]), None);
        }
        assert_eq!(of(kind, 5, &[]), to(5, Kind::Func));
        assert_eq!(of(kind, 8, &[]), nothing);
    }
    assert_eq!(of(Kind::Func, 4, &[]), None);
    assert_eq!(of(Kind::Func, 2, &[]), to(2, Kind::Struct));
    assert_eq!(of(Kind::Func, 0, &[]), Some(Fault::LeadsToVoid));
    assert_eq!(of(Kind::FuncProto, 0, &[0, 1, 0, 0]), None);
    assert_eq!(of(Kind::FuncProto, 4, &[]), to(4, Kind::FuncProto));
    assert_eq!(of(Kind::FuncProto, 0, &[0, 5]), to(5, Kind::Func));
    assert_eq!(of(Kind::Var, 2, &[1]), None);
    assert_eq!(of(Kind::Var, 4, &[1]), to(4, Kind::FuncProto));
    assert_eq!(of(Kind::Datasec, 8, &[1, 0, 4]), to(1, Kind::Int));
    assert_eq!(of(Kind::DeclTag, 2, &[0]), None);
    assert_eq!(of(Kind::DeclTag, 1, &[0]), to(1, Kind::Int));
    assert_eq!(of(Kind::Array, 0, &[2, 1, 4]), None);
    assert_eq!(of(Kind::Array, 0, &[4, 1, 4]), to(4, Kind::FuncProto));
    assert_eq!(of(Kind::Array, 0, &[2, 6, 4]), to(6, Kind::Ptr));
    assert_eq!(of(Kind::Array, 0, &[2, 8, 4]), nothing);
    for (id, wanted) in [
        (1, None),
        (2, None),
        (6, None),
        (3, to(3, Kind::Fwd)),
        (4, to(4, Kind::FuncProto)),
        (0, Some(Fault::LeadsToVoid)),
        (8, nothing),
    ] {
        assert_eq!(of(Kind::Struct, 8, &[0, id, 0]), wanted, "member {id}");
    }
}

#[test]
fn names_start_where_strings_start() {
    let base = kernel();
    for (make, fits) in [
        ((|s| s.string("ab")) as fn(&mut Builder) -> u32, true),
        (|s| s.string("ab") + 1, false),
        (|s| s.string("ab") + 3, false),
        (|_| 1, true),
        (|_| 2, false),
        (|_| u32::MAX, false),
    ] {
        let mut split = Builder::split(&base);
        let off = make(&mut split);
        split.raw(0, Kind::FuncProto as u32, false, 1, 0, &[off, 1]);
        let wanted = (!fits).then_some((7, Fault::NameInside(off)));
        assert_eq!(fault(&base, &split), wanted);
    }
}

/// A struct of 4 bytes, or so many, with a member of type `of` at `bit`.
fn member(split: &mut Builder, size: u32, of: u32, bit: u32) -> u32 {
    split.composite(Kind::Struct, "user", size, &[("m", of, bit)])
}

#[test]
fn members_fit_into_what_they_are_in() {
    let base = kernel();
    let of = |make: fn(&mut Builder) -> u32| {
        let mut split = Builder::split(&base);
        make(&mut split);
        fault(&base, &split).map(|(_, fault)| fault)
    };
    let outside = |bit| Some(Fault::MemberSize(bit));
    assert_eq!(of(|s| member(s, 8, 2, 0)), None);
    assert_eq!(of(|s| member(s, 7, 2, 0)), outside(0));
    assert_eq!(of(|s| member(s, 8, 2, 1)), outside(1));
    assert_eq!(of(|s| member(s, 8, 6, 0)), None);
    assert_eq!(of(|s| member(s, 4, 6, 0)), outside(0));
    let array = |s: &mut Builder, n, size| {
        let array = s.array(1, 1, n);
        let name = s.typedef("t", array);
        member(s, size, name, 0)
    };
    let mut split = Builder::split(&base);
    array(&mut split, 3, 12);
    assert_eq!(fault(&base, &split), None);
    let mut split = Builder::split(&base);
    array(&mut split, 3, 11);
    assert_eq!(fault(&base, &split), Some((9, Fault::MemberSize(0))));
    // An array of no elements takes no room.
    let mut split = Builder::split(&base);
    array(&mut split, 0, 0);
    assert_eq!(fault(&base, &split), None);
    // A bitfield has the size that it says.
    let flagged = |at: u32| {
        let mut split = Builder::split(&base);
        split.composite_flagged(Kind::Struct, true, "user", 4, &[("m", 1, at)]);
        fault(&base, &split).map(|(_, fault)| fault)
    };
    assert_eq!(flagged((3 << 24) | 29), None);
    assert_eq!(flagged((3 << 24) | 30), outside(30));
    assert_eq!(flagged(0), None);
    assert_eq!(flagged(1), outside(1));
}

/// In what compilers made before there was a flag for it an integer of a few bits is a bitfield.
#[test]
fn integers_of_a_few_bits_are_bitfields() {
    let base = kernel();
    let of = |data: u32, bit: u32, as_typedef: bool| {
        let mut split = Builder::split(&base);
        let name = split.string("bits");
        let mut of = split.raw(name, Kind::Int as u32, false, 0, 4, &[data]);
        if as_typedef {
            of = split.typedef("t", of);
        }
        member(&mut split, 8, of, bit);
        fault(&base, &split).map(|(_, fault)| fault)
    };
    for as_typedef in [false, true] {
        assert_eq!(of(3, 61, as_typedef), None);
        assert_eq!(of(3, 62, as_typedef), Some(Fault::MemberSize(62)));
        assert_eq!(of((5 << 16) | 3, 56, as_typedef), None);
        assert_eq!(
            of((5 << 16) | 3, 57, as_typedef),
            Some(Fault::MemberSize(57))
        );
        assert_eq!(of(32, 32, as_typedef), None);
        assert_eq!(of(32, 33, as_typedef), Some(Fault::MemberSize(33)));
    }
    // In an array each takes all of its bytes.
    let mut split = Builder::split(&base);
    let name = split.string("bits");
    let of = split.raw(name, Kind::Int as u32, false, 0, 4, &[3]);
    let array = split.array(of, 1, 2);
    member(&mut split, 7, array, 0);
    assert_eq!(fault(&base, &split), Some((9, Fault::MemberSize(0))));
}

/// Arrays of arrays can have more bytes than there are numbers for.
#[test]
fn members_without_measure_do_not_fit() {
    let base = kernel();
    for (counts, fits) in [
        (&[u32::MAX, u32::MAX, u32::MAX][..], false),
        (&[0x4000_0000], false),
        (&[0x3fff_ffff], true),
        (&[u32::MAX, 0], false),
        (&[0, u32::MAX], true),
    ] {
        let mut split = Builder::split(&base);
        let of = counts.iter().fold(1, |of, &n| split.array(of, 1, n));
        member(&mut split, u32::MAX, of, 0);
        let found = fault(&base, &split).map(|(_, fault)| fault);
        assert_eq!(found, (!fits).then_some(Fault::MemberSize(0)), "{counts:?}");
    }
}

/// Any number of links leads to the size that is there, in the kernel's types and the module's.
#[test]
fn sizes_are_found_at_any_depth() {
    for links in [1, 31, 32, 33, 34, 60, 10_000] {
        for (in_base, ahead) in [(true, true), (true, false), (false, true), (false, false)] {
            let mut base = kernel();
            let mut split = Builder::split(&base);
            let b = if in_base { &mut base } else { &mut split };
            let first = b.next();
            for nth in 0..links {
                let to = match (ahead, nth) {
                    (true, nth) if nth + 1 == links => 2,
                    (true, nth) => first + nth + 1,
                    (false, 0) => 2,
                    (false, nth) => first + nth - 1,
                };
                match nth % 3 {
                    0 => b.array(to, 1, 1),
                    1 => b.reference(Kind::Const, "", to),
                    _ => b.typedef("t", to),
                };
            }
            let outermost = if ahead { first } else { first + links - 1 };
            if in_base {
                split = Builder::split(&base);
            }
            let mut good = split.clone();
            member(&mut good, 8, outermost, 0);
            assert_eq!(fault(&base, &good), None, "{links}");
            let mut bad = split;
            let id = member(&mut bad, 7, outermost, 0);
            let wanted = Some((id, Fault::MemberSize(0)));
            assert_eq!(fault(&base, &bad), wanted, "{links}");
        }
    }
}

#[test]
fn arrays_do_not_embed_themselves() {
    let base = kernel();
    for through in [false, true] {
        let mut split = Builder::split(&base);
        if through {
            split.array(8, 1, 1);
            split.reference(Kind::Const, "", 7);
        } else {
            split.array(7, 1, 1);
        }
        assert_eq!(fault(&base, &split), Some((7, Fault::Endless)));
    }
    // A kernel's array that does, of any length.
    for links in [1, 2, 31, 32, 33, 40, 1000] {
        let mut base = kernel();
        let first = base.next();
        for nth in 0..links {
            base.array(first + (nth + 1) % links, 1, 1);
        }
        let mut split = Builder::split(&base);
        let id = member(&mut split, 8, first, 0);
        assert_eq!(fault(&base, &split), Some((id, Fault::Endless)), "{links}");
    }
}

/// Steps of [`fits`] for `split`.
fn steps(base: &Builder, split: &Builder) -> u64 {
    let before = facade::steps();
    let _ = fault(base, split);
    facade::steps() - before
}

/// Loops of arrays and long chains that all members lead into, in the kernel's types and the module's.
#[test]
fn sizes_take_steps_as_there_are_types() {
    for (in_base, is_loop, as_index) in [
        (false, false, false),
        (false, false, true),
        (false, true, false),
        (true, false, false),
        (true, true, false),
        (true, false, true),
    ] {
        let of = |n: u32| {
            let mut base = kernel();
            let mut split = Builder::split(&base);
            let b = if in_base { &mut base } else { &mut split };
            let first = b.next();
            for nth in 0..n {
                let to = if nth + 1 != n {
                    first + nth + 1
                } else if is_loop {
                    first
                } else {
                    1
                };
                if as_index {
                    b.reference(Kind::Const, "", to);
                } else {
                    b.array(to, 1, 1);
                }
            }
            if in_base {
                split = Builder::split(&base);
            }
            for nth in 0..n {
                if as_index {
                    split.array(1, first + nth, 1);
                } else {
                    split.composite(Kind::Struct, "", 8, &[("", first + nth, 0)]);
                }
            }
            steps(&base, &split)
        };
        let (few, many) = (of(1000), of(10_000));
        assert!(many <= 12 * few, "{in_base} {is_loop}: {few}, {many} steps");
    }
}
