// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Any bytes, as the file of a kernel or of a module: read, written again, examined, reconciled.

#![no_main]

use btf_reconcile::{
    base::Kernel,
    btf::{
        self,
        Carried,
        Unify, //
    },
    check::examine,
    elf::{
        KernelFile,
        Module,
        BASE,
        BASE_REF, //
    },
    reconcile::{
        reconcile,
        Options, //
    },
    rewriter::Rewriter,
};
use btf_reconcile_fuzz::kernels::FEW_TYPES;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    if let Ok(found) = KernelFile::parse(file) {
        let _ = Kernel::new("file", found.btf);
    }
    let Ok(module) = Module::parse(file) else {
        return;
    };
    write_again(file, &module);
    // The base itself is a kernel on which everything is as it was.
    for kernel in [module.carried().bytes(), &FEW_TYPES] {
        if let Ok(kernel) = Kernel::new("kernel", kernel) {
            examine("module", &module, &kernel, Unify::All);
            reconcile_file(file, &kernel);
        }
    }
});

/// What is in a file.
fn contents<'m>(module: &'m Module<'_>) -> [Option<&'m [u8]>; 4] {
    let ids = module.ids.as_ref().map(|ids| ids.bytes);
    [module.btf, module.base, module.base_ref, ids]
}

/// Everything that is in a file is in what it becomes; and that becomes itself.
fn write_again(file: &[u8], module: &Module<'_>) {
    let Ok(once) = Rewriter::read(file).and_then(Rewriter::write) else {
        return;
    };
    let read = Module::parse(&once).unwrap();
    assert_eq!(contents(&read), contents(module));
    let symbols = |module: &Module<'_>| {
        let symbols = module.ids.iter().flat_map(|ids| &ids.symbols);
        let parts = symbols.map(|s| (s.name.to_vec(), s.at, s.size));
        parts.collect::<Vec<_>>()
    };
    assert_eq!(symbols(&read), symbols(module));
    let twice = Rewriter::read(&once).and_then(Rewriter::write).unwrap();
    assert!(once == twice);
    change(&once, module);
}

/// What is added is there, what is removed is not, and all else is as it was.
fn change(file: &[u8], module: &Module<'_>) {
    let mut rewriter = Rewriter::read(file).unwrap();
    let removed = [BASE, BASE_REF].map(|name| rewriter.remove(name));
    let added = rewriter.add(BASE, b"new");
    if removed.iter().any(Result::is_err) || added.is_err() {
        return;
    }
    let written = rewriter.write().unwrap();
    let [btf, _, _, ids] = contents(module);
    // What was removed may have been what symbols have their names from.
    let Ok(read) = Module::parse(&written) else {
        return;
    };
    assert_eq!(contents(&read), [btf, Some(b"new"), None, ids]);
}

/// What a module is reconciled to is a module that needs no base.
fn reconcile_file(file: &[u8], kernel: &Kernel<'_>) {
    let options = Options {
        core: btf::Options {
            strict: false,
            unify: Unify::All,
        },
        btf_only: false,
    };
    let Ok(output) = reconcile(file, kernel, options) else {
        return;
    };
    // What was set may have been names of symbols, too.
    if let Ok(module) = Module::parse(&output.bytes) {
        assert!(matches!(module.carried(), Carried::Nothing));
        examine("output", &module, kernel, Unify::All);
    }
}
