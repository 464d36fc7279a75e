// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `reconcile` and `distill` are asked for, which make one file of another, and running them.

use super::FINE;
use crate::{
    base::{
        Kernel,
        Source, //
    },
    btf::Options,
    distill::{
        self,
        Format, //
    },
    elf::SIGNED,
    error::{
        Error,
        Result, //
    },
    files,
    folders::is_named_compressed,
    names, output, print,
    reconcile::{
        self,
        Unify, //
    },
};
use clap::{
    Args,
    ValueHint, //
};
use std::{
    ffi::OsString,
    path::PathBuf, //
};

#[derive(Args)]
pub(super) struct Reconcile {
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
pub(super) struct Distill {
    #[command(flatten)]
    files: Files,
    /// What to make
    #[arg(long, value_enum, default_value_t = Format::Base)]
    format: Format,
}

/// One module to turn into another, for a kernel.
#[derive(Args)]
struct Files {
    #[command(flatten)]
    files: ToWrite,
    /// The kernel: a vmlinux ELF file, an image (vmlinuz), raw BTF, an archive of BTFHub, or a
    /// release; otherwise the running one
    #[arg(long, value_name = "VMLINUX", value_hint = ValueHint::FilePath)]
    base: Option<OsString>,
}

/// One module to turn into another.
#[derive(Args)]
pub(super) struct ToWrite {
    /// The module; it may be compressed
    pub(super) module: PathBuf,
    /// Where to write; it may be the module itself, if that is not compressed
    #[arg(short, long, value_name = "OUT")]
    pub(super) output: PathBuf,
}

impl Reconcile {
    /// Writes the module; gives the exit status.
    pub(super) fn run(&self) -> Result<u8> {
        let options = reconcile::Options {
            core: Options {
                strict: self.strict,
                unify: self.unify.into(),
            },
            btf_only: self.btf_only,
        };
        let source = self.files.source()?;
        let result = self.files.open(&source, self.btf_only, |file, kernel| {
            reconcile::reconcile(file, kernel, options)
        })?;
        let counts = result.counts;
        let made = format!(
            "mapped {}, carried {}, moved {}, unified {} ({} bytes less, {} differ), slots {}",
            counts.mapped,
            counts.carried,
            counts.moved,
            result.unified,
            result.bytes_unified,
            result.differing,
            result.slots
        );
        self.files.files.finish(&result.bytes, &result.notes, &made)
    }
}

impl Distill {
    /// Writes the module; gives the exit status.
    pub(super) fn run(&self) -> Result<u8> {
        let mut source = self.files.source()?;
        source.find_build_id();
        let result = self.files.open(&source, false, |file, kernel| {
            distill::distill(file, kernel, self.format)
        })?;
        let made = format!(
            "{} types in the base, {} in the module, slots {}",
            result.base_types, result.split_types, result.slots
        );
        self.files
            .files
            .finish(&result.bytes, &result.warnings, &made)
    }
}

impl Files {
    /// Opens the kernel.
    fn source(&self) -> Result<Source> {
        match &self.base {
            Some(name) => Source::open(name),
            None => Source::running(),
        }
    }

    /// Reads the module and the kernel, and has `work` make something of both.
    fn open<T>(
        &self,
        source: &Source,
        raw: bool,
        work: impl FnOnce(&[u8], &Kernel<'_>) -> Result<T>,
    ) -> Result<T> {
        if !raw {
            self.files.expect_uncompressed()?;
        }
        let kernel = source.kernel()?;
        let module = &self.files.module;
        let file = files::read(module)?;
        let result = work(&file, &kernel).map_err(|error| error.at(module))?;
        if !raw {
            self.files.note_signature(&file);
        }
        Ok(result)
    }
}

impl ToWrite {
    /// Checks that what is to be written is not named like what is compressed.
    pub(super) fn expect_uncompressed(&self) -> Result {
        if is_named_compressed(&self.output) {
            let error = "what is written is not compressed, expected a name that ends in .ko";
            return Err(Error::Unfit(error.into()).at(&self.output));
        }
        Ok(())
    }

    /// Says so if `file`, which is the module, is signed.
    pub(super) fn note_signature(&self, file: &[u8]) {
        if file.ends_with(SIGNED) {
            let module = names::shown(&self.module);
            print::note(format_args!(
                "{module}: its signature is dropped, OUT has to be signed again"
            ));
        }
    }

    /// Writes what was made, and says what there is to say of it; gives the exit status.
    pub(super) fn finish(&self, bytes: &[u8], notes: &[String], made: &str) -> Result<u8> {
        output::write(&self.output, bytes)?;
        for note in notes {
            print::note(format_args!("{}: {note}", self.module.display()));
        }
        let output = names::shown(&self.output);
        print::text(|out| Ok(writeln!(out, "{output}: {made}")?))?;
        Ok(FINE)
    }
}
