// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The program's arguments, and what it does for them.

use crate::{
    base::{
        Source,
        RUNNING, //
    },
    btf::Mode,
    check::{
        self,
        model::Verdict,
        Detail, //
    },
    distill::{
        self,
        Format, //
    },
    error::{
        Error,
        Result, //
    },
    files,
    output,
    reconcile::{
        self,
        Unify, //
    }, //
};
use clap::{
    Args,
    Parser,
    Subcommand, //
};
use std::{
    io::{
        self,
        BufWriter,
        ErrorKind,
        Write, //
    },
    path::{
        Path,
        PathBuf, //
    },
    process::ExitCode,
};

/// All is well.
const FINE: u8 = 0;
/// The input was read, and something of it is lost or can't be done.
const LOST: u8 = 1;
/// Wrong arguments, or a file that can't be read or written.
const FAILED: u8 = 2;

/// Tells and changes what becomes of the BTF of kernel modules on a kernel.
#[derive(Parser)]
#[command(version, about, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what will happen to modules on a kernel; needs no root and loads nothing
    ///
    /// Exits with 0 if every module keeps all of its BTF, with 1 if one has types to carry, kfuncs
    /// that can't be used, or BTF that is stale or broken, with 2 if a file can't be read.
    Check(Check),
    /// Reconcile a module file with a kernel: .BTF, .BTF_ids, base removed
    ///
    /// Exits with 0 if OUT was written, with 1 if the module can't be reconciled, with 2 if a file
    /// can't be read or written.
    Reconcile(Reconcile),
    /// Give a module with plain .BTF a base section, from the vmlinux that it was built against
    ///
    /// Exits with 0 if OUT was written, with 1 if the module does not fit the kernel, with 2 if a
    /// file can't be read or written.
    Distill(Distill),
}

#[derive(Args)]
struct Check {
    /// Modules (.ko, .ko.gz, .ko.xz, .ko.zst), or folders with modules
    #[arg(required = true, value_name = "MODULE")]
    modules: Vec<PathBuf>,
    /// Kernels: vmlinux ELF files, raw BTF, or releases
    #[arg(long, value_name = "VMLINUX", default_value = RUNNING)]
    base: Vec<String>,
    /// Whose copies of the kernel's types are left out
    #[arg(long, value_enum, default_value_t = Unify::Base)]
    unify: Unify,
    /// Say all: each type, slot, kfunc and destructor
    #[arg(short, long)]
    verbose: bool,
    /// Say all, as JSON
    #[arg(long, conflicts_with = "verbose")]
    json: bool,
}

#[derive(Args)]
struct Reconcile {
    #[command(flatten)]
    files: Files,
    /// Write the raw split BTF only
    #[arg(long)]
    btf_only: bool,
    /// Refuse a module with a type that the kernel lacks, rather than carry it; leaves no copies out
    #[arg(long)]
    strict: bool,
    /// Leave out the module's copies of the kernel's types
    #[arg(long, value_enum, default_value_t = Unify::Base)]
    unify: Unify,
}

#[derive(Args)]
struct Distill {
    #[command(flatten)]
    files: Files,
    /// What to make: .BTF.base, or .BTF.base_ref, which says more of each type
    #[arg(long, value_enum, default_value_t = Format::Base)]
    format: Format,
}

/// One module to turn into another.
#[derive(Args)]
struct Files {
    /// The module; it may be compressed
    module: PathBuf,
    /// The kernel: a vmlinux ELF file, raw BTF, or a release
    #[arg(long, value_name = "VMLINUX", default_value = RUNNING)]
    base: String,
    /// Where to write; it may be the module itself, if that is not compressed
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Check(arguments) => arguments.run(),
        Command::Reconcile(arguments) => arguments.run(),
        Command::Distill(arguments) => arguments.run(),
    };
    match done {
        Ok(status) => status.into(),
        // Whoever read what is printed has seen enough.
        Err(Error::Io(error)) if error.kind() == ErrorKind::BrokenPipe => FAILED.into(),
        Err(error) => {
            eprintln!("btf-reconcile: {error}");
            match error.is_about_btf() {
                true => LOST.into(),
                false => FAILED.into(),
            }
        }
    }
}

