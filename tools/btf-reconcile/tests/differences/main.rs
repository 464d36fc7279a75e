// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What became of types in another kernel, case by case.

mod broken;
#[path = "../common/mod.rs"]
mod common;
mod drawn;
mod functions;
mod pairing;
mod parts;
mod through;

use btf_reconcile::{
    base::Kernel,
    diff::{
        Change,
        Diff,
        Input,
        Item, //
    },
};
use common::builder::Builder;

/// Compares two kernels.
fn diff(old: &Builder, new: &Builder) -> Diff {
    diff_of([&old.bytes(), &new.bytes()]).unwrap()
}

/// Compares what may be two kernels.
fn diff_of(blobs: [&[u8]; 2]) -> Option<Diff> {
    let [Ok(old), Ok(new)] = blobs.map(|blob| Kernel::new("", blob)) else {
        return None;
    };
    let names = vec!["old".to_owned(), "new".to_owned()];
    let [old, new] = [&old, &new].map(|kernel| Input { kernel, ids: None });
    Some(Diff::new(names, old, new).unwrap())
}

/// A line for each type that differs.
fn told(old: &Builder, new: &Builder) -> Vec<String> {
    diff(old, new).items.iter().map(line).collect()
}

/// A type, the first difference, what it leads to and its parts, each with a sign.
fn line(item: &Item) -> String {
    let sign = match item.change {
        Change::Gone => "-",
        Change::New => "+",
        Change::Changed => "~",
        Change::Through => ">",
    };
    let mut line = format!("{sign} {} {}", item.what.name(), item.name);
    if let Some(first) = &item.first {
        line += &format!(": {first}");
    }
    if let Some(through) = &item.through {
        let part = through.part.as_deref().unwrap_or("it");
        line += &format!(": {part} to {}", through.to);
    }
    for part in &item.parts {
        let sign = match (&part.old, &part.new) {
            (None, _) => "+",
            (_, None) => "-",
            _ if part.is_retyped => "?",
            _ => "~",
        };
        line += &format!(" {sign}{}", part.name);
    }
    line
}

#[test]
fn what_is_the_same_in_another_order_is_the_same() {
    use btf_reconcile::btf::Kind;
    let mut old = Builder::new();
    old.int("int", 4, 1); // 1
    old.ptr(3); // 2
    old.composite(Kind::Struct, "list", 16, &[("next", 2, 0), ("n", 1, 64)]); // 3
    old.proto(1, &[("list", 2)]); // 4
    old.func("length", 4); // 5
    old.typedef("list_t", 3); // 6
    old.enumeration("colour", 4, &[("RED", 1)]); // 7
    old.array(2, 1, 4); // 8
    old.var("lists", 8); // 9
    let mut new = Builder::new();
    new.array(8, 7, 4); // 1
    new.var("lists", 1); // 2
    new.enumeration("colour", 4, &[("RED", 1)]); // 3
    new.typedef("list_t", 9); // 4
    new.proto(7, &[("list", 8)]); // 5
    new.func("length", 5); // 6
    new.int("int", 4, 1); // 7
    new.ptr(9); // 8
    new.composite(Kind::Struct, "list", 16, &[("next", 8, 0), ("n", 7, 64)]); // 9
    for (a, b) in [(&old, &new), (&new, &old), (&old, &old)] {
        let diff = diff(a, b);
        assert!(diff.is_empty(), "{:?}", diff.items);
        assert_eq!(
            diff.counts.values().map(|count| count.same).sum::<usize>(),
            6
        );
    }
}

#[test]
fn what_is_gone_or_new_is_told_by_what_it_is() {
    let mut old = Builder::new();
    old.int("int", 4, 1);
    let mut new = old.clone();
    new.strct("a", 4);
    new.union("b", 4);
    new.enumeration("c", 4, &[]);
    new.enum64("d", &[]);
    new.fwd("e", false);
    new.fwd("f", true);
    new.typedef("a", 2);
    new.float("float", 4);
    new.proto(0, &[]);
    let proto = new.next() - 1;
    new.func("a", proto);
    new.var("a", 1);
    // These are not called anything.
    new.strct("", 4);
    new.ptr(1);
    let all = [
        "struct a",
        "struct e",
        "union b",
        "union f",
        "enum c",
        "enum d",
        "typedef a",
        "float float",
        "function a",
        "variable a",
    ];
    assert_eq!(told(&old, &new), all.map(|what| format!("+ {what}")));
    assert_eq!(told(&new, &old), all.map(|what| format!("- {what}")));
    assert!(told(&new, &new).is_empty());
}
