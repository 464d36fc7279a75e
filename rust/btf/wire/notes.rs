// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Notes of ELF files.
//!
//! A section of them is one note behind the other: the length of the owner's name with its NUL,
//! that of the contents, a number that tells the owner's notes apart, the name and the contents,
//! each of these two filled up to a multiple of four bytes.
//!
//! C header: [`include/uapi/linux/elf.h`](srctree/include/uapi/linux/elf.h)

/// What names and contents are filled up to.
const ALIGN: usize = 4;

/// One note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// Who has put it there, without the NUL behind it.
    pub owner: &'a [u8],
    /// Which of the owner's notes it is.
    pub kind: u32,
    /// What it says.
    pub contents: &'a [u8],
}

/// A note ends behind the section that it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutShort;

/// The notes of a section, of this machine's byte order, one after the other. What follows one that
/// is cut short is not looked at.
pub struct Notes<'a> {
    rest: &'a [u8],
}

impl<'a> Notes<'a> {
    /// Those of `section`.
    pub fn of(section: &'a [u8]) -> Self {
        Self { rest: section }
    }

    /// Takes the next one.
    fn take(&mut self) -> Option<Note<'a>> {
        let name_len = self.word()?;
        let len = self.word()?;
        let kind = self.word()?;
        let name = self.bytes(name_len)?;
        Some(Note {
            owner: name.strip_suffix(&[0]).unwrap_or(name),
            kind,
            contents: self.bytes(len)?,
        })
    }

    fn word(&mut self) -> Option<u32> {
        let (word, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u32::from_ne_bytes(*word))
    }

    /// Takes `len` bytes, and what they are filled up with. The section may end without that.
    fn bytes(&mut self, len: u32) -> Option<&'a [u8]> {
        let len = usize::try_from(len).ok()?;
        let bytes = self.rest.get(..len)?;
        let padded = len.checked_next_multiple_of(ALIGN)?;
        self.rest = self.rest.get(padded..).unwrap_or_default();
        Some(bytes)
    }
}

impl<'a> Iterator for Notes<'a> {
    type Item = Result<Note<'a>, CutShort>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let note = self.take();
        if note.is_none() {
            self.rest = &[];
        }
        Some(note.ok_or(CutShort))
    }
}
