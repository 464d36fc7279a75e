// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The program's commands; what each is asked for and does is in a file of its own.

mod bundle;
mod check;
mod diff;
mod doctor;
mod encode;
mod examples;
mod loaded;
mod matrix;
mod page;
mod status;
mod write;

pub use self::loaded::Loaded;

use self::{
    bundle::Bundle,
    check::Check,
    diff::Diff,
    doctor::Doctor,
    encode::Encode,
    matrix::Matrix,
    status::{
        FAILED,
        FINE,
        LOST,
        UNHEARD, //
    },
    write::{
        Distill,
        Reconcile, //
    },
};
use crate::{
    error::Error,
    names::{
        harmless,
        plain,
        shown, //
    },
    print, //
};
use clap::{
    CommandFactory,
    Parser,
    Subcommand, //
};
use std::{
    ffi::OsString,
    io::{
        self,
        ErrorKind,
        Write, //
    },
    process::ExitCode, //
};

/// Tell and change what becomes of the BTF of kernel modules on a kernel
///
/// The BTF of a kernel module, its type information, refers to types of the kernel by number.
/// Another build of the kernel numbers its types differently: there the module loses its BTF, its
/// kfuncs and id lists mean something else, or the kernel refuses it.
///
/// btf-reconcile tells beforehand what will happen, with the kernel module btf_reconcile and
/// without, and changes module files so that their BTF is right on a kernel. It needs no root, and
/// loads nothing.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
#[command(after_long_help = examples::with(examples::PROGRAM, status::PROGRAM))]
struct Arguments {
    /// Say nothing but errors, and print documents only (--json, --html -): the exit status tells
    #[arg(short, long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Say what will happen to the BTF of modules on a kernel
    ///
    /// Prints one line for each module and kernel: what the kernel module btf_reconcile makes of
    /// its BTF, how many of its kfuncs and destructors BPF programs can use then, and what a stock
    /// kernel does with it, without btf_reconcile. Needs no root and loads nothing.
    ///
    /// A module "fits" if its BTF is of this kernel as it is. It is "reconciled" if it has a base
    /// section and every type in it is one of this kernel's, and "carries" those of them that the
    /// kernel lacks as types of its own. It is "stale" if its BTF is of another kernel and does not
    /// say which types it means: without a base section only a rebuild helps. It is "broken" if its
    /// BTF can't be read, and "unreadable" if it is no module for the kernel's machine.
    ///
    /// A stock kernel "accepts" a module, "loads it with wrong ids", "refuses it", with the error
    /// that insmod gets, "reads outside of its memory" or "hangs on it".
    ///
    /// With --brief it prints one line for each module that loses something, the worst first, for
    /// whoever updates a machine, and nothing if none does: see doctor, which finds out itself what
    /// there is to check.
    #[command(after_long_help = examples::with(examples::CHECK, status::CHECK))]
    Check(Check),
    /// Compare what becomes of the BTF of many modules on several kernels
    ///
    /// Prints a table with a row for each module that loses something and two columns for each
    /// kernel: what the kernel module btf_reconcile makes of its BTF, and what a stock kernel does
    /// with it, in the words of check. What loses most with btf_reconcile comes first, then what
    /// loses most without.
    ///
    /// With --html it writes a page for a browser that needs nothing else: it can be sorted and
    /// searched, and shows the report of each module.
    #[command(after_long_help = examples::with(examples::MATRIX, status::MATRIX))]
    Matrix(Matrix),
    /// Compare the types of two kernels
    ///
    /// Prints how many of the types, functions and variables in the BTF of two kernels are gone, new
    /// or changed, and then each of these with the first difference. A type is changed if it is not
    /// what it was itself: by its size, its members, its values, its parameters. If only a type that it
    /// leads to is, it is counted apart, and named with -v.
    ///
    /// Which of the functions are kfuncs is told where BTF has it, and their flags where both kernels
    /// are given as vmlinux ELF files that have the symbols of .BTF_ids, as those of Debian's headers.
    ///
    /// With --modules it says which of the modules depend on each, by value, by pointer, by an id or by
    /// calling it, and prints only what some module depends on.
    #[command(after_long_help = examples::with(examples::DIFF, status::DIFF))]
    Diff(Diff),
    /// Put all that a report about modules needs into one archive
    ///
    /// Writes an archive that check takes in place of the modules: it says elsewhere what it says
    /// here. In it are of each module its BTF, its ids, the names of their symbols and of its
    /// functions, its build id and the kernel version that it was built for, but no code; of the
    /// kernel its release, its build id, a hash of its BTF, and those of its options that matter;
    /// and what check --json says. Names of modules and of the kernel's file are in it, but no
    /// folders, users, hosts or times.
    ///
    /// The kernel's BTF is in it with --with-base. Without, whoever checks it has to have that
    /// kernel's, for --base, and is told if it is another one's.
    #[command(after_long_help = examples::with(examples::BUNDLE, status::BUNDLE))]
    Bundle(Bundle),
    /// Look at all kernels and modules of this machine
    ///
    /// Says of each kernel that is installed whether it has the kernel module btf_reconcile and what
    /// loads that at boot, what becomes of the BTF of the modules in its folders, by numbers, and
    /// which of them lose something, by name, the worst first: with btf_reconcile if it will be
    /// loaded there, else without.
    ///
    /// Of the kernel that runs it says what became of the modules that are loaded, and which ones
    /// its log has lines about, since the machine was started, for BTF that was of no use.
    ///
    /// With --brief it is for the hook of a kernel's package:
    /// btf-reconcile doctor --brief --out-of-tree --kernel RELEASE
    ///
    /// It needs no root: what it can't read without it says, and goes on.
    #[command(after_long_help = examples::with(examples::DOCTOR, status::DOCTOR))]
    Doctor(Doctor),
    /// Change a module file so that its BTF is right on a kernel
    ///
    /// Writes the module as the kernel module btf_reconcile would have it: .BTF refers to the types
    /// of the kernel, .BTF_ids is translated, and the base section is gone. It is for kernels that
    /// btf_reconcile can't be loaded into. The module needs a base section, .BTF.base or
    /// .BTF.base_ref. A signature is dropped.
    #[command(after_long_help = examples::with(examples::RECONCILE, status::RECONCILE))]
    Reconcile(Reconcile),
    /// Give a module file with plain BTF a base section
    ///
    /// The base is made from the kernel that the module was built against, and describes the types
    /// of it that the module depends on. Only with one can a module be reconciled with another
    /// kernel.
    #[command(after_long_help = examples::with(examples::DISTILL, status::DISTILL))]
    Distill(Distill),
    /// Give a module file BTF from its debug information
    ///
    /// Where there is no vmlinux a build makes no BTF for its modules ("Skipping BTF generation"), and
    /// some modules were stripped of it. This makes it from the module's DWARF, or from that of its
    /// debug file, by pahole, which has to be there. BTF that the module has is replaced.
    ///
    /// With --base it is as the kernel's build makes it for that kernel, with .BTF_ids resolved.
    /// Without, it stands on its own, and only btf_reconcile can use it: that translates it, and
    /// resolves the rest of .BTF_ids, for whatever kernel the module is loaded into. Without
    /// btf_reconcile the kernel refuses such a module, as a rule.
    ///
    /// The debug file is looked for beside the module (MODULE.debug) and below /usr/lib/debug. A
    /// signature is dropped.
    #[command(after_long_help = examples::with(examples::ENCODE, status::ENCODE))]
    Encode(Encode),
}

