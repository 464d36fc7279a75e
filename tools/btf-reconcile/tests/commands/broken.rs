// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Files with something broken in them.

use super::{
    made,
    Files, //
};
use btf_reconcile::{
    base::Kernel,
    btf::{
        self,
        Unify, //
    },
    check::examine,
    distill::{
        distill,
        Format, //
    },
    elf::{
        DebugFile,
        Module, //
    },
    encode::ids,
    reconcile::{
        reconcile,
        Options, //
    }, //
};

/// Does everything to a file; that it comes back is all that counts.
fn do_all(file: &[u8], kernel: &Kernel<'_>) {
    for (strict, unify) in [(false, Unify::All), (false, Unify::Off), (true, Unify::Off)] {
        let options = Options {
            core: btf::Options { strict, unify },
            btf_only: strict,
        };
        let _ = reconcile(file, kernel, options);
    }
    let _ = distill(file, kernel, Format::Base);
    let _ = distill(file, kernel, Format::BaseRef);
    let _ = DebugFile::parse(file);
    if let Ok(module) = Module::parse(file) {
        let _ = ids::taken_out(&module, Some(kernel));
        let _ = ids::taken_out(&module, None);
        let _ = examine("it", &module, kernel, Unify::All);
    }
}

#[test]
fn broken_files_are_survived() {
    let files = Files::new();
    let running = made::running().bytes();
    let kernel = Kernel::new("running", &running).unwrap();
    let formats = [
        files.distill("base"),
        files.distill("base_ref"),
        "demo.ko".into(),
    ];
    for name in formats {
        let file = files.read(&name);
        for len in 0..file.len() {
            do_all(&file[..len], &kernel);
        }
        for at in 0..file.len() {
            for value in [0, 1, 0x7f, 0x80, 0xff, file[at] ^ 0x40] {
                let mut file = file.clone();
                file[at] = value;
                do_all(&file, &kernel);
            }
        }
    }
}
