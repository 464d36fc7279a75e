// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `encode` is asked for, and running it.

use super::write::ToWrite;
use crate::{
    base,
    encode::{
        self,
        Pahole,
        Source, //
    },
    error::Result,
    files,
    names,
    print,
    progress::Progress, //
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
pub(super) struct Encode {
    #[command(flatten)]
    files: ToWrite,
    /// The module's debug file, if its DWARF is not in itself and not where it is looked for
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    debug: Option<PathBuf>,
    /// The kernel that it is for: a vmlinux ELF file, an image (vmlinuz), raw BTF, an archive of
    /// BTFHub, or a release; without one the BTF stands on its own
    #[arg(long, value_name = "VMLINUX", value_hint = ValueHint::FilePath)]
    base: Option<OsString>,
}

impl Encode {
    /// Writes the module; gives the exit status.
    pub(super) fn run(&self) -> Result<u8> {
        self.files.expect_uncompressed()?;
        let mut base = self.base.as_ref().map(base::Source::open).transpose()?;
        if let Some(base) = &mut base {
            base.find_build_id();
        }
        let kernel = base.as_ref().map(base::Source::kernel).transpose()?;
        let module = &self.files.module;
        let file = files::read(module)?;
        let source = Source::find(module, &file, self.debug.as_deref())?;
        let pahole = Pahole::find()?;
        let progress = Progress::of("running pahole");
        let result = encode::encode(&file, source.contents(&file), kernel.as_ref(), &pahole)
            .map_err(|error| error.at(module))?;
        drop(progress);
        self.files.note_signature(&file);
        if let Source::Debug(path, _) = &source {
            print::note(format_args!(
                "{}: DWARF from {}",
                names::shown(module),
                names::shown(path)
            ));
        }
        let how = match result.unified {
            None => "whole".to_owned(),
            Some(unified) => format!("unified {unified}"),
        };
        let made = format!(
            "types {} ({} bytes), {how}, slots {}, resolved {}",
            result.types, result.btf_bytes, result.slots, result.resolved
        );
        self.files.finish(&result.bytes, &result.notes, &made)
    }
}