impl Check {
    fn run(&self) -> Result<u8> {
        let sources: Vec<Source> = collect(self.base.iter().map(|base| Source::open(base)))?;
        let kernels = collect(sources.iter().map(Source::kernel)).map_err(unusable_kernel)?;
        let modules = files::modules(&self.modules)?;
        let detail = match (self.json, self.verbose) {
            (true, _) => Detail::Json,
            (false, true) => Detail::Long,
            (false, false) => Detail::Short,
        };
        let reports = check::check(&modules, &kernels, self.unify, detail);
        let mut out = BufWriter::new(io::stdout().lock());
        check::print(&reports, kernels.len(), detail, &mut out)?;
        out.flush()?;
        if reports.iter().any(|r| r.verdict == Verdict::Unreadable) {
            return Ok(FAILED);
        }
        match reports.iter().all(|r| r.is_fine()) {
            true => Ok(FINE),
            false => Ok(LOST),
        }
    }
}

impl Reconcile {
    fn run(&self) -> Result<u8> {
        let options = reconcile::Options {
            mode: match self.strict {
                true => Mode::Strict,
                false => Mode::Lenient,
            },
            // What is reconciled has a base.
            unify: self.unify != Unify::Off,
            btf_only: self.btf_only,
        };
        let result = self.files.open(self.btf_only, |file, source| {
            let kernel = source.kernel().map_err(unusable_kernel)?;
            reconcile::reconcile(file, &kernel, options)
                .map_err(|error| error.at(&self.files.module))
        })?;
        output::write(&self.files.output, &result.bytes)?;
        let counts = result.counts;
        println!(
            "{}: mapped {}, carried {}, moved {}, unified {} ({} bytes less, {} differ), slots {}",
            self.files.output.display(),
            counts.mapped,
            counts.carried,
            counts.moved,
            result.unified.types,
            result.unified.bytes,
            result.unified.differing,
            result.slots
        );
        Ok(FINE)
    }
}

impl Distill {
    fn run(&self) -> Result<u8> {
        let result = self.files.open(false, |file, source| {
            let kernel = source.kernel().map_err(unusable_kernel)?;
            distill::distill(file, &kernel, self.format)
                .map_err(|error| error.at(&self.files.module))
        })?;
        output::write(&self.files.output, &result.bytes)?;
        println!(
            "{}: {} types in the base, {} in the module, slots {}",
            self.files.output.display(),
            result.base_types,
            result.split_types,
            result.slots
        );
        for warning in &result.warnings {
            eprintln!("btf-reconcile: {}: {warning}", self.files.module.display());
        }
        Ok(FINE)
    }
}

impl Files {
    /// Reads the module and opens the kernel, and has `work` make something of both.
    fn open<T>(&self, raw: bool, work: impl FnOnce(&[u8], &Source) -> Result<T>) -> Result<T> {
        if !raw && files::is_named_compressed(&self.output) {
            let error = "what is written is not compressed, expected a name that ends in .ko";
            return Err(Error::Unfit(error.into()).at(&self.output));
        }
        let source = Source::open(&self.base)?;
        let file = files::read(&self.module)?;
        let result = work(&file, &source)?;
        if !raw && file.ends_with(crate::elf::SIGNED) {
            note(
                &self.module,
                "its signature is dropped, OUT has to be signed again",
            );
        }
        Ok(result)
    }
}

/// Says something that does not keep the work from being done.
fn note(path: &Path, what: &str) {
    eprintln!("btf-reconcile: {}: {what}", path.display());
}

/// A kernel whose BTF is broken is no verdict on the module.
fn unusable_kernel(error: Error) -> Error {
    Error::Unfit(error.to_string())
}

/// All values, or the first error.
fn collect<T>(results: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    results.collect()
}
