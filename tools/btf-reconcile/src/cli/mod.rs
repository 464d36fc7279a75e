// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The program's arguments, and what it does for them.

mod check;
mod write;

use crate::{
    distill::Format,
    error::Error,
    print,
    reconcile::Unify, //
};
use clap::{
    Args,
    Parser,
    Subcommand, //
};
use std::{
    io::ErrorKind,
    path::PathBuf,
    process::ExitCode, //
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
    /// Modules (.ko, .ko.gz, .ko.xz, .ko.zst) or their raw BTF, or folders with modules
    #[arg(required = true, value_name = "MODULE")]
    modules: Vec<PathBuf>,
    /// Kernels: vmlinux ELF files, raw BTF, archives of BTFHub, or releases; otherwise the one
    /// whose /lib/modules/RELEASE a module lies under, or the running one
    #[arg(long, value_name = "VMLINUX")]
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
    /// The kernel: a vmlinux ELF file, raw BTF, an archive of BTFHub, or a release; otherwise the
    /// running one
    #[arg(long, value_name = "VMLINUX")]
    base: Option<String>,
    /// Where to write; it may be the module itself, if that is not compressed
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help is no error, unless it can't be printed.
        Err(error) => {
            let printed = error.print().map_err(Error::Output);
            return match printed {
                Ok(()) => u8::try_from(error.exit_code()).unwrap_or(FAILED).into(),
                Err(error) => failed(&error),
            };
        }
    };
    let done = match arguments.command {
        Command::Check(arguments) => arguments.run(),
        Command::Reconcile(arguments) => arguments.run(),
        Command::Distill(arguments) => arguments.run(),
    };
    match done {
        Ok(status) => status.into(),
        Err(error) => failed(&error),
    }
}

/// Says why the command has failed.
fn failed(error: &Error) -> ExitCode {
    match error {
        // Whoever read what is printed has seen enough.
        Error::Output(error) if error.kind() == ErrorKind::BrokenPipe => {}
        error => print::note(error),
    }
    if error.is_about_btf() {
        LOST.into()
    } else {
        FAILED.into()
    }
}
