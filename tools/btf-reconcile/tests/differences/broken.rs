// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Kernels that no compiler makes: all of it comes to an end.

use super::{
    common::builder::Builder,
    diff,
    told, //
};
use btf_reconcile::btf::Kind;

#[test]
fn types_that_lead_to_themselves() {
    let with = |size: u32| {
        let mut kernel = Builder::new();
        kernel.composite(Kind::Struct, "", 4, &[("", 1, 0), ("", 1, 0), ("x", 1, 0)]); // 1
        kernel.composite(Kind::Struct, "foo", size, &[("", 1, 0)]); // 2
        kernel.typedef("loop", 3); // 3
        kernel.ptr(4); // 4
        kernel.reference(Kind::Const, "", 5); // 5
        kernel.array(6, 1, 2); // 6
        kernel.proto(7, &[("a", 7), ("b", 7)]); // 7
        kernel.func("round", 7); // 8
        kernel.var("stuck", 4); // 9
        kernel.var("same", 5); // 10
        kernel.var("many", 6); // 11
        kernel
    };
    assert!(told(&with(4), &with(4)).is_empty());
    let lines = told(&with(4), &with(8));
    assert_eq!(lines, ["~ struct foo: has 8 bytes, had 4"]);
}

#[test]
fn types_that_are_not_there() {
    let with = |to: u32| {
        let mut kernel = Builder::new();
        kernel.int("int", 4, 1);
        kernel.composite(Kind::Struct, "foo", 4, &[("a", to, 0)]);
        kernel.func("bar", to);
        kernel
    };
    // Nothing is known of them, so that they are like nothing.
    assert_eq!(diff(&with(1), &with(77)).items.len(), 2);
    // But what is the same byte for byte is the same.
    assert!(told(&with(77), &with(77)).is_empty());
}
