// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The modules of a kernel, from its package to an archive.

use crate::{
    archive::Made,
    libbpf,
    Result, //
};
use object::{
    Object,
    ObjectSection, //
};
use rayon::prelude::*;
use std::{
    ffi::OsStr,
    fs,
    io::Read,
    path::{
        Path,
        PathBuf, //
    }, //
};

/// What became of the modules of a folder.
pub struct Distilled {
    /// Those with BTF, in order of their names.
    pub modules: Vec<Made>,
    /// Those without, and those that libbpf can't distil, each with the reason.
    pub without: Vec<String>,
}

/// Distils every module below `dir` against `vmlinux`.
pub fn distill(dir: &Path, vmlinux: &Path) -> Result<Distilled> {
    let vmlinux = btf_section(&fs::read(vmlinux)?)?;
    let vmlinux = libbpf::Btf::new(&vmlinux).map_err(|why| why.message().to_owned())?;
    let mut files = Vec::new();
    walk(dir, &mut files)?;
    let mut made: Vec<_> = files
        .par_iter()
        .map(|file| one(file, &vmlinux).map_err(|why| format!("{}: {why}", name(file))))
        .collect();
    made.sort_by(|a, b| match (a, b) {
        (Ok(a), Ok(b)) => a.0.cmp(&b.0),
        _ => a.is_err().cmp(&b.is_err()),
    });
    let (modules, without): (Vec<_>, Vec<_>) = made.into_iter().partition(|m| m.is_ok());
    Ok(Distilled {
        modules: modules.into_iter().filter_map(|m| m.ok()).collect(),
        without: without.into_iter().filter_map(|m| m.err()).collect(),
    })
}

/// Distils one module.
fn one(file: &Path, vmlinux: &libbpf::Btf<'_>) -> Result<Made> {
    let btf = btf_section(&contents(file)?)?;
    let fail = |why: libbpf::Refusal| why.message().to_owned();
    let btf = libbpf::Btf::new_split(&btf, vmlinux).map_err(fail)?;
    let (base, split) = btf.distill().map_err(fail)?;
    Ok((name(file), base, split))
}

/// Finds the module files below `dir`.
pub fn walk(dir: &Path, files: &mut Vec<PathBuf>) -> Result {
    for entry in fs::read_dir(dir).map_err(|e| format!("{}: {e}", dir.display()))? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            walk(&path, files)?;
        } else if matches!(path.extension().and_then(OsStr::to_str), Some("ko" | "xz")) {
            files.push(path);
        }
    }
    Ok(())
}

/// The module's name: its file's, without endings.
fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.split(".ko").next().unwrap_or_default().to_owned()
}

/// What is in a module's file.
pub fn contents(file: &Path) -> Result<Vec<u8>> {
    let raw = fs::read(file)?;
    if file.extension() != Some(OsStr::new("xz")) {
        return Ok(raw);
    }
    let mut plain = Vec::new();
    liblzma::read::XzDecoder::new(&raw[..]).read_to_end(&mut plain)?;
    Ok(plain)
}

/// The `.BTF` of an ELF file.
pub fn btf_section(file: &[u8]) -> Result<Vec<u8>> {
    let elf = object::File::parse(file)?;
    let section = elf.section_by_name(".BTF").ok_or("no .BTF")?;
    Ok(section.data()?.to_vec())
}
