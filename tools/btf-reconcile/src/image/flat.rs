// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The image that is the kernel's memory as it is (`Image`), of arm64 and RISC-V.
//!
//! Nothing in it tells where BTF is, so all of it is searched for what starts as BTF does.
//!
//! Reference: [Documentation/arch/arm64/booting.rst](srctree/Documentation/arch/arm64/booting.rst),
//! [Documentation/arch/riscv/boot-image-header.rst](srctree/Documentation/arch/riscv/boot-image-header.rst).

use super::field;
use crate::elf::BTF_MAGIC;
use object::elf::{
    EM_AARCH64,
    EM_RISCV, //
};

/// Where the header has its magic, and what that is for which machine.
const MAGIC: usize = 0x38;
const MACHINES: [([u8; 4], u16); 2] = [(*b"ARM\x64", EM_AARCH64), (*b"RSC\x05", EM_RISCV)];

/// The version of BTF that there is.
const VERSION: u8 = 1;
/// Bytes of BTF's header: that all have, those before the layout of kinds, and those with it.
const HEADER_LEN: usize = 8;
const SHORT: usize = 24;
const LONG: usize = 32;
/// All sections of BTF, and so it itself, start at a multiple of this.
const ALIGN: usize = 4;

/// Such an image.
#[derive(Clone, Copy)]
pub struct Flat<'a> {
    file: &'a [u8],
    /// The machine that it is for, by its number in ELF files.
    pub(crate) machine: u16,
}

impl<'a> Flat<'a> {
    /// Looks whether `file` is one.
    pub fn of(file: &'a [u8]) -> Option<Self> {
        let magic = field(file, MAGIC)?;
        let (_, machine) = MACHINES.iter().find(|(known, _)| *known == magic)?;
        Some(Self {
            file,
            machine: *machine,
        })
    }

    /// The BTF in it: the longest, since programs that the kernel has for itself have BTF, too.
    pub fn btf(&self) -> Option<&'a [u8]> {
        let magic = BTF_MAGIC.to_le_bytes();
        (0..self.file.len())
            .step_by(ALIGN)
            .filter_map(|at| self.file.get(at..).filter(|rest| rest.starts_with(&magic)))
            .filter_map(whole)
            .max_by_key(|btf| btf.len())
    }
}

/// The BTF that `bytes` start with, if its header makes sense.
fn whole(bytes: &[u8]) -> Option<&[u8]> {
    let word = |at| {
        let word = field(bytes, at).map(u32::from_le_bytes)?;
        usize::try_from(word).ok()
    };
    let header_len = word(4)?;
    if *bytes.get(2..4)? != [VERSION, 0] || header_len < SHORT || header_len % ALIGN != 0 {
        return None;
    }
    let section = |at| Some((word(at)?, word(at + 4)?));
    let (types, types_len) = section(HEADER_LEN)?;
    let (strings, strings_len) = section(HEADER_LEN + 8)?;
    let layout = if header_len >= LONG {
        section(HEADER_LEN + 16)?
    } else {
        (0, 0)
    };
    if types_len == 0
        || [types, types_len, layout.0]
            .iter()
            .any(|at| at % ALIGN != 0)
    {
        return None;
    }
    let sections = bytes.get(header_len..)?;
    let text = sections.get(strings..)?.get(..strings_len)?;
    if text.first() != Some(&0) || text.last() != Some(&0) {
        return None;
    }
    let ends = [(types, types_len), (strings, strings_len), layout];
    let ends = ends.map(|(at, len)| at.checked_add(len));
    let end = ends
        .into_iter()
        .try_fold(0, |most, end| Some(most.max(end?)))?;
    bytes.get(..header_len.checked_add(end)?)
}
