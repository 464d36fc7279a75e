// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Notes of ELF files: the build id, which all files of one build have, and no others, and what a
//! module says of the kernel that it was built against.

use super::{
    Elf32,
    Elf64,
    Format, //
};
use crate::btf::{
    self,
    is_build_id,
    malformed,
    Fault,
    MAX_FINGERPRINT, //
};
use object::{
    elf::{
        ELF_NOTE_GNU,
        NT_GNU_BUILD_ID,
        SHF_ALLOC,
        SHT_NOTE, //
    },
    read::elf::{
        FileHeader,
        NoteIterator,
        SectionHeader,
        SectionTable, //
    },
    Endianness, //
};

/// The build id of an ELF file, if it has one that can be read.
pub fn build_id(file: &[u8]) -> Option<&[u8]> {
    fn of<E: FileHeader<Endian = Endianness>>(file: &[u8]) -> Option<&[u8]> {
        let header = E::parse(file).ok()?;
        let endian = header.endian().ok()?;
        build_id_among(&header.sections(endian, file).ok()?, endian, file)
    }
    match Format::of(file).ok()? {
        Format::Elf32 => of::<Elf32>(file),
        Format::Elf64 => of::<Elf64>(file),
        Format::Raw => None,
    }
}

/// The first build id in a section of notes. Notes that can't be read may be of a sort that is not
/// known here.
pub(super) fn build_id_among<'a, E: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<'a, E>,
    endian: Endianness,
    file: &'a [u8],
) -> Option<&'a [u8]> {
    let notes = |section: &'a E::SectionHeader| section.notes(endian, file).ok().flatten();
    let mut notes = sections.iter().filter_map(notes);
    notes.find_map(|notes| first_build_id(notes, endian))
}

fn first_build_id<E: FileHeader<Endian = Endianness>>(
    mut notes: NoteIterator<'_, E>,
    endian: Endianness,
) -> Option<&[u8]> {
    while let Ok(Some(note)) = notes.next() {
        if note.name() == ELF_NOTE_GNU && note.n_type(endian) == NT_GNU_BUILD_ID {
            return Some(note.desc()).filter(|id| is_build_id(id));
        }
    }
    None
}

/// The contents of the first section of notes called `name`.
///
/// # Errors
///
/// The kernel would not find them in the module.
pub(super) fn section<'a, E: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<'a, E>,
    endian: Endianness,
    file: &'a [u8],
    name: &str,
) -> btf::Result<Option<&'a [u8]>> {
    let is_it = |header: &&E::SectionHeader| {
        header.sh_type(endian) == SHT_NOTE
            && sections.section_name(endian, header) == Ok(name.as_bytes())
    };
    let Some(header) = sections.iter().find(is_it) else {
        return Ok(None);
    };
    // As the kernel's module, to which one that is too long is so wherever it is: who reads the
    // contents finds that.
    let size = header.sh_size(endian).into();
    if size == 0 {
        return Ok(None);
    }
    let is_long = usize::try_from(size).map_or(true, |size| size > MAX_FINGERPRINT);
    let is_outside = header.sh_flags(endian).into() & u64::from(SHF_ALLOC) == 0;
    if is_outside && !is_long {
        return Err(malformed(Fault::NotesOutside));
    }
    let contents = header.data(endian, file);
    contents.map(Some).map_err(|_| malformed(Fault::Truncated))
}
