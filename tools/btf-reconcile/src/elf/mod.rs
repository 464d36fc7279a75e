// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Files that have BTF in them: a module's, a kernel's, and BTF as it is, without a file around it.

mod debug;
mod kernel;
mod machine;
mod module;
mod notes;
mod small;
mod table;

pub use self::{
    debug::DebugFile,
    kernel::KernelFile,
    machine::{
        Machine,
        Target, //
    },
    module::{
        Ids,
        Module, //
    },
    notes::build_id,
    small::kernel_file,
    table::{
        Header,
        Layout, //
    },
};

use crate::{
    error::{
        Error,
        Result, //
    },
    image,
};
use object::{
    elf::{
        FileHeader32,
        FileHeader64,
        SHT_NOBITS,
        SHT_NULL, //
    },
    read::elf::{
        FileHeader,
        SectionHeader,
        SectionTable, //
    },
    Endianness,
    FileKind, //
};

/// Section of a module's types.
pub const BTF: &str = ".BTF";
/// Section of a distilled base.
pub const BASE: &str = ".BTF.base";
/// Section of a base reference.
pub const BASE_REF: &str = ".BTF.base_ref";
/// Section of ids that name types.
pub const IDS: &str = ".BTF_ids";
/// What a signed module ends with.
pub const SIGNED: &[u8] = b"~Module signature appended~\n";

/// What BTF starts with.
pub(crate) const BTF_MAGIC: u16 = 0xeb9f;

/// Headers of 32-bit files.
pub(crate) type Elf32 = FileHeader32<Endianness>;
/// Headers of 64-bit files.
pub(crate) type Elf64 = FileHeader64<Endianness>;

/// How a file that may have BTF in it starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As an ELF file of 32 bits.
    Elf32,
    /// As one of 64 bits.
    Elf64,
    /// As BTF itself, of either byte order.
    Raw,
}

impl Format {
    /// Looks at how `file` starts.
    ///
    /// # Errors
    ///
    /// Neither an ELF file nor BTF.
    pub fn of(file: &[u8]) -> Result<Self> {
        if is_btf(file) {
            return Ok(Format::Raw);
        }
        match FileKind::parse(file) {
            Ok(FileKind::Elf32) => Ok(Format::Elf32),
            Ok(FileKind::Elf64) => Ok(Format::Elf64),
            _ if image::is_image(file) => Err(Error::Unfit(
                "a kernel image, expected vmlinux: an ELF file or raw BTF, or vmlinuz of x86 or arm64"
                    .into(),
            )),
            _ => Err(Error::Unfit("neither an ELF file nor raw BTF".into())),
        }
    }
}

/// Whether `file` starts as BTF does, in either byte order.
pub fn is_btf(file: &[u8]) -> bool {
    let magic = file.first_chunk().map(|bytes| u16::from_ne_bytes(*bytes));
    magic.is_some_and(|magic| magic == BTF_MAGIC || magic == BTF_MAGIC.swap_bytes())
}

/// The table of sections of a module.
///
/// # Errors
///
/// It lies outside of the file, or its first entry, which stands for no section, is of a type: the
/// kernel refuses such a module.
pub(crate) fn module_sections<'a, E: FileHeader<Endian = Endianness>>(
    header: &E,
    endian: Endianness,
    file: &'a [u8],
) -> Result<SectionTable<'a, E>> {
    let sections = header.sections(endian, file)?;
    let first = sections.iter().next();
    let kind = first.map_or(SHT_NULL, |first| first.sh_type(endian));
    if kind != SHT_NULL {
        let error = format!("section 0: of type {kind}, expected {SHT_NULL} (NULL)");
        return Err(Error::Unfit(error));
    }
    Ok(sections)
}

/// The contents of the section `name` of an ELF file; [`None`] of what is no such file.
///
/// # Errors
///
/// The file is broken.
pub fn section_of<'a>(file: &'a [u8], name: &str) -> Result<Option<&'a [u8]>> {
    fn of<'a, E: FileHeader<Endian = Endianness>>(
        file: &'a [u8],
        name: &str,
    ) -> Result<Option<&'a [u8]>> {
        let header = E::parse(file)?;
        let endian = header.endian()?;
        section(&header.sections(endian, file)?, endian, file, name)
    }
    match Format::of(file)? {
        Format::Elf32 => of::<Elf32>(file, name),
        Format::Elf64 => of::<Elf64>(file, name),
        Format::Raw => Ok(None),
    }
}

/// The contents of the first section named `name`, which is the one that the kernel takes.
///
/// # Errors
///
/// They are not in the file, all or in part.
fn section<'a, E: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<'a, E>,
    endian: Endianness,
    file: &'a [u8],
    name: &str,
) -> Result<Option<&'a [u8]>> {
    let Some((_, header)) = sections.section_by_name(endian, name.as_bytes()) else {
        return Ok(None);
    };
    if matches!(header.sh_type(endian), SHT_NULL | SHT_NOBITS) {
        let error = format!("section {name}: of a type that holds no bytes");
        return Err(Error::Unfit(error));
    }
    Ok(Some(header.data(endian, file)?))
}
