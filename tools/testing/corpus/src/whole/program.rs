// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is done with each module, by the programs that anybody would do it with.

use super::{
    ids::Ids,
    stream::Unpacked, //
};
use crate::{
    common::oracle::Types,
    modules::btf_section,
    Result, //
};
use std::{
    ffi::OsStr,
    fs,
    path::Path,
    process::{
        Command,
        Stdio, //
    }, //
};

/// What is in a module's file.
pub struct Sections {
    /// `.BTF`.
    pub btf: Vec<u8>,
    /// `.BTF_ids`, if there is one.
    pub ids: Option<Ids>,
}

impl Sections {
    /// Reads them.
    pub fn read(file: &[u8]) -> Result<Self> {
        Ok(Self {
            btf: btf_section(file)?,
            ids: Ids::read(file)?,
        })
    }
}

/// Makes of `stock`, whose BTF says `types`, what is built where there is no vmlinux: without BTF, ids
/// not resolved. It is in the file `bare.ko`.
pub fn strip(unpacked: &Unpacked, stock: &[u8], ids: Option<&Ids>, types: &Types<'_>) -> Result {
    let (from, to) = (unpacked.file("stock.ko"), unpacked.file("bare.ko"));
    fs::write(&from, stock)?;
    let mut command = Command::new("objcopy");
    command.args(["--remove-section", ".BTF"]);
    if let Some(ids) = ids {
        let file = unpacked.file("ids");
        fs::write(&file, ids.unresolved(types)?)?;
        let mut update = OsStr::new(".BTF_ids=").to_owned();
        update.push(file);
        command.arg("--update-section").arg(update);
    }
    run(command.arg(from).arg(to))
}

/// Gives that BTF that stands on its own, in the file `whole.ko`.
pub fn encode(unpacked: &Unpacked, program: &str) -> Result<Sections> {
    let to = unpacked.file("whole.ko");
    let mut command = Command::new(program);
    command.arg("encode").arg(unpacked.file("bare.ko"));
    command.arg("--debug").arg(unpacked.dwarf());
    run(command.arg("-o").arg(&to))?;
    Sections::read(&fs::read(to)?)
}

/// Reconciles that with a kernel.
pub fn reconcile(unpacked: &Unpacked, program: &str, vmlinux: &Path) -> Result<Sections> {
    let to = unpacked.file("reconciled.ko");
    let mut command = Command::new(program);
    command.arg("reconcile").arg(unpacked.file("whole.ko"));
    command.arg("--base").arg(vmlinux);
    run(command.arg("-o").arg(&to))?;
    Sections::read(&fs::read(to)?)
}

/// Runs a program; an error is what it has said.
fn run(command: &mut Command) -> Result {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|e| format!("{:?}: {e}", command.get_program()))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {said}", output.status).into())
}
