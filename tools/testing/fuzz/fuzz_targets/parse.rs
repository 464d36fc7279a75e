// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Any bytes, as a base and as what is split from it.

#![no_main]

use btf_reconcile::{
    btf::{
        Btf,
        Section, //
    },
    read_all, //
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(base) = Btf::parse(input, Section::Base) else {
        return;
    };
    if let Ok(split) = Btf::parse_split(input, &base) {
        read_all(&base, input, &split);
    }
});
