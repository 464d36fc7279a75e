// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Finding types by name, by bisection and by index, against looking at each.

mod common;

use btf_reconcile::btf::{
    Btf,
    Kind,
    Names,
    Section,
    Vmlinux, //
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
        match is_func {
            true => b.func(name, 0),
            false => b.composite(Kind::Struct, name, 0, &[]),
        };
    }
    b.bytes()
}

/// What has a name that can't be read is not sorted: nothing after it would be found by bisection.
#[test]
fn names_that_are_too_long() {
    for (len, is_sorted) in [(511, true), (512, false), (600, false)] {
        let mut names: Vec<_> = (0..100).map(|n| format!("a{n:03}")).collect();
        names.insert(32, "a031".to_owned() + &"x".repeat(len - 4));
        let names: Vec<_> = names.into_iter().map(|name| (name, false)).collect();
        let blob = types(&names);
        let vmlinux = Vmlinux::new(Btf::parse(&blob, Section::Vmlinux).unwrap()).unwrap();
        assert_eq!(matches!(vmlinux.names, Names::Sorted(_)), is_sorted);
        for (id, (name, _)) in (1..).zip(&names).filter(|(_, (name, _))| name.len() < 512) {
            let mut found = vec![];
            let find = vmlinux
                .names
                .find(&vmlinux.btf, name.as_bytes(), |id, _| found.push(id));
            assert!(find);
            assert_eq!(found, [id]);
        }
    }
}

/// Names that often start alike, with as many bytes as are kept of some of them, fewer and more.
fn name() -> impl Strategy<Value = String> {
    (0..4usize, "[ab]{0,3}").prop_map(|(n, rest)| "seventh".repeat(n) + &rest)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn every_way_finds_the_same(
        mut names in vec((name(), any::<bool>()), 0..400),
        others in vec(name(), 10),
        sorted in any::<bool>(),
    ) {
        if sorted {
            names.sort_by(|a, b| a.0.cmp(&b.0));
        }
        let blob = types(&names);
        let open = || Btf::parse(&blob, Section::Vmlinux).unwrap();
        let is_sorted = names.is_sorted_by_key(|(name, _)| name);
        let ways = [Vmlinux::new(open()).unwrap(), Vmlinux::indexed(open()).unwrap()];
        let wanted = names.iter().map(|(name, _)| name).chain(&others);
        for wanted in wanted.filter(|name| !name.is_empty()) {
            let all = (1u32..).zip(&names).filter(|(_, (name, _))| name == wanted);
            let structs = all.clone().filter(|(_, (_, is_func))| !is_func);
            let all: Vec<u32> = all.map(|(id, _)| id).collect();
            let structs: Vec<u32> = structs.map(|(id, _)| id).collect();
            for way in &ways {
                let (mut found, mut any) = (vec![], vec![]);
                let enough = way.names.find(&way.btf, wanted.as_bytes(), |id, record| {
                    if record.kind() == Kind::Struct {
                        found.push(id);
                    }
                });
                prop_assert!(enough);
                prop_assert_eq!(&found, &structs);
                if is_sorted {
                    way.names.find_any(&way.btf, wanted.as_bytes(), |id, _| any.push(id));
                    prop_assert_eq!(&any, &all);
                }
            }
        }
        // Without names that are sorted nothing is known of functions.
        if !is_sorted {
            ways[1].names.find_any(&ways[1].btf, b"a", |_, _| unreachable!());
        }
    }
}
