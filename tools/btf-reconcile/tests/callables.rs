// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which kfuncs programs can use, and which destructors the kernel takes.

mod common;

use btf_reconcile::btf::{
    dtor_barrier,
    Barrier,
    Btf,
    Callers,
    IdMap,
    Kind,
    Pair,
    Section,
    Vmlinux, //
};
use common::builder::Builder;

/// What is in the way of a destructor with this prototype, made of these types: `void`, 1 an
/// integer, 2 a pointer to nothing, 3 one to an integer.
fn barrier_with(cfi: bool, result: u32, params: &[u32], of: Kind) -> Option<Barrier> {
    let mut b = Builder::new();
    b.int("int", 4, 1);
    b.ptr(0);
    b.ptr(1);
    let params: Vec<u32> = params.iter().flat_map(|&id| [0, id]).collect();
    let proto = Kind::FuncProto as u32;
    let proto = b.raw(0, proto, false, params.len() as u32 / 2, result, &params);
    let dtor = b.func("dtor", proto);
    let (base, split) = (b.bytes(), Builder::split(&b).bytes());
    let base = Btf::parse(&base, Section::Vmlinux).unwrap();
    let split = Btf::parse_split(&split, &base).unwrap();
    let types = Pair {
        base: &base,
        split: &split,
    };
    for (id, wanted) in [
        (0, Barrier::NoId),
        (1, Barrier::NoPrototype),
        (99, Barrier::NoPrototype),
    ] {
        assert_eq!(dtor_barrier(&types, id, of, false), Some(wanted));
    }
    dtor_barrier(&types, dtor, of, cfi)
}

fn barrier(result: u32, params: &[u32], of: Kind) -> Option<Barrier> {
    barrier_with(false, result, params, of)
}

#[test]
fn destructors() {
    assert_eq!(barrier(0, &[2], Kind::Struct), None);
    assert_eq!(barrier(0, &[2], Kind::Union), None);
    let of_fwd = Some(Barrier::OfKind(Kind::Fwd));
    assert_eq!(barrier(0, &[2], Kind::Fwd), of_fwd);
    assert_eq!(barrier(1, &[2], Kind::Struct), Some(Barrier::Result));
    assert_eq!(barrier(0, &[1], Kind::Struct), Some(Barrier::NoPointer));
    assert_eq!(barrier(0, &[0], Kind::Struct), Some(Barrier::NoPointer));
    assert_eq!(barrier(0, &[], Kind::Struct), Some(Barrier::Arguments(0)));
    assert_eq!(barrier(0, &[3], Kind::Struct), None);
    assert_eq!(barrier_with(true, 0, &[2], Kind::Struct), None);
    let not_void = Some(Barrier::NotVoid);
    assert_eq!(barrier_with(true, 0, &[3], Kind::Struct), not_void);
    let two = Some(Barrier::Arguments(2));
    assert_eq!(barrier(0, &[2, 2], Kind::Struct), two);
}

/// What is in the way of a kfunc with so many parameters, all of them integers.
fn kfunc_barrier(params: u32) -> Option<Barrier> {
    let mut b = Builder::new();
    b.int("int", 4, 1);
    let mut m = Builder::split(&b);
    let tail: Vec<u32> = (0..params).flat_map(|_| [0, 1]).collect();
    let proto = m.raw(0, Kind::FuncProto as u32, false, params, 1, &tail);
    let kfunc = m.func("kfunc", proto);
    let (base, split) = (b.bytes(), m.bytes());
    let vmlinux = Vmlinux::new(Btf::parse(&base, Section::Vmlinux).unwrap()).unwrap();
    let split = Btf::parse_split(&split, &vmlinux.btf).unwrap();
    let types = Pair {
        base: &vmlinux.btf,
        split: &split,
    };
    let ids = IdMap::identity(split.end());
    let callers = Callers::new(&vmlinux, &types, None, &ids, [kfunc].into_iter()).unwrap();
    assert_eq!(callers.barrier(0), Some(Barrier::NoId));
    assert_eq!(callers.barrier(proto), Some(Barrier::NoPrototype));
    callers.barrier(kfunc)
}

/// The verifier takes no more than twelve; and that a prototype has a million of them must not cost
/// time for each slot that names it.
#[test]
fn kfuncs_with_many_arguments() {
    assert_eq!(kfunc_barrier(0), None);
    assert_eq!(kfunc_barrier(12), None);
    assert_eq!(kfunc_barrier(13), Some(Barrier::TooMany(13)));
    assert_eq!(kfunc_barrier(70_000), Some(Barrier::TooMany(70_000)));
}
