// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Changing sections of a module file.

use crate::error::{
    Error,
    Result, //
};
use object::{
    build::elf::{
        Builder,
        Section,
        SectionData, //
    },
    elf::{
        ET_REL,
        SHT_PROGBITS, //
    },
};

/// Largest alignment of a section that is believed: that of a huge page is beyond what modules ask
/// for.
const MAX_ALIGN: u64 = 1 << 21;

/// A module file whose sections are being changed. Symbols, relocations and all other sections
/// stay; a signature behind them does not.
pub struct Rewriter<'a>(Builder<'a>);

impl<'a> Rewriter<'a> {
    /// Reads `file`.
    ///
    /// # Errors
    ///
    /// It is broken, or has something in it that can't be written back.
    pub fn read(file: &'a [u8]) -> Result<Self> {
        let elf = Builder::read(file)?;
        if elf.header.e_type != ET_REL {
            let kind = elf.header.e_type;
            let error = format!("an ELF file of type {kind}, expected {ET_REL} (relocatable)");
            return Err(Error::Unfit(error));
        }
        for section in &elf.sections {
            let align = section.sh_addralign;
            if align > MAX_ALIGN || align != 0 && !align.is_power_of_two() {
                let name = &section.name;
                let error = format!("section {name} is aligned to {align:#x}, expected a power of two up to {MAX_ALIGN:#x}");
                return Err(Error::Unfit(error));
            }
        }
        Ok(Self(elf))
    }

    /// The section named `name`.
    fn find(&mut self, name: &str) -> Option<&mut Section<'a>> {
        let mut sections = self.0.sections.iter_mut();
        sections.find(|s| s.name.as_slice() == name.as_bytes())
    }

    /// Puts `bytes` into section `name`.
    ///
    /// # Errors
    ///
    /// There is no such section, or it is of a type that holds no bytes.
    pub fn set(&mut self, name: &str, bytes: &[u8]) -> Result {
        match self.find(name) {
            Some(Section {
                data: SectionData::Data(data),
                ..
            }) => *data = bytes.to_vec().into(),
            Some(_) => {
                let error = format!("section {name}: expected type {SHT_PROGBITS} (PROGBITS)");
                return Err(Error::Unfit(error));
            }
            None => return Err(Error::Unfit(format!("no section {name}"))),
        }
        Ok(())
    }

    /// Adds a section `name` that holds `bytes`, behind all others.
    pub fn add(&mut self, name: &str, bytes: &[u8]) {
        let section = self.0.sections.add();
        section.name = name.as_bytes().to_vec().into();
        section.sh_type = SHT_PROGBITS;
        section.sh_addralign = 1;
        section.data = SectionData::Data(bytes.to_vec().into());
    }

    /// Removes the section named `name`, if there is one.
    pub fn remove(&mut self, name: &str) {
        if let Some(section) = self.find(name) {
            section.delete = true;
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// It has something in it that can't be written.
    pub fn write(mut self) -> Result<Vec<u8>> {
        self.0.set_section_sizes();
        let mut bytes = Vec::new();
        self.0.write(&mut bytes)?;
        Ok(bytes)
    }
}
