// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Any bytes, as a base, as what is split from it and as what stands on its own, read in every way that
//! there is.

#![no_main]

use btf_reconcile::btf::{
    acceptable,
    fields,
    fits,
    Btf,
    Fingerprint,
    Functions,
    New,
    Offsets,
    Pair,
    Section,
    Split, //
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    // As what a module says of its kernel, and as a kernel's own notes, too.
    let kernel = Fingerprint::of_kernel(input);
    if let Ok(Some(built)) = Fingerprint::parse(input) {
        let _ = (built.is_same(&kernel), built.to_string());
    }
    if let Ok(base) = Btf::parse_base(input, Section::Base) {
        let _ = acceptable::<_, Offsets>(input, None, &base);
        if let Ok(split) = Btf::<Split>::parse_split(input, &base) {
            let types = Pair {
                base: &base,
                split: &split,
            };
            for (_, record) in split.records() {
                for off in fields::names(&record) {
                    types.name(off);
                }
                for id in fields::ids(&record) {
                    id.and_then(|id| types.record(id));
                }
                record.array();
            }
        }
    }
    let nothing = Btf::nothing().expect("there is memory");
    if let Ok(whole) = Btf::<Split>::parse_split(input, &nothing) {
        let _ = fits(&nothing, &whole, &Functions::unknown(), 8);
    }
    let Ok(kernel) = Btf::parse_kernel(input) else {
        return;
    };
    if let Ok(split) = Btf::<New>::parse_split(input, &kernel) {
        let _ = acceptable(input, Some(&kernel), &split);
        let types = Pair {
            base: &kernel,
            split: &split,
        };
        let names = split.records().filter_map(|(_, r)| types.name(r.name()));
        let functions = Functions::new(names.take(5).map(|name| (name, true)));
        let _ = fits(&kernel, &split, &functions.expect("there is memory"), 8);
    }
});
