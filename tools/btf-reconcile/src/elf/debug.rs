// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a file says of its debug information, and of the build that it is of.

use super::{
    module_sections,
    notes,
    Elf32,
    Elf64,
    Format,
    Machine, //
};
use crate::error::{
    Error,
    Result, //
};
use object::{
    elf::{
        ET_REL,
        SHT_NOBITS,
        SHT_SYMTAB, //
    },
    read::elf::{
        FileHeader,
        SectionHeader, //
    },
    Endianness, //
};

/// Sections one of which is in every file with DWARF: the second is the first, packed as it was done
/// before there was a flag for that.
const DWARF: [&[u8]; 2] = [b".debug_info", b".zdebug_info"];

/// A module's file, or the one that its debug information was moved to.
pub struct DebugFile<'a> {
    /// The machine that it is for.
    pub machine: Machine,
    /// What both files of a build have, and no other.
    pub build_id: Option<&'a [u8]>,
    /// Whether it has DWARF.
    pub has_dwarf: bool,
    /// Whether it has symbols, without which DWARF in a relocatable file means nothing.
    pub has_symbols: bool,
}

impl<'a> DebugFile<'a> {
    /// Reads `file`.
    ///
    /// # Errors
    ///
    /// It is no ELF file, no relocatable one, or its tables lie outside of it.
    pub fn parse(file: &'a [u8]) -> Result<Self> {
        match Format::of(file)? {
            Format::Elf32 => Self::parse_elf::<Elf32>(file),
            Format::Elf64 => Self::parse_elf::<Elf64>(file),
            Format::Raw => Err(Error::Unfit(
                "raw BTF, expected the file of a module: an ELF file".into(),
            )),
        }
    }

    fn parse_elf<E: FileHeader<Endian = Endianness>>(file: &'a [u8]) -> Result<Self> {
        let header = E::parse(file)?;
        let endian = header.endian()?;
        let kind = header.e_type(endian);
        if kind != ET_REL {
            return Err(Error::Unfit(format!(
                "an ELF file of type {kind}, expected {ET_REL} (relocatable): neither a kernel \
                 module nor its debug file"
            )));
        }
        let sections = module_sections(header, endian, file)?;
        let has_bytes = |header: &E::SectionHeader| {
            header.sh_type(endian) != SHT_NOBITS && header.sh_size(endian).into() != 0
        };
        let has_dwarf = DWARF.iter().any(|name| {
            let found = sections.section_by_name(endian, name);
            found.is_some_and(|(_, header)| has_bytes(header))
        });
        let is_symbols =
            |header: &E::SectionHeader| header.sh_type(endian) == SHT_SYMTAB && has_bytes(header);
        Ok(Self {
            machine: Machine::of(header, endian),
            build_id: notes::build_id_among(&sections, endian, file),
            has_dwarf,
            has_symbols: sections.iter().any(is_symbols),
        })
    }
}
