// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The sections of a module, as bytes: what is changed in them is put behind sound headers. What comes
//! out of all steps the kernel takes, and what is reconciled means what it meant; so does what stands on
//! its own, as base and split BTF in one do.

#![no_main]

use btf_reconcile::btf::{
    Btf,
    Carried,
    Offsets,
    Vmlinux, //
};
use btf_reconcile_fuzz::{
    common::{
        adapter,
        builder::Builder,
        judge::{
            self,
            Judged,
            Kernel,
            Module, //
        },
        oracle::Form, //
    },
    kernels::FEW_TYPES,
    pipeline::{
        pass,
        How,
        Parts, //
    },
    sections::{
        mend,
        Sections, //
    },
};
use libfuzzer_sys::{
    fuzz_mutator,
    fuzz_target,
    fuzzer_mutate, //
};
use std::sync::LazyLock;

fuzz_target!(|input: &[u8]| {
    let Some(sections) = Sections::of(input) else {
        return;
    };
    let symbols = sections.symbols();
    let parts = Parts {
        btf: sections.split,
        ids: sections.ids,
        symbols: &symbols,
    };
    let whole = sections.whole();
    // The base itself is a kernel on which everything is as it was.
    for kernel in [sections.base, &FEW_TYPES] {
        let Ok(btf) = Btf::parse_kernel(kernel) else {
            continue;
        };
        let vmlinux = Vmlinux::new(btf).expect("there is memory");
        for carried in [
            Carried::Nothing,
            Carried::Base(sections.base),
            Carried::BaseRef(sections.base),
        ] {
            pass(&vmlinux, carried, parts, How(sections.how));
        }
        let kernel = Kernel::open(kernel).expect("it was read");
        if let Some(whole) = &whole {
            look_at_whole(
                &vmlinux,
                &kernel,
                Parts {
                    btf: whole,
                    ..parts
                },
                sections.how,
            );
        }
        for form in [Form::Base, Form::BaseRef] {
            let module = Module {
                base: sections.base,
                split: sections.split,
                form,
            };
            judge::reconciled(&kernel, &module, Judged::Meaning).unwrap();
        }
    }
});

/// Deals with BTF that may stand on its own.
fn look_at_whole(vmlinux: &Vmlinux<'_, Offsets>, kernel: &Kernel<'_>, parts: Parts<'_>, how: u8) {
    for carried in [Carried::Nothing, Carried::Base(&EMPTY)] {
        pass(vmlinux, carried, parts, How(how));
    }
    let words = parts.ids.chunks_exact(4);
    let words: Vec<_> = words
        .map(|w| u32::from_ne_bytes([w[0], w[1], w[2], w[3]]))
        .collect();
    let sections = adapter::Sections {
        btf: Some(parts.btf),
        ids: Some((&words, parts.symbols)),
        ..Default::default()
    };
    judge::outcome(kernel, &sections, adapter::How::default(), Judged::Meaning).unwrap();
}

/// A base that has nothing in it.
static EMPTY: LazyLock<Vec<u8>> = LazyLock::new(|| Builder::new().bytes());

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let size = fuzzer_mutate(data, size, max_size).min(max_size);
    // Every fourth input may keep what was done to its headers.
    if seed % 4 != 0 {
        mend(&mut data[..size]);
    }
    size
});
