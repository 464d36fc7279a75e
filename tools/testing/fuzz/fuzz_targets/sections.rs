// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The two sections of a module, as bytes: what is changed in them is put behind sound headers.

#![no_main]

use btf_reconcile::{
    mend_header,
    reconcile_both,
    sections, //
};
use libfuzzer_sys::{
    fuzz_mutator,
    fuzz_target,
    fuzzer_mutate, //
};

fuzz_target!(|input: &[u8]| {
    if let Some((base, split)) = sections(input) {
        reconcile_both(base, split);
    }
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut size = fuzzer_mutate(data, size, max_size);
    // Every fourth input may keep what was done to its headers.
    if seed % 4 != 0 && size > 56 {
        size = max_size.min(size);
        let data = &mut data[..size];
        let (len, rest) = data.split_at_mut(4);
        let wanted = u32::from_le_bytes([len[0], len[1], len[2], len[3]]) as usize;
        let base_len = wanted.clamp(25, rest.len() - 25);
        len.copy_from_slice(&(base_len as u32).to_le_bytes());
        let (base, split) = rest.split_at_mut(base_len);
        mend_header(base);
        mend_header(split);
    }
    size
});
