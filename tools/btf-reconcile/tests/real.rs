// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The program on real modules and real kernels.
//!
//! `BTF_RECONCILE_TESTDATA` names a folder with two folders in it, `running` and `other`, one for
//! each kernel. In each lie `vmlinux` (an ELF file or raw BTF) and `modules`, a folder with modules
//! of that kernel that have plain `.BTF`, packed or not. Without it these tests are left out, but
//! fail where `CI` is `true`.

mod common;
#[path = "common/testdata.rs"]
mod testdata;

use btf_reconcile::{
    base::{
        Kernel,
        Source, //
    },
    btf::{
        self,
        number_of,
        rewrite,
        Btf,
        New,
        Plan,
        Section,
        Slots,
        Twins,
        Unify, //
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
    elf::{
        KernelFile,
        Module, //
    },
    files,
    folders,
    output,
    reconcile::{
        reconcile,
        Options, //
    }, //
};
use common::{
    judge,
    oracle::Types as Read, //
};
use std::{
    path::PathBuf,
    process::Command, //
};

/// Modules that the slower tests take: every so many, so that there are about this many.
const SAMPLE: usize = 60;

/// One kernel and its modules.
struct Data {
    source: Source,
    /// Its BTF, for those who read it themselves.
    btf: Vec<u8>,
    modules: Vec<PathBuf>,
}

impl Data {
    /// Opens the data for one of the two kernels, if there is any.
    fn open(which: &str) -> Option<Self> {
        let folder = testdata::folder(which)?;
        let vmlinux = folder.join("vmlinux");
        let modules = folders::modules(&[folder.join("modules")], false).unwrap();
        let modules: Vec<_> = modules.found.into_iter().map(|found| found.path).collect();
        assert!(!modules.is_empty(), "no modules in {}", folder.display());
        let file = files::read(&vmlinux).unwrap();
        let btf = KernelFile::parse(&file).unwrap().btf.to_vec();
        Some(Self {
            btf,
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
    let unify = if unify { Unify::Base } else { Unify::Off };
    Options {
        core: btf::Options {
            strict: false,
            unify,
        },
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
    let mut judge = |kernel: &judge::Kernel<'_>, blob: &[u8], name: &str| {
        let judged = judge::copies(kernel, blob);
        unified += judged.unwrap_or_else(|why| panic!("{name}: {why}"));
    };
    let on_running = judge::Kernel::open(&running.btf).unwrap();
    let on_other = judge::Kernel::open(&other.btf).unwrap();
    for (name, file) in running.sample() {
        let module = Module::parse(&file).unwrap();
        let Some(blob) = module.btf else { continue };
        judge(&on_running, blob, &name);
        let distilled = distill(&file, &running_kernel, Format::Base).unwrap();
        let options = Options {
            btf_only: true,
            ..lenient(false)
        };
        let result = reconcile(&distilled.bytes, &other_kernel, options)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        judge(&on_other, &result.bytes, &name);
    }
    assert_ne!(unified, 0, "Debian's modules have copies");
}

/// Distils a module and reconciles it with the kernel that it is from: every type and every slot
/// has to mean what it meant. `read` is the kernel's BTF.
fn keeps_meaning(name: &str, file: &[u8], kernel: &Kernel<'_>, read: &Read<'_>, format: Format) {
    let module = Module::parse(file).unwrap();
    let Some(blob) = module.btf else { return };
    let vmlinux = &kernel.vmlinux;
    let split = Btf::<New>::parse_split(blob, &vmlinux.btf).unwrap();
    let mut symbols = vec![];
    let mut listed = vec![];
    if let Some(ids) = &module.ids {
        symbols.clone_from(&ids.symbols);
        let slots = Slots::<New>::read(ids.bytes, &mut symbols, module.registers()).unwrap();
        listed.extend(slots.iter().filter_map(|slot| slot.id));
    }
    let ids = || listed.iter().copied();
    let distilled = distill_btf(vmlinux, &split, format, ids()).unwrap();

    let section = match format {
        Format::Base => Section::Base,
        Format::BaseRef => Section::BaseRef,
    };
    let base = Btf::parse_base(&distilled.base, section).unwrap();
    let middle = Btf::parse_split(&distilled.split, &base).unwrap();
    let mut twins = Twins::new(vmlinux);
    let plan = Plan::new(vmlinux, &base, &middle, &mut twins).unwrap();
    if let Err(error) = plan.refuse_carried(&base) {
        panic!("{name}: {error}");
    }
    let result = rewrite(&vmlinux.btf, &base, &middle, &plan).unwrap();

    let before = Read::read(blob, Some(read)).unwrap();
    let after = Read::read(&result.bytes, Some(read)).unwrap();
    let pairs = split.ids().chain(ids()).map(|id| {
        let new = distilled.ids.get(id).and_then(|id| result.ids.get(id));
        assert!(new.is_some(), "{name}: [{}] is lost", id.number());
        (id.number(), number_of(new))
    });
    judge::mean_the_same(&before, &after, pairs).unwrap_or_else(|why| panic!("{name}: {why}"));
}

#[test]
fn distilled_modules_keep_their_meaning() {
    let Some(data) = Data::open("running") else {
        return;
    };
    let kernel = data.kernel();
    let read = Read::read(&data.btf, None).unwrap();
    for (name, file) in data.sample() {
        keeps_meaning(&name, &file, &kernel, &read, Format::Base);
        keeps_meaning(&name, &file, &kernel, &read, Format::BaseRef);
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
