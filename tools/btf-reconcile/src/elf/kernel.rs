// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The file of a kernel.

use super::{
    module::id_symbol,
    notes,
    section,
    Elf32,
    Elf64,
    Format,
    Ids,
    Machine,
    BTF,
    IDS, //
};
use crate::{
    btf::{
        is_release,
        PREFIX, //
    },
    error::{
        Error,
        Result, //
    },
    image::Flat, //
};
use memchr::memmem;
use object::{
    elf::{
        EM_NONE,
        ET_REL,
        SHT_SYMTAB, //
    },
    read::elf::{
        FileHeader,
        SectionHeader, //
    },
    Endianness, //
};

/// What every module has, and nothing else: its `struct module`.
const THIS_MODULE: &[u8] = b".gnu.linkonce.this_module";

/// Where it has its banner.
const DATA: &[u8] = b".rodata";

/// What the kernel's banner starts with; its release follows, and then what comes in brackets.
const BANNER: &[u8] = b"Linux version ";

/// What is read of the file of a kernel.
#[derive(Clone, Copy)]
pub struct KernelFile<'a> {
    /// Its BTF.
    pub btf: &'a [u8],
    /// The machine that it is for, if it says so.
    pub machine: Option<Machine>,
    /// What tells this build from others, if it says so. Images that are not packed do not tell
    /// their own from that of the code for user space in them.
    pub build_id: Option<&'a [u8]>,
    /// What has its banner in it.
    data: &'a [u8],
}

impl<'a> KernelFile<'a> {
    /// Finds the BTF in `file`, an ELF file, an image that is not packed, or BTF itself.
    ///
    /// # Errors
    ///
    /// None of them, one without BTF, or a module.
    pub fn parse(file: &'a [u8]) -> Result<Self> {
        if let Some(image) = Flat::of(file) {
            let btf = image.btf();
            return Ok(Self {
                btf: btf.ok_or_else(|| Error::Unfit("a kernel image without BTF".into()))?,
                machine: Some(Machine::little(image.machine)),
                build_id: None,
                data: file,
            });
        }
        match Format::of(file)? {
            Format::Elf32 => Self::parse_elf::<Elf32>(file),
            Format::Elf64 => Self::parse_elf::<Elf64>(file),
            Format::Raw => Ok(Self {
                btf: file,
                machine: None,
                build_id: None,
                data: &[],
            }),
        }
    }

    fn parse_elf<E: FileHeader<Endian = Endianness>>(file: &'a [u8]) -> Result<Self> {
        let header = E::parse(file)?;
        let endian = header.endian()?;
        let sections = header.sections(endian, file)?;
        let is_module = sections.section_by_name(endian, THIS_MODULE).is_some();
        if header.e_type(endian) == ET_REL && is_module {
            return Err(Error::Unfit("a kernel module, expected a kernel".into()));
        }
        let btf = section(&sections, endian, file, BTF)?;
        // What holds nothing but BTF may be for no machine at all.
        let says_machine = header.e_machine(endian) != EM_NONE;
        Ok(Self {
            btf: btf.ok_or_else(|| Error::Unfit(format!("no section {BTF}")))?,
            machine: says_machine.then(|| Machine::of(header, endian)),
            build_id: notes::build_id_among(&sections, endian, file),
            // What has only debug information has none.
            data: sections
                .section_by_name(endian, DATA)
                .and_then(|(_, header)| header.data(endian, file).ok())
                .unwrap_or_default(),
        })
    }

    /// Finds `.BTF_ids` in `file`, an ELF file with the symbols of that section; [`None`] for any other.
    ///
    /// # Errors
    ///
    /// They lie outside of the file.
    pub fn ids(file: &'a [u8]) -> Result<Option<Ids<'a>>> {
        if Flat::of(file).is_some() {
            return Ok(None);
        }
        match Format::of(file)? {
            Format::Elf32 => Self::ids_in_elf::<Elf32>(file),
            Format::Elf64 => Self::ids_in_elf::<Elf64>(file),
            Format::Raw => Ok(None),
        }
    }

    fn ids_in_elf<E: FileHeader<Endian = Endianness>>(file: &'a [u8]) -> Result<Option<Ids<'a>>> {
        let header = E::parse(file)?;
        let endian = header.endian()?;
        let sections = header.sections(endian, file)?;
        let Some((index, of_ids)) = sections.section_by_name(endian, IDS.as_bytes()) else {
            return Ok(None);
        };
        let Some(bytes) = section(&sections, endian, file, IDS)? else {
            return Ok(None);
        };
        // What is linked has addresses where a module has places in the section.
        let from: u64 = of_ids.sh_addr(endian).into();
        let table = sections.symbols(endian, file, SHT_SYMTAB)?;
        let mut symbols = Vec::new();
        for (nth, symbol) in table.enumerate().skip(1) {
            let is_in = table.symbol_section(endian, symbol, nth)? == Some(index);
            let name = table.symbol_name(endian, symbol)?;
            if is_in && name.starts_with(PREFIX) {
                symbols.push(id_symbol::<E>(name, symbol, endian, from)?);
            }
        }
        Ok((!symbols.is_empty()).then_some(Ids { bytes, symbols }))
    }

    /// Its release, if it says so.
    pub fn release(&self) -> Option<&'a [u8]> {
        release_in(self.data)
    }
}

/// The release of the kernel that has `data` in its memory, from its banner.
fn release_in(data: &[u8]) -> Option<&[u8]> {
    memmem::find_iter(data, BANNER).find_map(|at| {
        let rest = data.get(at..)?.strip_prefix(BANNER)?;
        let len = rest.iter().position(|byte| !byte.is_ascii_graphic())?;
        let (release, behind) = rest.split_at_checked(len)?;
        // There are formats for it, too.
        let is_one = behind.starts_with(b" (") && release.first()?.is_ascii_digit();
        Some(release).filter(|release| is_one && is_release(release))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banner_tells_the_release() {
        let banner =
            b"%s version %s\0Linux version %s (%s)\0Linux version 7.3.4+deb13-amd64 (a@b)\0";
        assert_eq!(release_in(banner), Some(&b"7.3.4+deb13-amd64"[..]));
        for none in [&banner[..40], b"Linux version 7", b"Linux version 7\0", b""] {
            assert_eq!(release_in(none), None);
        }
    }
}
