// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What there is to say about one module on one kernel: what the core makes of it.

use super::{
    lines,
    model::{
        BuiltAgainst,
        Report,
        Verdict, //
    },
    stock,
};
use crate::{
    base::Kernel,
    btf::{
        self,
        Fingerprint,
        Hex,
        Options,
        Unify, //
    },
    elf::Module,
    names::harmless, //
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
        Ok(built) => report.built_against = built.map(|built| built_against(&built, kernel)),
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

/// What there is to say of the kernel that a module says it was built against.
fn built_against(built: &Fingerprint<'_>, kernel: &Kernel<'_>) -> BuiltAgainst {
    let hex = |bytes| Hex(bytes).to_string();
    BuiltAgainst {
        release: built.release.map(|r| r.escape_ascii().to_string()),
        build_id: built.build_id.map(hex),
        btf_sha256: built.btf_sha256.map(|hash| hex(hash)),
        this_kernel: kernel.is_of(built),
        contradicts: false,
        words: harmless(&built.to_string()).into_owned(),
        is_telling: built.is_telling(),
    }
}
