// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Types that only lead to something that changed.

use super::{
    common::builder::Builder,
    told, //
};
use btf_reconcile::btf::Kind;

/// `task` leads to `cred` and back, through pointers and typedefs; `size` is that of `cred`.
fn with(size: u32) -> Builder {
    let mut kernel = Builder::new();
    kernel.int("int", 4, 1); // 1
    kernel.ptr(5); // 2
    kernel.ptr(6); // 3
    kernel.composite(Kind::Struct, "cred", size, &[("of", 3, 0)]); // 4
    kernel.typedef("cred_t", 4); // 5
    kernel.composite(Kind::Struct, "task", 16, &[("n", 1, 0), ("cred", 2, 64)]); // 6
    kernel.array(6, 1, 4); // 7
    kernel.var("tasks", 7); // 8
    kernel.proto(1, &[("n", 1), ("task", 3)]); // 9
    kernel.func("run", 9); // 10
    kernel.composite(Kind::Struct, "alone", 4, &[("n", 1, 0)]); // 11
    kernel
}

#[test]
fn only_what_changed_itself_is_told_as_changed() {
    assert_eq!(
        told(&with(8), &with(16)),
        [
            "~ struct cred: has 16 bytes, had 8",
            "> struct task: member 'cred' to cred_t",
            "> typedef cred_t: it to struct cred",
            "> function run: parameter 'task' to struct task",
            "> variable tasks: it to struct task",
        ]
    );
    assert!(told(&with(8), &with(8)).is_empty());
}

#[test]
fn another_type_is_no_way_through() {
    let with = |name: &str| {
        let mut kernel = Builder::new();
        kernel.strct(name, 8);
        kernel.ptr(1);
        kernel.composite(Kind::Struct, "foo", 8, &[("p", 2, 0)]);
        kernel
    };
    assert_eq!(
        told(&with("a"), &with("b")),
        [
            "- struct a",
            "+ struct b",
            "~ struct foo: member 'p' is 'struct b *', was 'struct a *' ?p",
        ]
    );
}

#[test]
fn a_declaration_is_as_good_as_what_it_declares_behind_a_pointer() {
    let with = |target: u32| {
        let mut kernel = Builder::new();
        kernel.strct("bar", 8); // 1
        kernel.fwd("bar", false); // 2
        kernel.ptr(target); // 3
        kernel.composite(Kind::Struct, "foo", 8, &[("p", 3, 0)]);
        kernel
    };
    assert!(told(&with(1), &with(2)).is_empty());
    assert!(told(&with(2), &with(1)).is_empty());
}

#[test]
fn what_leads_to_itself_is_not_told_by_that() {
    let with = |size: u32| {
        let mut kernel = Builder::new();
        kernel.strct("cred", size); // 1
        kernel.ptr(4); // 2
        kernel.ptr(1); // 3
        kernel.composite(Kind::Struct, "list", 16, &[("next", 2, 0), ("cred", 3, 64)]); // 4
        kernel
    };
    assert_eq!(
        told(&with(4), &with(8)),
        [
            "~ struct cred: has 8 bytes, had 4",
            "> struct list: member 'cred' to struct cred",
        ]
    );
}
