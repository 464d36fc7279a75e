// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! BTF that stands on its own: how it is told from BTF that is split from the kernel's, and what
//! becomes of it.

#[path = "../common/mod.rs"]
mod common;

mod broken;
mod crafted;
mod equality;
mod ids;
mod options;
mod told;

use common::{
    adapter::{
        self,
        Done,
        How,
        Ran,
        Sections, //
    },
    builder::Builder,
    oracle::ids::{
        symbols,
        Symbol, //
    },
};

use btf_reconcile::btf::Kind;

/// Ids of the kernel's types below.
const INT: u32 = 1;
const TASK: u32 = 2;
const TASK_PTR: u32 = 3;
const OPAQUE: u32 = 4;
const COLOUR: u32 = 5;

/// A kernel. Its first string is a long one, so that names of BTF that stands on its own start inside
/// of that where they are read as the kernel's, but for one that comes first.
fn kernel() -> Builder {
    let mut b = Builder::new();
    b.string(&"long".repeat(500));
    assert_eq!(b.int("int", 4, 1), INT);
    task(&mut b, INT);
    b.fwd("opaque", false);
    b.enumeration("colour", 4, &[("RED", 0), ("BLUE", 1)]);
    b
}

/// Adds `struct task` and a pointer to it, which it has a member of.
fn task(b: &mut Builder, int: u32) -> u32 {
    let id = b.next();
    b.composite(
        Kind::Struct,
        "task",
        16,
        &[("pid", int, 0), ("parent", id + 1, 64)],
    );
    b.ptr(id);
    id
}

/// What comes of a module that has just this BTF.
fn run(kernel: &Builder, module: &Builder) -> Ran {
    let btf = module.bytes();
    let sections = Sections {
        btf: Some(&btf),
        ..Sections::default()
    };
    run_sections(kernel, &sections, How::default())
}

fn run_sections(kernel: &Builder, sections: &Sections<'_>, how: How) -> Ran {
    let kernel = kernel.bytes();
    let kernel = adapter::kernel(&kernel).unwrap();
    adapter::run(&kernel, sections, how)
}

/// Form and verdict.
fn words(ran: &Ran) -> (&'static str, &'static str) {
    assert_eq!(
        ran.result.is_ok(),
        matches!(ran.verdict, "fits" | "reconciled" | "carries")
    );
    (ran.form, ran.verdict)
}

/// What has been done about BTF that stands on its own.
#[track_caller]
fn done(ran: Ran) -> Done {
    assert_eq!(
        words(&ran),
        ("whole", "reconciled"),
        "{:?}",
        ran.result.err()
    );
    ran.result.unwrap()
}

/// For each type of a module its new id: the kernel's, or which one of its own it is.
fn new_ids(kernel: &Builder, done: &Done) -> Vec<String> {
    let first = kernel.next();
    let count = done.ids.len() - 1;
    let new = done.ids[1..count].iter().map(|new| match new {
        None => "nothing".into(),
        Some(0) => "gone".into(),
        Some(id) if *id < first => format!("kernel {id}"),
        Some(id) => format!("own {}", id - first),
    });
    new.collect()
}

/// The new ids of `module`, whose BTF stands on its own, and how types differ from the kernel's.
#[track_caller]
fn outcome(kernel: &Builder, module: &Builder) -> (Vec<String>, Vec<String>) {
    let done = done(run(kernel, module));
    let differing = done.differing.iter().map(|(_, _, why)| why.clone());
    (new_ids(kernel, &done), differing.collect())
}
