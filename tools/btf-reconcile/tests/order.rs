// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Where types of a base that stay the module's stand among its own, and what that costs.

mod common;

use btf_reconcile::{
    btf::{
        rewrite,
        Btf,
        Error,
        Fault,
        Id,
        Kind,
        New,
        Pair,
        Plan,
        Section,
        Split,
        Twins,
        Vmlinux, //
    },
    facade,
};
use common::builder::Builder;
use proptest::{
    collection::vec,
    prelude::*, //
};

/// Reconciles with a kernel that has nothing, so that all types of the base stay; gives the names of all
/// types then, and which type of the base or of the module each was.
fn reconcile(base: &Builder, split: &Builder) -> Result<Vec<(Vec<u8>, u32)>, Error> {
    let (kernel, base, split) = (Builder::new().bytes(), base.bytes(), split.bytes());
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel)?)?;
    let base = Btf::parse_base(&base, Section::BaseRef)?;
    let split = Btf::<Split>::parse_split(&split, &base)?;
    let plan = Plan::new(&vmlinux, &base, &split, &mut Twins::new(&vmlinux))?;
    let result = rewrite(&vmlinux.btf, &base, &split, &plan)?;
    let after = Btf::<New>::parse_split(&result.bytes, &vmlinux.btf)?;
    let types = Pair {
        base: &vmlinux.btf,
        split: &after,
    };
    let mut were = vec![0; after.count() as usize];
    for id in Id::FIRST.up_to(split.end()) {
        let new = after.nth(result.ids.get(id).unwrap()).unwrap();
        assert_eq!(std::mem::replace(&mut were[new], id.number()), 0);
    }
    let names = after.records().map(|(_, r)| match r.name() {
        Some(off) => types.split.string(off).unwrap().to_vec(),
        None => vec![],
    });
    Ok(names.zip(were).collect())
}

fn structs(b: &mut Builder, names: &[String]) {
    for name in names {
        b.strct(name, 4);
    }
}

/// Names that often start alike, with eight bytes, fewer and more.
fn name() -> impl Strategy<Value = String> {
    (0..3usize, "[abc]{0,2}").prop_map(|(n, rest)| "seventh".repeat(n) + &rest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Sorted stays sorted, each type is there once, and of the module's none passes another.
    #[test]
    fn sorted_stays_sorted(ours in vec(name(), 0..30), mut theirs in vec(name(), 0..30), is_sorted in any::<bool>()) {
        if is_sorted {
            theirs.sort();
        }
        let mut base = Builder::new();
        structs(&mut base, &ours);
        let mut split = Builder::split(&base);
        structs(&mut split, &theirs);
        let after = reconcile(&base, &split).unwrap();
        let first = ours.len() as u32 + 1;
        let own: Vec<u32> = after.iter().map(|a| a.1).filter(|&id| id >= first).collect();
        prop_assert!(own.is_sorted());
        let mut all: Vec<u32> = after.iter().map(|a| a.1).collect();
        all.sort();
        prop_assert!(all.into_iter().eq(1..first + theirs.len() as u32));
        if is_sorted {
            prop_assert!(after.is_sorted_by(|a, b| a.0 <= b.0));
        }
        for (name, id) in after {
            let before = ours.iter().chain(&theirs).nth(id as usize - 1).unwrap();
            prop_assert_eq!(&name, before.as_bytes());
        }
    }
}

/// A name that is in the base twice, or that several types share, is one name.
#[test]
fn types_of_one_name_keep_their_order() {
    let mut base = Builder::new();
    let (b, a, other_b) = (base.string("b"), base.string("a"), base.string("b"));
    for name in [b, other_b, a, b, a] {
        base.raw(name, Kind::Struct as u32, false, 0, 4, &[]);
    }
    let split = Builder::split(&base);
    let after = reconcile(&base, &split).unwrap();
    let ids: Vec<u32> = after.iter().map(|a| a.1).collect();
    assert_eq!(ids, [3, 5, 1, 2, 4]);
}

/// Long names, of which each differs from the next in its last bytes only.
fn long(n: usize) -> String {
    "n".repeat(490) + &format!("{n:08}")
}

/// Steps that it takes with so many types on either side that share their names.
fn steps(names: usize, types: usize) -> u64 {
    let mut base = Builder::new();
    let offs: Vec<u32> = (0..names).map(|n| base.string(&long(2 * n))).collect();
    for n in 0..types {
        let name = offs[n * 7919 % names];
        base.raw(name, Kind::Struct as u32, false, 0, 4, &[]);
    }
    let mut split = Builder::split(&base);
    let offs: Vec<u32> = (0..names).map(|n| split.string(&long(2 * n + 1))).collect();
    for n in 0..types {
        let name = offs[n * names / types];
        split.raw(name, Kind::Struct as u32, false, 0, 4, &[]);
    }
    let before = facade::steps();
    let after = reconcile(&base, &split).unwrap();
    assert!(after.is_sorted_by(|a, b| a.0 <= b.0));
    facade::steps() - before
}

/// However many types share a long name, it is gone through once.
#[test]
fn cost_of_long_names_is_not_that_of_each_type() {
    let bytes = 2 * 1000 * 500;
    for types in [1000, 20_000] {
        let steps = steps(1000, types);
        assert!(steps < bytes + 100 * types as u64, "{types} {steps}");
    }
}

/// What is too much is told before there is work with it.
#[test]
fn too_much_is_told_first() {
    // 26 MB of names: more than offsets can name, together.
    let mut base = Builder::new();
    let names: Vec<String> = (0..26_000).map(long).collect();
    structs(&mut base, &names);
    let mut split = Builder::split(&base);
    structs(&mut split, &names[..20_000]);
    let before = facade::steps();
    let error = reconcile(&base, &split).unwrap_err();
    assert_eq!(error.fault, Fault::TooLarge);
    assert!(facade::steps() - before < 20 * 46_000);

    // More types than ids can name.
    let mut base = Builder::new();
    let name = base.string("a");
    for _ in 0..600_000 {
        base.raw(name, Kind::Fwd as u32, false, 0, 0, &[]);
    }
    let mut split = Builder::split(&base);
    for _ in 0..0x000f_ffff - 600_000 {
        split.raw(0, Kind::Ptr as u32, false, 0, 0, &[]);
    }
    let (base, split) = (base.bytes(), split.bytes());
    let mut kernel = Builder::new();
    kernel.ptr(0);
    let kernel = kernel.bytes();
    let vmlinux = Vmlinux::new(Btf::parse_kernel(&kernel).unwrap()).unwrap();
    let base = Btf::parse_base(&base, Section::Base).unwrap();
    let split = Btf::parse_split(&split, &base).unwrap();
    let plan = Plan::new(&vmlinux, &base, &split, &mut Twins::new(&vmlinux)).unwrap();
    let before = facade::steps();
    let error = rewrite(&vmlinux.btf, &base, &split, &plan)
        .map(|_| ())
        .unwrap_err();
    assert_eq!(error.fault, Fault::TooLarge);
    assert!(facade::steps() - before < 100);
}
