// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Any bytes, as a module's file.

#![no_main]

use btf_reconcile::elf::Module;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let _ = Module::parse(input);
});
