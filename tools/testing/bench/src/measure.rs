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
        Btf,
        Mode,
        Plan,
        Reconciled,
        Section, //
    },
    libbpf, //
};
use std::hint::black_box;

/// All that ours does when a module loads: read and check its BTF, plan, rewrite.
fn ours(module: &Module<'_>, vmlinux: &Open) -> btf::Result<Reconciled> {
    let base = Btf::parse(module.base, Section::Base)?;
    let split = Btf::parse_split(module.split, &base)?;
    let plan = Plan::new(vmlinux, &base, &split, Mode::Lenient)?;
    btf::rewrite(&vmlinux.btf, &base, &split, &plan)
}

/// Microseconds that ours takes.
pub fn time_ours(module: &Module<'_>, vmlinux: &Open) -> f64 {
    let start = Clock::start();
    let result = black_box(ours(black_box(module), vmlinux));
    let time = start.micros();
    drop(result);
    time
}

/// Microseconds that the parts of ours take: reading base and split BTF, planning, rewriting; and
/// unifying copies after that.
pub fn time_parts(module: &Module<'_>, vmlinux: &Open) -> btf::Result<[f64; 4]> {
    let start = Clock::start();
    let base = Btf::parse(module.base, Section::Base)?;
    let split = Btf::parse_split(module.split, &base)?;
    let read = start.micros();
    let start = Clock::start();
    let plan = Plan::new(vmlinux, &base, &split, Mode::Lenient)?;
    let planned = start.micros();
    let start = Clock::start();
    let mut result = black_box(btf::rewrite(&vmlinux.btf, &base, &split, &plan))?;
    let rewritten = start.micros();
    let start = Clock::start();
    btf::unify_reconciled(vmlinux, &mut result, |_, _| {})?;
    black_box(&result);
    let unified = start.micros();
    Ok([read, planned, rewritten, unified])
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
pub fn memory_ours(module: &Module<'_>, vmlinux: &Open) -> f64 {
    memory::peak(|| ours(module, vmlinux)).1
}

/// Bytes that libbpf's relocation has in use at most, beyond the module's BTF, which it changes
/// in place.
pub fn memory_libbpf(module: &Module<'_>, vmlinux: &libbpf::Btf<'_>) -> f64 {
    with_libbpf(module, vmlinux, |relocate| memory::peak(relocate).1)
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
