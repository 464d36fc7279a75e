// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The build id of a file: what all files of one build have, and no others.

use super::{
    Elf32,
    Elf64,
    Format, //
};
use object::{
    elf::{
        ELF_NOTE_GNU,
        NT_GNU_BUILD_ID, //
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
        among(&header.sections(endian, file).ok()?, endian, file)
    }
    match Format::of(file).ok()? {
        Format::Elf32 => of::<Elf32>(file),
        Format::Elf64 => of::<Elf64>(file),
        Format::Raw => None,
    }
}

/// The build id in notes of this machine that stand by themselves, as in `/sys/kernel/notes`.
pub fn build_id_in_notes(notes: &[u8]) -> Option<&[u8]> {
    let endian = Endianness::default();
    first(NoteIterator::<Elf64>::new(endian, 4, notes).ok()?, endian)
}

/// The first build id in a section of notes. Notes that can't be read may be of a sort that is not
/// known here.
pub(super) fn among<'a, E: FileHeader<Endian = Endianness>>(
    sections: &SectionTable<'a, E>,
    endian: Endianness,
    file: &'a [u8],
) -> Option<&'a [u8]> {
    let notes = |section: &'a E::SectionHeader| section.notes(endian, file).ok().flatten();
    let mut notes = sections.iter().filter_map(notes);
    notes.find_map(|notes| first(notes, endian))
}

fn first<E: FileHeader<Endian = Endianness>>(
    mut notes: NoteIterator<'_, E>,
    endian: Endianness,
) -> Option<&[u8]> {
    while let Ok(Some(note)) = notes.next() {
        if note.name() == ELF_NOTE_GNU && note.n_type(endian) == NT_GNU_BUILD_ID {
            return Some(note.desc()).filter(|id| !id.is_empty());
        }
    }
    None
}
