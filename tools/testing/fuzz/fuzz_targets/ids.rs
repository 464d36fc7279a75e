// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `.BTF_ids` with any contents and any symbols, over a module drawn from the input.

#![no_main]

use arbitrary::Unstructured;
use btf_reconcile::{
    btf::{
        remap,
        rewrite,
        Btf,
        Mode,
        Pair,
        Plan,
        Section,
        Symbol,
        Vmlinux, //
    },
    common::generate::case, //
};
use libfuzzer_sys::fuzz_target;

const SYMBOLS: [&str; 10] = [
    "__BTF_ID__func__alpha__1",
    "__BTF_ID__func__beta__2",
    "__BTF_ID__set8__kfuncs",
    "__BTF_ID__set__ids",
    "__BTF_ID__struct__alpha__3",
    "__BTF_ID__struct__gamma__4",
    "__BTF_ID__typedef__mu__5",
    "__BTF_ID__union__nu__6",
    "__BTF_ID__func__",
    "__BTF_ID____",
];

fuzz_target!(|input: &[u8]| {
    let mut u = Unstructured::new(input);
    let _ = run(&mut u);
});

fn run(u: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let case = case(u, false)?;
    let vmlinux = Btf::parse(&case.kernel, Section::Vmlinux).expect("sound");
    let vmlinux = Vmlinux::new(vmlinux).expect("there is memory");
    let base = Btf::parse(&case.base, Section::Base).expect("sound");
    let split = Btf::parse_split(&case.split, &base).expect("sound");
    let plan = Plan::new(&vmlinux, &base, &split, Mode::Lenient).expect("sound");
    let result = rewrite(&vmlinux.btf, &base, &split, &plan).expect("sound");

    let mut section = Vec::new();
    for _ in 0..u.int_in_range(0..=16)? {
        let word: u32 = match u.ratio(1, 8)? {
            true => u.arbitrary()?,
            false => u.int_in_range(0..=split.end())?,
        };
        section.extend_from_slice(&word.to_ne_bytes());
    }
    let mut symbols = Vec::new();
    for _ in 0..u.int_in_range(0..=12)? {
        let (at, size) = match u.ratio(1, 8)? {
            true => (u.arbitrary()?, u.arbitrary()?),
            false => (u.int_in_range(0..=16)? * 4, u.int_in_range(0..=8)? * 4),
        };
        let name = u.choose(&SYMBOLS)?.as_bytes();
        symbols.push(Symbol { name, at, size });
    }
    let types = Pair {
        base: &base,
        split: &split,
    };
    if let Ok(remapped) = remap(&section, &mut symbols, &types, &result.ids) {
        assert_eq!(remapped.bytes.len(), section.len());
        for slot in remapped.slots.iter() {
            assert_eq!(result.ids.get(slot.old), Some(slot.new));
        }
    }
    Ok(())
}
