// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The program on real modules and real kernels.
//!
//! `BTF_RECONCILE_TESTDATA` names a folder with two folders in it, `running` and `other`, one for
//! each kernel. In each lie `vmlinux` (an ELF file or raw BTF) and `modules`, a folder with modules
//! of that kernel that have plain `.BTF`, packed or not. Without it these tests are left out, but
//! fail where `CI` is `true`.

mod common;

use btf_reconcile::{
    base::{
        Kernel,
        Source, //
    },
    btf::{
        Btf,
        Mode,
        Offsets,
        Pair,
        Section, //
    },
    check::{
        examine,
        model::{
            Outcome,
            Report,
            Verdict, //
        }, //
    },
    distill::{
        distill,
        distill_btf,
        Format, //
    },
    elf::Module,
    files,
    output,
    reconcile::{
        reconcile,
        Options,
        Types,
        Unify, //
    },
    slots, //
};
use common::words::describe;
use std::{
    env,
    path::PathBuf,
    process::Command, //
};

/// Modules that the slower tests take: every so many, so that there are about this many.
const SAMPLE: usize = 60;
/// How far types without a name are followed when they are put into words.
const DEPTH: u32 = 3;

/// One kernel and its modules.
struct Data {
    source: Source,
    modules: Vec<PathBuf>,
}

impl Data {
    /// Opens the data for one of the two kernels, if there is any.
    fn open(which: &str) -> Option<Self> {
        let Some(top) = env::var_os("BTF_RECONCILE_TESTDATA") else {
            assert_ne!(
                env::var("CI").as_deref(),
                Ok("true"),
                "BTF_RECONCILE_TESTDATA is not set"
            );
            eprintln!("left out: BTF_RECONCILE_TESTDATA is not set");
            return None;
        };
        let folder = PathBuf::from(top).join(which);
        let vmlinux = folder.join("vmlinux");
        let modules = files::modules(&[folder.join("modules")]).unwrap();
        assert!(!modules.is_empty(), "no modules in {}", folder.display());
        Some(Self {
            source: Source::open(vmlinux.to_str().unwrap()).unwrap(),
            modules,
        })
    }

    fn kernel(&self) -> Kernel<'_> {
        self.source.kernel().unwrap()
    }

    /// Some of the modules, and all that have `.BTF_ids`.
    fn sample(&self) -> impl Iterator<Item = (String, files::Contents)> + '_ {
        let step = self.modules.len().div_ceil(SAMPLE);
        let all = self.modules.iter().enumerate();
        all.filter_map(move |(n, path)| {
            let file = files::read(path).unwrap();
            let wanted = n % step == 0 || Module::parse(&file).unwrap().ids.is_some();
            wanted.then(|| (path.display().to_string(), file))
        })
    }
}

/// Checks a module file.
fn check(name: &str, file: &[u8], kernel: &Kernel<'_>) -> Report {
    examine(name, &Module::parse(file).unwrap(), kernel, Unify::Base)
}

#[test]
fn modules_fit_their_own_kernel() {
    let Some(data) = Data::open("running") else {
        return;
    };
    let kernel = data.kernel();
    for path in &data.modules {
        let file = files::read(path).unwrap();
        let report = check(&path.display().to_string(), &file, &kernel);
        let fine = matches!(report.verdict, Verdict::Fits | Verdict::NoBtf);
        assert!(fine && report.is_fine(), "{report:#?}");
        assert_eq!(report.stock.outcome, Outcome::Accepts, "{report:#?}");
    }
}

#[test]
fn modules_of_another_kernel_are_stale() {
    let (Some(running), Some(other)) = (Data::open("running"), Data::open("other")) else {
        return;
    };
    let kernel = running.kernel();
    for path in &other.modules {
        let file = files::read(path).unwrap();
        let module = Module::parse(&file).unwrap();
        let report = examine(&path.display().to_string(), &module, &kernel, Unify::Base);
        // One without types refers to none.
        let types = module.btf.map_or(0, |btf| btf.len());
        if types > 24 {
            assert_eq!(report.verdict, Verdict::Stale, "{report:#?}");
        }
    }
}

/// Carries what can't be mapped.
fn lenient(unify: bool) -> Options {
    Options {
        mode: Mode::Lenient,
        unify,
        btf_only: false,
    }
}

/// The copies in a kernel's own modules, and in such as have been reconciled with another one.
#[test]
fn modules_without_copies_keep_their_meaning() {
    let (Some(running), Some(other)) = (Data::open("running"), Data::open("other")) else {
        return;
    };
    let (running_kernel, other_kernel) = (running.kernel(), other.kernel());
    let mut unified = 0;
    for (name, file) in running.sample() {
        let module = Module::parse(&file).unwrap();
        let Some(blob) = module.btf else { continue };
        let split = Btf::parse_split(blob, &running_kernel.vmlinux.btf).unwrap();
        unified += common::unified::check_on(&running_kernel.vmlinux, &split).unwrap();
        let distilled = distill(&file, &running_kernel, Format::Base).unwrap();
        let options = Options {
            btf_only: true,
            ..lenient(false)
        };
        let result = reconcile(&distilled.bytes, &other_kernel, options)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let split = Btf::parse_split(&result.bytes, &other_kernel.vmlinux.btf).unwrap();
        unified += common::unified::check_on(&other_kernel.vmlinux, &split).unwrap();
    }
    assert_ne!(unified, 0, "Debian's modules have copies");
}

