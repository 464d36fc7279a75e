// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is fuzzed, by path as the program includes it, and what the fuzz targets share: how two
//! sections stand in one input, and the checks of the tests.

use btf::{
    acceptable,
    fits,
    Btf,
    Functions,
    Pair,
    Section, //
};

extern crate self as btf_reconcile;

#[path = "../../../rust/btf/mod.rs"]
pub mod btf;
#[path = "../../btf-reconcile/tests/common/mod.rs"]
pub mod common;
#[path = "../../btf-reconcile/src/elf.rs"]
pub mod elf;
#[path = "../../btf-reconcile/src/error.rs"]
pub mod error;
#[path = "../../btf-reconcile/src/facade.rs"]
pub mod facade;

/// Takes an input apart: the length of the base, the base, the split BTF.
pub fn sections(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, rest) = input.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*len) as usize)
}

/// Makes the header of `blob` that of BTF of just its length, so that what is behind it is looked
/// at. The strings take what `types` leaves.
pub fn mend_header(blob: &mut [u8]) {
    let Some(room) = blob.len().checked_sub(24) else {
        return;
    };
    let field = |blob: &[u8], at: usize| {
        u32::from_ne_bytes([blob[at], blob[at + 1], blob[at + 2], blob[at + 3]])
    };
    let types = (field(blob, 12) as usize).min(room) & !3;
    let strs = room - types;
    blob[..2].copy_from_slice(&0xeb9fu16.to_ne_bytes());
    blob[2] = 1;
    blob[3] = 0;
    for (at, value) in [(4, 24), (8, 0), (12, types), (16, types), (20, strs)] {
        blob[at..at + 4].copy_from_slice(&(value as u32).to_ne_bytes());
    }
    if strs != 0 {
        if let Some(last) = blob.last_mut() {
            *last = 0;
        }
    }
}

/// Reads `split` in every way that there is.
pub fn read_all(base: &Btf<'_>, blob: &[u8], split: &Btf<'_>) {
    let types = Pair { base, split };
    for (id, _) in split.records() {
        common::words::describe(&types, id, 3);
    }
    let names = split.records().filter_map(|(_, r)| types.name(r.name_off));
    let functions =
        Functions::new(names.take(5).map(|name| (name, true))).expect("there is memory");
    let _ = acceptable(blob, Some(base), split);
    let _ = fits(base, split, &functions, 8);
}

/// Reconciles with the base itself for a kernel, and with a kernel that has but a few types.
pub fn reconcile_both(base: &[u8], split: &[u8]) {
    for form in [Section::Base, Section::BaseRef] {
        let _ = common::holds::reconcile(base, base, split, form);
        let _ = common::holds::reconcile(&few_types(), base, split, form);
    }
}

/// A kernel with types that most modules name.
fn few_types() -> Vec<u8> {
    use btf::Kind;
    let mut b = common::builder::Builder::new();
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
}
