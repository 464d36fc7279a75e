// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! A kernel to reconcile with.

use crate::common::builder::Builder;
use btf_reconcile::btf::Kind;
use std::sync::LazyLock;

/// The BTF of a kernel that has but a few types, which most modules name.
pub static FEW_TYPES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let mut b = Builder::new();
    b.int("char", 1, 1);
    let int = b.int("int", 4, 1);
    b.composite(
        Kind::Struct,
        "list_head",
        16,
        &[("next", int, 0), ("prev", int, 64)],
    );
    b.strct("module", 64);
    b.strct("task_struct", 4096);
    b.fwd("task_struct", false);
    b.int("unsigned int", 4, 0);
    b.bytes()
});