/// Distils a module and reconciles it with the kernel that it is from: every type and every slot
/// has to mean what it meant.
fn keeps_meaning(name: &str, file: &[u8], kernel: &Kernel<'_>, format: Format) {
    let module = Module::parse(file).unwrap();
    let Some(blob) = module.btf else { return };
    let vmlinux = &kernel.vmlinux;
    let split = Btf::parse_split(blob, &vmlinux.btf).unwrap();
    let listed = slots::list(&module);
    let ids = || listed.iter().map(|slot| slot.id);
    let distilled = distill_btf(vmlinux, &split, format, ids()).unwrap();

    let section = match format {
        Format::Base => Section::Base,
        Format::BaseRef => Section::BaseRef,
    };
    let base = Btf::parse(&distilled.base, section).unwrap();
    let middle = Btf::parse_split(&distilled.split, &base).unwrap();
    let types = Types {
        base,
        split: middle,
    };
    let plan = types.plan(vmlinux, Mode::Strict);
    let plan = plan.unwrap_or_else(|error| panic!("{name}: {error}"));
    let result = types.rewrite(vmlinux, &plan).unwrap();
    let after = Btf::parse_split(&result.bytes, &vmlinux.btf).unwrap();

    let before = Pair {
        base: &vmlinux.btf,
        split: &split,
    };
    let after = Pair {
        base: &vmlinux.btf,
        split: &after,
    };
    let words = |types: &Pair<'_, '_, Offsets>, id| describe(types, id, DEPTH);
    for id in (split.first()..split.end()).chain(ids()) {
        let new = distilled.ids.get(id).and_then(|id| result.ids.get(id));
        let new = new.unwrap_or_else(|| panic!("{name}: [{id}] is lost"));
        assert_eq!(
            words(&before, id),
            words(&after, new),
            "{name}: [{id}], [{new}]"
        );
    }
}

#[test]
fn distilled_modules_keep_their_meaning() {
    let Some(data) = Data::open("running") else {
        return;
    };
    let kernel = data.kernel();
    for (name, file) in data.sample() {
        keeps_meaning(&name, &file, &kernel, Format::Base);
        keeps_meaning(&name, &file, &kernel, Format::BaseRef);
    }
}

#[test]
fn reconciled_files_fit_any_kernel() {
    let (Some(running), Some(other)) = (Data::open("running"), Data::open("other")) else {
        return;
    };
    let (running_kernel, other_kernel) = (running.kernel(), other.kernel());
    for (name, file) in running.sample() {
        if Module::parse(&file).unwrap().btf.is_none() {
            continue;
        }
        for format in [Format::Base, Format::BaseRef] {
            let distilled = distill(&file, &running_kernel, format).unwrap();
            let report = check(&name, &distilled.bytes, &running_kernel);
            assert_eq!(report.verdict, Verdict::Reconciled, "{report:#?}");
            for kernel in [&running_kernel, &other_kernel] {
                let report = check(&name, &distilled.bytes, kernel);
                let lost = report
                    .types
                    .iter()
                    .any(|line| line.stock == Some("nowhere"));
                if lost && format == Format::Base {
                    assert_eq!(report.stock.outcome, Outcome::Refuses, "{report:#?}");
                }
                for unify in [false, true] {
                    let result = reconcile(&distilled.bytes, kernel, lenient(unify)).unwrap();
                    let report = check(&name, &result.bytes, kernel);
                    assert_eq!(report.verdict, Verdict::Fits, "{report:#?}");
                    assert_eq!(report.stock.outcome, Outcome::Accepts, "{report:#?}");
                }
            }
        }
    }
}

#[test]
fn bpftool_reads_the_results() {
    let (Some(running), Some(other)) = (Data::open("running"), Data::open("other")) else {
        return;
    };
    if Command::new("bpftool").arg("version").output().is_err() {
        eprintln!("left out: there is no bpftool");
        return;
    }
    let (running_kernel, other_kernel) = (running.kernel(), other.kernel());
    let top = tempfile::tempdir().unwrap();
    let path = top.path().join("it.btf");
    for (name, file) in running.sample().step_by(5) {
        if Module::parse(&file).unwrap().btf.is_none() {
            continue;
        }
        for format in [Format::Base, Format::BaseRef] {
            let distilled = distill(&file, &running_kernel, format).unwrap();
            let options = Options {
                btf_only: true,
                ..lenient(true)
            };
            let result = reconcile(&distilled.bytes, &other_kernel, options).unwrap();
            output::write(&path, &result.bytes).unwrap();
            let dump = Command::new("bpftool")
                .args(["-B", &other.source.name, "btf", "dump", "file"])
                .arg(&path)
                .output()
                .unwrap();
            let error = String::from_utf8_lossy(&dump.stderr);
            assert!(dump.status.success(), "{name}: {error}");
        }
    }
}
