// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! One module, reconciled once, by libbpf and by ours.

use crate::{
    clock::Clock,
    memory,
    setup::Open, //
};
use btf_corpus::{
    archive::Module,
    btf::{
        self,
        acceptable,
        rewrite,
        run,
        unify,
        Btf,
        Carried,
        Copies,
        Functions,
        New,
        Options,
        Plan,
        Registers,
        Section,
        Twins,
        Unify, //
    },
    libbpf, //
};
use std::hint::black_box;

/// All that ours does when a module loads: read its BTF, plan, rewrite, and check what the kernel will
/// check; and leave out copies, if `unify` says so. Gives whether something has come of it.
fn ours(module: &Module<'_>, vmlinux: &Open, unify: Unify) -> bool {
    // One that stands on its own has none.
    let base = match module.base {
        [] => Carried::Nothing,
        base => Carried::Base(base),
    };
    let mut module = btf::Module {
        btf: Some(module.split),
        base,
        ids: None,
        registers: Registers::default(),
        functions: Functions::unknown(),
        pointer: 8,
    };
    let options = Options {
        strict: false,
        unify,
    };
    let mut is_good = false;
    run(vmlinux, &mut module, options, &mut |outcome| {
        is_good = black_box(outcome.result).is_ok();
    });
    is_good
}

/// Whether something comes of it.
pub fn is_reconciled(module: &Module<'_>, vmlinux: &Open) -> bool {
    ours(module, vmlinux, Unify::Base)
}

/// Microseconds that ours takes.
pub fn time_ours(module: &Module<'_>, vmlinux: &Open, unify: Unify) -> f64 {
    let start = Clock::start();
    ours(black_box(module), vmlinux, unify);
    start.micros()
}

/// What the parts of ours are called.
pub const PARTS: [&str; 5] = ["read", "plan", "rewrite", "check", "unify"];

/// Microseconds that the parts of ours take: reading base and split BTF, planning, rewriting, checking
/// the result; and looking for copies and leaving them out.
pub fn time_parts(module: &Module<'_>, vmlinux: &Open) -> btf::Result<[f64; 5]> {
    let start = Clock::start();
    let base = Btf::parse_base(module.base, Section::Base)?;
    let split = Btf::parse_split(module.split, &base)?;
    let read = start.micros();
    let start = Clock::start();
    let mut twins = Twins::new(vmlinux);
    let plan = Plan::new(vmlinux, &base, &split, &mut twins)?;
    let planned = start.micros();
    let start = Clock::start();
    let result = black_box(rewrite(&vmlinux.btf, &base, &split, &plan))?;
    let rewritten = start.micros();
    let start = Clock::start();
    let after = Btf::<New>::parse_split(&result.bytes, &vmlinux.btf)?;
    acceptable(&result.bytes, Some(&vmlinux.btf), &after)?;
    let checked = start.micros();
    let start = Clock::start();
    let after = Btf::<New>::parse_split(&result.bytes, &vmlinux.btf)?;
    let copies = Copies::find(vmlinux, &after, &mut twins)?;
    black_box(unify(&copies)?);
    let unified = start.micros();
    Ok([read, planned, rewritten, checked, unified])
}

/// Microseconds that libbpf's relocation takes, its own reading of the module not counted.
pub fn time_libbpf(module: &Module<'_>, vmlinux: &libbpf::Btf<'_>) -> f64 {
    with_libbpf(module, vmlinux, |relocate| {
        let start = Clock::start();
        relocate();
        start.micros()
    })
}

/// Bytes that ours has in use at most, its result among them.
pub fn memory_ours(module: &Module<'_>, vmlinux: &Open, unify: Unify) -> f64 {
    memory::peak(|| ours(module, vmlinux, unify))
}

/// Bytes that libbpf's relocation has in use at most, beyond the module's BTF, which it changes
/// in place.
pub fn memory_libbpf(module: &Module<'_>, vmlinux: &libbpf::Btf<'_>) -> f64 {
    with_libbpf(module, vmlinux, |relocate| memory::peak(relocate))
}

/// Hands libbpf's relocation of `module` to `measure`.
fn with_libbpf(
    module: &Module<'_>,
    vmlinux: &libbpf::Btf<'_>,
    measure: impl FnOnce(&mut dyn FnMut()) -> f64,
) -> f64 {
    // Distilled by libbpf itself, they can be read by it.
    let Ok(base) = libbpf::Btf::new(module.base) else {
        return 0.0;
    };
    let Ok(mut split) = libbpf::Btf::new_split(module.split, &base) else {
        return 0.0;
    };
    measure(&mut || {
        // What it refuses takes as long: all is looked up before.
        let _ = black_box(split.relocate(vmlinux));
    })
}