/// The arguments that the program takes, for whoever writes of them.
pub fn command() -> clap::Command {
    Arguments::command()
}

/// Runs the program.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help is no error, unless it can't be printed.
        Err(error) => {
            return match explain(&error).map_err(Error::Output) {
                Ok(()) => u8::try_from(error.exit_code()).unwrap_or(FAILED).into(),
                Err(error) => failed(&error),
            };
        }
    };
    if arguments.quiet {
        print::be_quiet();
    }
    let done = match arguments.command {
        Command::Check(arguments) => arguments.run(),
        Command::Matrix(arguments) => arguments.run(),
        Command::Diff(arguments) => arguments.run(),
        Command::Bundle(arguments) => arguments.run(),
        Command::Doctor(arguments) => arguments.run(),
        Command::Reconcile(arguments) => arguments.run(),
        Command::Distill(arguments) => arguments.run(),
        Command::Encode(arguments) => arguments.run(),
    };
    match done {
        Ok(status) => status.into(),
        Err(error) => failed(&error),
    }
}

/// Prints help, or what is wrong with the arguments, which are repeated in it.
fn explain(error: &clap::Error) -> io::Result<()> {
    let is_harmless = |text: &OsString| *plain(text) == *shown(text);
    if std::env::args_os().all(|argument| is_harmless(&argument)) {
        return error.print();
    }
    let mut out = io::stderr();
    for line in error.render().to_string().lines() {
        writeln!(out, "{}", harmless(line))?;
    }
    Ok(())
}

/// Says why the command has failed.
fn failed(error: &Error) -> ExitCode {
    match error {
        // Whoever read what is printed has seen enough.
        Error::Output(error) if error.kind() == ErrorKind::BrokenPipe => return UNHEARD.into(),
        error => print::error(error),
    }
    if error.is_about_btf() {
        LOST.into()
    } else {
        FAILED.into()
    }
}
