// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Changing sections of a module file.
//!
//! Nothing but the names of sections is understood here. A section that is not changed keeps its
//! contents, its header and, above all, its number: those of sections and symbols stand in many
//! places. Groups list sections, address-significance tables list symbols, a livepatch module has
//! relocations for symbols of a kind of its own, and sections of types that are not known may refer
//! to others in ways that are not known. So nothing is numbered anew: a section that is added comes
//! last, and one that is removed leaves an entry that is not in use (`SHT_NULL`) behind.
//!
//! That entry has no name either. The kernel's loader looks for `.BTF.base` by its name alone, and
//! takes one without bytes for a base that is broken.
//!
//! What the sections hold is laid out anew, in the order in which it was, so that nothing of what
//! was removed or replaced stays in the file. Relocatable files have nothing else that says where
//! things are.
//!
//! `object` can write files too, but makes a model of all that is in them, numbers everything
//! anew, and has to refuse what its model does not have.

use crate::{
    elf::{
        module_sections,
        Elf32,
        Elf64,
        Format,
        Header,
        Layout, //
    },
    error::{
        Error,
        Result, //
    },
    files::MAX_BYTES,
};
use object::{
    elf::{
        ET_REL,
        SHF_ALLOC,
        SHN_LORESERVE,
        SHT_CREL,
        SHT_NOBITS,
        SHT_NOTE,
        SHT_NULL,
        SHT_PROGBITS,
        SHT_REL,
        SHT_RELA,
        SHT_STRTAB, //
    },
    pod::bytes_of,
    read::elf::{
        FileHeader,
        SectionHeader, //
    },
    Endianness, //
};
use std::borrow::Cow;

/// Largest alignment that contents are given in the file: it serves those who read them as numbers
/// where they lie. That of a header is for memory, where the loader copies them to.
const MAX_FILE_ALIGN: u64 = 16;

/// Alignment of notes.
const NOTE_ALIGN: u64 = 4;

/// One section.
struct Section<'a> {
    name: Cow<'a, [u8]>,
    header: Header,
    /// [`None`] for types that hold no bytes.
    contents: Option<Cow<'a, [u8]>>,
}

/// A module file whose sections are being changed. Symbols, relocations and all other sections
/// stay; a signature behind them does not.
pub struct Rewriter<'a> {
    layout: Layout,
    /// The file's header.
    head: Vec<u8>,
    sections: Vec<Section<'a>>,
    /// Number of the section that holds the names of sections.
    names: usize,
}

impl<'a> Rewriter<'a> {
    /// Reads `file`.
    ///
    /// # Errors
    ///
    /// It is no ELF file, no relocatable one, says of its sections what can't be, or has none with
    /// their names.
    pub fn read(file: &'a [u8]) -> Result<Self> {
        match Format::of(file)? {
            Format::Elf64 => Self::read_elf::<Elf64>(file),
            Format::Elf32 => Self::read_elf::<Elf32>(file),
            Format::Raw => Err(Error::Unfit(
                "raw BTF, expected the file of a module: an ELF file".into(),
            )),
        }
    }

    fn read_elf<E: FileHeader<Endian = Endianness>>(file: &'a [u8]) -> Result<Self> {
        let header = E::parse(file)?;
        let endian = header.endian()?;
        let kind = header.e_type(endian);
        if kind != ET_REL {
            let error = format!("an ELF file of type {kind}, expected {ET_REL} (relocatable)");
            return Err(Error::Unfit(error));
        }
        if header.e_phnum(endian) != 0 {
            let error = "program headers in a relocatable file, expected none";
            return Err(Error::Unfit(error.into()));
        }
        let table = module_sections(header, endian, file)?;
        let names = header.section_strings_index(endian, file)?.0;
        let mut sections = Vec::new();
        for (index, section) in table.iter().enumerate() {
            let header = Header::read(section, endian);
            // What is not in use says nothing, but for the first, which may say how many there are.
            let mut name = &[][..];
            if header.kind != SHT_NULL {
                name = table.section_name(endian, section)?;
            }
            let bytes = match (header.kind, header.size) {
                (SHT_NULL | SHT_NOBITS, _) => None,
                (_, 0) => Some(&[][..]),
                _ => Some(section.data(endian, file).map_err(|_| {
                    let name = name.escape_ascii();
                    Error::Unfit(format!("section {index} ({name}) lies outside of the file"))
                })?),
            };
            sections.push(Section {
                name: name.into(),
                header,
                contents: bytes.map(Cow::Borrowed),
            });
        }
        let mut rewriter = Self {
            layout: Layout::of::<E>(endian),
            head: bytes_of(header).to_vec(),
            sections,
            names,
        };
        // What is not of their type may still have been read as such, but might not be written.
        rewriter.names()?;
        Ok(rewriter)
    }

