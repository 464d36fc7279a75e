// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What there is to say about one module on one kernel: what the core makes of it.

use super::{
    built_against::BuiltAgainst,
    lines,
    model::{
        Report,
        Verdict, //
    },
    stock,
};
use crate::{
    base::Kernel,
    btf::{
        self,
        Options,
        Unify, //
    },
    elf::Module, //
};

/// Examines a module on a kernel.
pub fn examine(path: &str, module: &Module<'_>, kernel: &Kernel<'_>, unify: Unify) -> Report {
    let mut report = Report::new(path.to_owned(), kernel.name, Verdict::NoBtf);
    let mut core = match module.for_core() {
        Ok(core) => core,
        Err(error) => {
            report.verdict = Verdict::Unreadable;
            report.why = Some(error.to_string());
            return report;
        }
    };
    let Some(blob) = module.btf else {
        // It loads anywhere; its kfuncs are nowhere.
        lines::add_slots_without_btf(&mut report, &mut core);
        return report;
    };
    match module.fingerprint() {
        Ok(built) => {
            report.built_against = built.map(|built| BuiltAgainst::new(&built, kernel));
        }
        Err(error) => report.note_ignored = Some(error.to_string()),
    }
    report.bytes_before = blob.len() + module.carried().bytes().len();
    let (stock, relocated) = stock::foretell(module, &mut core, kernel);
    report.stock = stock;
    let options = Options {
        strict: false,
        unify,
    };
    btf::run(&kernel.vmlinux, &mut core, options, &mut |outcome| {
        lines::add_outcome(&mut report, &outcome, kernel, &relocated);
        if let Some(built) = &mut report.built_against {
            built.contradicts = built.this_kernel == Some(true) && outcome.has_other_types();
        }
    });
    stock::correct(&mut report);
    report
}
