// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The table of sections, as it is written: the fields stand in one order in files of 32 and of 64
//! bits, and only their width differs.

use object::{
    read::elf::{
        FileHeader,
        SectionHeader, //
    },
    Endian,
    Endianness, //
};

/// One entry, with the fields and the order of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Where the name stands among those of sections.
    pub name: u32,
    /// One of `SHT_*`.
    pub kind: u32,
    /// Some of `SHF_*`.
    pub flags: u64,
    /// Address in memory.
    pub addr: u64,
    /// Where the contents stand in the file.
    pub offset: u64,
    /// How long they are.
    pub size: u64,
    /// The number of another section.
    pub link: u32,
    /// More, depending on the kind.
    pub info: u32,
    /// Alignment in memory.
    pub align: u64,
    /// Bytes of each entry in the contents.
    pub entsize: u64,
}

impl Header {
    /// Reads what `header` says.
    pub fn read<H: SectionHeader>(header: &H, endian: H::Endian) -> Self {
        Self {
            name: header.sh_name(endian),
            kind: header.sh_type(endian),
            flags: header.sh_flags(endian).into(),
            addr: header.sh_addr(endian).into(),
            offset: header.sh_offset(endian).into(),
            size: header.sh_size(endian).into(),
            link: header.sh_link(endian),
            info: header.sh_info(endian),
            align: header.sh_addralign(endian).into(),
            entsize: header.sh_entsize(endian).into(),
        }
    }
}

/// How numbers are written, and where those of the file's header stand.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    is_64: bool,
    endian: Endianness,
}

impl Layout {
    /// That of files with the header `E`.
    pub fn of<E: FileHeader>(endian: Endianness) -> Self {
        let is_64 = E::is_type_64_sized();
        Self { is_64, endian }
    }

    /// Bytes of an address.
    pub fn word(&self) -> u64 {
        if self.is_64 {
            8
        } else {
            4
        }
    }

    /// Adds an entry to a table at the end of `out`.
    pub fn add(&self, out: &mut Vec<u8>, header: &Header) {
        self.add_half(out, header.name);
        self.add_half(out, header.kind);
        self.add_word(out, header.flags);
        self.add_word(out, header.addr);
        self.add_word(out, header.offset);
        self.add_word(out, header.size);
        self.add_half(out, header.link);
        self.add_half(out, header.info);
        self.add_word(out, header.align);
        self.add_word(out, header.entsize);
    }

    /// Says in the header of `file` where the table is, and how many entries it has.
    pub fn set_table(&self, file: &mut [u8], table: u64, count: u16) {
        let (at, count_at) = if self.is_64 { (40, 60) } else { (32, 48) };
        let mut word = Vec::new();
        self.add_word(&mut word, table);
        put(file, at, &word);
        put(file, count_at, &self.endian.write_u16_bytes(count));
    }

    fn add_half(&self, out: &mut Vec<u8>, value: u32) {
        out.extend_from_slice(&self.endian.write_u32_bytes(value));
    }

    /// Adds what has the width of an address.
    fn add_word(&self, out: &mut Vec<u8>, value: u64) {
        if self.is_64 {
            out.extend_from_slice(&self.endian.write_u64_bytes(value));
        } else {
            // CAST: It was read from 32 bits, or is the place of something in memory.
            self.add_half(out, value as u32);
        }
    }
}

/// Overwrites what stands at `at`.
fn put(file: &mut [u8], at: usize, bytes: &[u8]) {
    let rest = file.get_mut(at..).unwrap_or_default();
    for (old, new) in rest.iter_mut().zip(bytes) {
        *old = *new;
    }
}
