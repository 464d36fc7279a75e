// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Kernels, bases and modules of sound and unsound types, drawn from the input; and modules that have
//! copies of a kernel's types.

#![no_main]

use arbitrary::Unstructured;
use btf_reconcile::{
    btf::Section,
    common::{
        generate::{
            case,
            copied, //
        },
        holds,
        unified, //
    }, //
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((&how, input)) = input.split_first() else {
        return;
    };
    if how & 4 != 0 {
        if let Ok(case) = copied(&mut Unstructured::new(input)) {
            unified::check(&case.kernel, &case.split).unwrap();
        }
        return;
    }
    let wild = how & 1 != 0;
    let form = match how & 2 {
        0 => Section::Base,
        _ => Section::BaseRef,
    };
    if let Ok(case) = case(&mut Unstructured::new(input), wild) {
        let result = holds::reconcile(&case.kernel, &case.base, &case.split, form);
        assert!(wild || result.is_ok());
    }
});
