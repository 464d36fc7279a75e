// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `bundle` is asked for, running it, and running `check` of one.

use super::{
    check::{
        collect,
        find, //
    },
    Check,
    FAILED,
    FINE, //
};
use crate::{
    base::Source,
    bundle::{
        self,
        Manifest,
        Packed, //
    },
    check::{
        self,
        text::Number,
        Detail, //
    },
    elf::{
        kernel_file,
        Target, //
    },
    error::{
        Error,
        Result, //
    },
    folders::Found,
    names,
    output,
    places::running_release,
    print,
    progress::Progress,
    reconcile::Unify, //
};
use clap::{
    Args,
    ValueHint, //
};
use std::{
    ffi::OsString,
    path::{
        Path,
        PathBuf, //
    },
};

#[derive(Args)]
pub(super) struct Bundle {
    /// Modules (.ko, .ko.gz, .ko.xz, .ko.zst) or their raw BTF, or folders with modules
    #[arg(required = true, value_name = "MODULE")]
    modules: Vec<PathBuf>,
    /// The kernel: a vmlinux ELF file, an image (vmlinuz), raw BTF, an archive of BTFHub, or a
    /// release; otherwise the one whose /lib/modules/RELEASE the modules lie under, or the running
    /// one
    #[arg(long, value_name = "VMLINUX", value_hint = ValueHint::FilePath)]
    base: Option<OsString>,
    /// Put the kernel's BTF into it, too
    #[arg(long)]
    with_base: bool,
    /// Where to write, a name that ends in .tar.zst (- for standard output)
    #[arg(short, long, value_name = "OUT", value_hint = ValueHint::FilePath)]
    output: PathBuf,
}

impl Bundle {
    /// Writes the bundle; gives the exit status.
    pub(super) fn run(&self) -> Result<u8> {
        let modules = find(&self.modules, self.base.is_none())?;
        if !modules.without.is_empty() {
            return Ok(FAILED);
        }
        let source = match &self.base {
            Some(name) => Source::open(name)?,
            None => kernel_of(&modules.found)?,
        };
        let kernel = source.kernel()?;
        let entry = bundle::describe(&source, &kernel, self.with_base);
        let packed = check::all(&modules.found, |found| vec![Packed::read(&found.path)]);
        let packed: Vec<_> = collect(packed.into_iter())?;

        // As it will be read elsewhere, where the kernel has no more than its name.
        let mut named = source.kernel()?;
        named.name = &entry.name;
        let reports = check::all(&packed, |module| {
            let kernels = std::slice::from_ref(&named);
            let name = &module.entry.name;
            check::one(name, Ok(&module.bytes), kernels, Unify::Base)
        });
        let mut report = Vec::new();
        check::print(&reports, false, Detail::Json, &mut report)?;

        let file = match &kernel.target {
            _ if !self.with_base => None,
            Target::Machine(machine) => {
                let build_id = kernel.fingerprint().build_id;
                Some(kernel_file(machine, kernel.blob, build_id)?)
            }
            Target::Bits(_) => Some(kernel.blob.to_vec()),
        };
        let called = entry.name.clone();
        let modules = packed.iter().map(|module| module.entry.clone()).collect();
        let manifest = Manifest::new(entry, modules);
        let progress = Progress::of("packing");
        let archive = bundle::archive(&manifest, &report, file.as_deref(), &packed)
            .map_err(|error| error.at(&self.output))?;
        drop(progress);
        if self.output == Path::new("-") {
            print::result(|out| Ok(out.write_all(&archive)?))?;
            return Ok(FINE);
        }
        output::write(&self.output, &archive)?;
        let made = format!(
            "{}: {}, kernel {}{}, {} bytes",
            names::shown(&self.output),
            Number(packed.len(), "module"),
            names::harmless(&called),
            if self.with_base { " with its BTF" } else { "" },
            archive.len()
        );
        print::text(|out| Ok(writeln!(out, "{made}")?))?;
        Ok(FINE)
    }
}

/// The one kernel that all `modules` lie under; the running one where they lie under none.
fn kernel_of(modules: &[Found]) -> Result<Source> {
    let release = modules.first().and_then(|module| module.release.as_deref());
    let is_other = |module: &&Found| module.release.as_deref() != release;
    if let Some(other) = modules.iter().find(is_other) {
        let error = "it lies under another kernel than the first, expected --base";
        return Err(Error::Unfit(error.into()).at(&other.path));
    }
    match release {
        Some(release) if release != running_release() => Source::of_release(release),
        _ => Source::running(),
    }
}

impl Check {
    /// The bundle that is to be checked, if it is one.
    pub(super) fn bundle(&self) -> Result<Option<bundle::Bundle>> {
        let Some(path) = self.modules.iter().find(|path| bundle::is_bundle(path)) else {
            return Ok(None);
        };
        if self.modules.len() > 1 {
            let error = "a bundle, expected no other modules besides";
            return Err(Error::Unfit(error.into()).at(path));
        }
        if self.out_of_tree {
            let error = "a bundle does not say where modules lay, --out-of-tree can't be told";
            return Err(Error::Unfit(error.into()).at(path));
        }
        bundle::Bundle::open(path).map(Some)
    }

    /// Checks the modules in a bundle; gives the exit status.
    pub(super) fn run_bundle(&self, bundle: &bundle::Bundle) -> Result<u8> {
        let sources = if self.base.is_empty() {
            vec![own_kernel(bundle)?]
        } else {
            collect(self.base.iter().map(Source::open))?
        };
        let kernels = collect(sources.iter().map(Source::kernel))?;
        let entry = &bundle.manifest.kernel;
        for kernel in &kernels {
            if !entry.is_of(kernel) {
                print::note(format_args!(
                    "{}: not the BTF that {} was made with, which is that of {} (SHA-256 {})",
                    kernel.name,
                    names::shown(bundle.path()),
                    entry.name,
                    entry.btf_sha256,
                ));
            }
        }
        let modules: Vec<_> = bundle.modules().collect();
        let detail = self.detail();
        let reports = check::all(&modules, |(name, bytes)| {
            let mut reports = check::one(name, Ok(bytes), &kernels, self.unify);
            for report in &mut reports {
                detail.cut(report);
            }
            reports
        });
        self.tell(&reports, kernels.len() > 1, false)
    }
}

/// The kernel in a bundle.
fn own_kernel(bundle: &bundle::Bundle) -> Result<Source> {
    bundle.kernel()?.ok_or_else(|| {
        let entry = &bundle.manifest.kernel;
        let (name, hash) = (&entry.name, &entry.btf_sha256);
        let error = format!("the BTF of {name} (SHA-256 {hash}) is not in it, expected --base");
        Error::Unfit(error).at(bundle.path())
    })
}
