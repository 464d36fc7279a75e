// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Finding the kernel's types by name, against looking at each.

mod common;

use btf_reconcile::{
    btf::{
        Btf,
        Id,
        Kind,
        Prepared,
        TooMany,
        Vmlinux,
        MAX_NAME,
        MAX_NAMESAKES, //
    },
    facade,
};
use common::builder::Builder;
use proptest::{
    collection::vec,
    prelude::*, //
};

/// BTF with a struct or function for each name.
fn types(names: &[(String, bool)]) -> Vec<u8> {
    let mut b = Builder::new();
    for (name, is_func) in names {
        if *is_func {
            b.func(name, 0);
        } else {
            b.composite(Kind::Struct, name, 0, &[]);
        }
    }
    b.bytes()
}

/// The types of this name that a base can name.
fn named(vmlinux: &Vmlinux<'_, btf_reconcile::btf::Offsets>, name: &str) -> Vec<u32> {
    let mut found = vec![];
    let each = |id: Id<_>, _| found.push(id.number());
    vmlinux.named(name.as_bytes(), each).unwrap();
    found
}

/// Whatever places the hashes of the names say, and however many there are behind the last.
#[test]
fn every_name_is_found() {
    for count in 1..200 {
        let mut k = Builder::new();
        let names: Vec<String> = (0..count).map(|n| format!("{count}_{}", n / 2)).collect();
        for (name, size) in names.iter().zip(0..) {
            k.composite(Kind::Struct, name, size, &[]);
        }
        let bytes = k.bytes();
        let vmlinux = Vmlinux::new(Btf::parse_kernel(&bytes).unwrap()).unwrap();
        for name in &names {
            let wanted = (1..).zip(&names).filter(|(_, other)| *other == name);
            let wanted: Vec<u32> = wanted.map(|(id, _)| id).collect();
            assert_eq!(named(&vmlinux, name), wanted, "{count} {name}");
        }
    }
}

/// What has a name that is too long is not found, and all else is.
#[test]
fn a_name_that_is_too_long_hides_no_other() {
    for len in [MAX_NAME - 1, MAX_NAME, MAX_NAME + 1, 2 * MAX_NAME] {
        let mut names: Vec<_> = (0..100).map(|n| (format!("a{n:03}"), false)).collect();
        names.insert(32, ("a031".to_owned() + &"x".repeat(len - 4), false));
        let blob = types(&names);
        let vmlinux = Vmlinux::new(Btf::parse_kernel(&blob).unwrap()).unwrap();
        for (id, (name, _)) in (1..).zip(&names) {
            let wanted = if name.len() <= MAX_NAME {
                vec![id]
            } else {
                vec![]
            };
            assert_eq!(named(&vmlinux, name), wanted);
        }
    }
}

#[test]
fn more_namesakes_than_are_looked_at_are_told() {
    for count in [MAX_NAMESAKES, MAX_NAMESAKES + 1] {
        let blob = types(&vec![("one".to_owned(), false); count]);
        let vmlinux = Vmlinux::new(Btf::parse_kernel(&blob).unwrap()).unwrap();
        let mut found = 0;
        let looked_at = vmlinux.named(b"one", |_, _| found += 1);
        assert_eq!(found, MAX_NAMESAKES);
        assert_eq!(looked_at, if count > found { Err(TooMany) } else { Ok(()) });
    }
}

/// A kernel of 127,424 types of which 15,500 can be named may hold on to 256 KiB.
#[test]
fn the_table_is_small_and_made_in_one_walk() {
    let names: Vec<_> = (0..127_424)
        .map(|n| (format!("name_{n:06}"), n % 8 != 0))
        .collect();
    let blob = types(&names);
    let btf = Btf::parse_kernel(&blob).unwrap();
    let before = facade::steps();
    let vmlinux = Vmlinux::new(btf).unwrap();
    let steps = facade::steps() - before;
    assert!(vmlinux.memory() <= 256 << 10, "{}", vmlinux.memory());
    assert!(steps < 3 * 127_424, "{steps}");
}

/// Names that often start alike.
fn name() -> impl Strategy<Value = String> {
    (0..4usize, "[ab]{0,3}").prop_map(|(n, rest)| "seventh".repeat(n) + &rest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn all_of_a_name_are_found(
        mut names in vec((name(), any::<bool>()), 0..400),
        others in vec(name(), 10),
        sorted in any::<bool>(),
    ) {
        if sorted {
            names.sort_by(|a, b| a.0.cmp(&b.0));
        }
        let blob = types(&names);
        let vmlinux = Vmlinux::new(Btf::parse_kernel(&blob).unwrap()).unwrap();
        let wanted = names.iter().map(|(name, _)| name).chain(&others);
        for wanted in wanted.filter(|name| !name.is_empty()) {
            let all = (1u32..).zip(&names).filter(|(_, (name, _))| name == wanted);
            let structs = all.clone().filter(|(_, (_, is_func))| !is_func);
            let all: Vec<u32> = all.map(|(id, _)| id).collect();
            let structs: Vec<u32> = structs.map(|(id, _)| id).collect();
            prop_assert_eq!(&named(&vmlinux, wanted), &structs);
            // Prepared or not.
            let mut prepared = [Prepared::default()];
            vmlinux.prepare(&[wanted.as_bytes()], &mut prepared);
            let mut found = vec![];
            let each = |id: Id<_>, _| found.push(id.number());
            vmlinux.named_prepared(prepared[0], wanted.as_bytes(), each).unwrap();
            prop_assert_eq!(&found, &structs);
            let mut any = vec![];
            let each = |id: Id<_>, _| any.push(id.number());
            vmlinux.named_any(wanted.as_bytes(), each).unwrap();
            prop_assert_eq!(any, all);
        }
    }
}
