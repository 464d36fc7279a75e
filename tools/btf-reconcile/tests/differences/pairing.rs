// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Several types of one name.

use super::{
    common::builder::Builder,
    diff,
    told, //
};
use btf_reconcile::{
    btf::Kind,
    diff::Change, //
};

/// A kernel with a `struct port` for each of these: its size, and the name of its only member.
fn with(ports: &[(u32, &str)]) -> Builder {
    let mut kernel = Builder::new();
    kernel.int("int", 4, 1);
    for (size, member) in ports {
        kernel.composite(Kind::Struct, "port", *size, &[(member, 1, 0)]);
    }
    kernel
}

#[test]
fn equal_ones_belong_together_wherever_they_stand() {
    let old = with(&[(4, "a"), (8, "b"), (12, "c")]);
    assert!(told(&old, &with(&[(12, "c"), (4, "a"), (8, "b")])).is_empty());
    assert_eq!(told(&old, &with(&[(12, "c"), (8, "b")])), ["- struct port"]);
    assert_eq!(
        told(&old, &with(&[(8, "b"), (16, "d"), (4, "a"), (12, "c")])),
        ["+ struct port"]
    );
}

#[test]
fn then_those_of_one_size() {
    let old = with(&[(4, "a"), (8, "b")]);
    assert_eq!(
        told(&old, &with(&[(8, "c"), (4, "a")])),
        ["~ struct port: has member 'c' where it had member 'b' -b +c"]
    );
    assert_eq!(
        told(&old, &with(&[(8, "x"), (4, "y")])),
        [
            "~ struct port: has member 'y' where it had member 'a' -a +y",
            "~ struct port: has member 'x' where it had member 'b' -b +x",
        ]
    );
    let changed = diff(&old, &with(&[(16, "x"), (4, "a")]));
    let [item] = &changed.items[..] else {
        panic!("{:?}", changed.items);
    };
    assert_eq!(item.change, Change::Changed);
    assert!(item.has_rivals);
}

#[test]
fn a_definition_counts_and_not_its_declaration() {
    let mut old = with(&[(4, "a")]);
    old.fwd("port", false);
    old.fwd("port", false);
    assert!(told(&old, &with(&[(4, "a")])).is_empty());
    assert!(told(&with(&[(4, "a")]), &old).is_empty());
}

#[test]
fn too_many_are_taken_as_they_come() {
    let names: Vec<String> = (0..40).map(|n| format!("m{n}")).collect();
    let ports: Vec<_> = names.iter().map(|name| (4, &name[..])).collect();
    let all = with(&ports);
    assert!(told(&all, &all).is_empty());
    let diff = diff(&all, &with(&ports[..38]));
    let gone = diff.items.iter().filter(|item| item.change == Change::Gone);
    assert_eq!(gone.count(), 2);
    assert_eq!(diff.items.len(), 2);
}