    /// Puts `bytes` into section `name`.
    ///
    /// # Errors
    ///
    /// There is no such section, it is of a type that holds no bytes, or it is relocated.
    pub fn set(&mut self, name: &str, bytes: &[u8]) -> Result {
        let index = (0..self.sections.len()).find(|&index| self.is_named(index, name));
        let index = index.ok_or_else(|| Error::Unfit(format!("no section {name}")))?;
        self.expect_not_relocated(index)?;
        match self.sections.get_mut(index).map(|s| &mut s.contents) {
            Some(Some(contents)) => *contents = Cow::Owned(bytes.to_vec()),
            _ => {
                let error = format!("section {name}: expected type {SHT_PROGBITS} (PROGBITS)");
                return Err(Error::Unfit(error));
            }
        }
        Ok(())
    }

    /// Puts `bytes` into section `name`, which is added if it is not there.
    ///
    /// # Errors
    ///
    /// As for [`Self::set`] and [`Self::add`].
    pub fn put(&mut self, name: &str, bytes: &[u8]) -> Result {
        if (0..self.sections.len()).any(|index| self.is_named(index, name)) {
            self.set(name, bytes)
        } else {
            self.add(name, bytes)
        }
    }

    /// Adds a section `name` that holds `bytes`, behind all others.
    ///
    /// # Errors
    ///
    /// The section with the names of sections is broken.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result {
        let names = self.names()?;
        // Strings that do not end would end in this one.
        if names.last() != Some(&0) {
            names.push(0);
        }
        let at = u32::try_from(names.len());
        names.extend_from_slice(name.as_bytes());
        names.push(0);
        self.sections.push(Section {
            name: name.as_bytes().to_vec().into(),
            header: Header {
                name: at.map_err(|_| Error::Unfit("too many names of sections".into()))?,
                kind: SHT_PROGBITS,
                // Behind all that has a place.
                offset: u64::MAX,
                align: 1,
                ..Header::default()
            },
            contents: Some(Cow::Owned(bytes.to_vec())),
        });
        Ok(())
    }

    /// Puts `bytes` into the section of notes `name`, which is added if it is not there, and can be
    /// seen in the module once that is loaded.
    ///
    /// # Errors
    ///
    /// As for [`Self::put`].
    pub fn put_notes(&mut self, name: &str, bytes: &[u8]) -> Result {
        let found = (0..self.sections.len()).find(|&index| self.is_named(index, name));
        match found {
            Some(index) => self.expect_not_relocated(index)?,
            None => self.add(name, bytes)?,
        }
        let index = found.unwrap_or(self.sections.len().saturating_sub(1));
        if let Some(section) = self.sections.get_mut(index) {
            section.header.kind = SHT_NOTE;
            section.header.flags = SHF_ALLOC.into();
            section.header.align = NOTE_ALIGN;
            section.contents = Some(Cow::Owned(bytes.to_vec()));
        }
        Ok(())
    }

    /// Removes all sections named `name`, if there are any.
    ///
    /// # Errors
    ///
    /// One is relocated, or there is no way to write that a section has no name.
    pub fn remove(&mut self, name: &str) -> Result {
        for index in 0..self.sections.len() {
            if !self.is_named(index, name) {
                continue;
            }
            self.expect_not_relocated(index)?;
            if self.names()?.first() != Some(&0) {
                let error = "names of sections that do not start with an empty one";
                return Err(Error::Unfit(error.into()));
            }
            if let Some(section) = self.sections.get_mut(index) {
                *section = Section {
                    name: Cow::Borrowed(&[]),
                    header: Header::default(),
                    contents: None,
                };
            }
        }
        Ok(())
    }

    fn is_named(&self, index: usize, name: &str) -> bool {
        let section = self.sections.get(index);
        section.is_some_and(|section| *section.name == *name.as_bytes())
    }

    /// The names of sections.
    fn names(&mut self) -> Result<&mut Vec<u8>> {
        match self.sections.get_mut(self.names) {
            Some(Section {
                header: Header {
                    kind: SHT_STRTAB, ..
                },
                contents: Some(contents),
                ..
            }) => Ok(contents.to_mut()),
            _ => Err(Error::Unfit("no section with the names of sections".into())),
        }
    }

    /// Checks that nothing is to be added to the contents of a section when the module is loaded.
    fn expect_not_relocated(&self, index: usize) -> Result {
        let relocates = |section: &&Section<'_>| {
            let header = &section.header;
            matches!(header.kind, SHT_REL | SHT_RELA | SHT_CREL)
                && header.size != 0
                && usize::try_from(header.info) == Ok(index)
        };
        match self.sections.iter().find(relocates) {
            None => Ok(()),
            Some(section) => {
                let name = section.name.escape_ascii();
                let error = format!("section {name} relocates BTF, which has no addresses in it");
                Err(Error::Unfit(error))
            }
        }
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// It is larger than what can be read.
    pub fn write(mut self) -> Result<Vec<u8>> {
        // Sections may share bytes, so that there are more in them than in the file.
        let contents = |section: &Section<'_>| {
            let len = section.contents.as_ref().map_or(0, |bytes| length(bytes));
            len.saturating_add(section.header.align.min(MAX_FILE_ALIGN))
        };
        let sizes = self.sections.iter().map(contents);
        if sizes.fold(0, u64::saturating_add) > MAX_BYTES {
            let limit = MAX_BYTES >> 30;
            let error = format!("it would have more than {limit} GiB");
            return Err(Error::Unfit(error));
        }
        let mut out = self.head;
        let mut order: Vec<&mut Section<'_>> = self.sections.iter_mut().skip(1).collect();
        // What takes no room stands where what is in front of it ends, and stays in front of what
        // follows: in whatever order such sections come, a file that was written is not changed by
        // writing it again.
        let takes_room = |s: &Section<'_>| s.contents.as_ref().is_some_and(|c| !c.is_empty());
        order.sort_by_key(|section| (section.header.offset, takes_room(section)));
        for section in order {
            let takes_room = takes_room(section);
            let header = &mut section.header;
            if takes_room {
                pad(&mut out, header.align);
            }
            if header.kind != SHT_NULL {
                header.offset = length(&out);
            }
            if let Some(contents) = &section.contents {
                header.size = length(contents);
                out.extend_from_slice(contents);
            }
        }
        pad(&mut out, self.layout.word());
        let table = length(&out);
        let count = self.sections.len();
        let short = u16::try_from(count).ok().filter(|&n| n < SHN_LORESERVE);
        if let Some(first) = self.sections.first_mut() {
            // CAST: A length in memory fits 64 bits.
            first.header.size = if short.is_none() { count as u64 } else { 0 };
        }
        for section in &self.sections {
            self.layout.add(&mut out, &section.header);
        }
        self.layout.set_table(&mut out, table, short.unwrap_or(0));
        Ok(out)
    }
}

fn length(bytes: &[u8]) -> u64 {
    // CAST: A length in memory fits 64 bits.
    bytes.len() as u64
}

/// Fills up to where something with this alignment may stand.
fn pad(out: &mut Vec<u8>, align: u64) {
    if align.is_power_of_two() {
        // CAST: It is at most `MAX_FILE_ALIGN`.
        let align = align.min(MAX_FILE_ALIGN) as usize;
        out.resize(out.len().next_multiple_of(align), 0);
    }
}
