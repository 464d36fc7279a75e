// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! ELF files made byte by byte, with what no library writes, and read in the same plain way.

use object::elf::*;

/// One section of a file. Without `kind` it holds bytes of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    pub name: String,
    pub kind: u32,
    pub flags: u64,
    pub link: u32,
    pub info: u32,
    pub align: u64,
    pub entsize: u64,
    pub bytes: Vec<u8>,
}

impl Section {
    /// One that holds `bytes`.
    pub fn new(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            kind: SHT_PROGBITS,
            align: 1,
            bytes: bytes.into(),
            ..Self::default()
        }
    }

    pub fn of_kind(self, kind: u32) -> Self {
        Self { kind, ..self }
    }

    pub fn flags(self, flags: u32) -> Self {
        let flags = flags.into();
        Self { flags, ..self }
    }

    pub fn linked(self, link: u32, info: u32, entsize: u64) -> Self {
        Self {
            link,
            info,
            entsize,
            ..self
        }
    }
}

/// What a file says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub is_64: bool,
    pub kind: u16,
    pub machine: u16,
}

/// A module for the machine that modules here are for.
pub const MODULE: Kind = Kind {
    is_64: true,
    kind: ET_REL,
    machine: EM_X86_64,
};

/// A symbol: where its name stands, its section, its value, its size, binding and type.
pub fn symbol(kind: Kind, name: u32, section: u16, value: u32, size: u32, info: u8) -> Vec<u8> {
    let (value, size) = (word(kind, value.into()), word(kind, size.into()));
    let mut symbol = name.to_ne_bytes().to_vec();
    let what = [&[info, 0][..], &section.to_ne_bytes()].concat();
    if kind.is_64 {
        symbol.extend([what, value, size].concat());
    } else {
        symbol.extend([value, size, what].concat());
    }
    symbol
}

/// A number as wide as an address.
pub fn word(kind: Kind, value: u64) -> Vec<u8> {
    if kind.is_64 {
        value.to_ne_bytes().to_vec()
    } else {
        (value as u32).to_ne_bytes().to_vec()
    }
}

/// The file with these sections, from number 1 on, and one with their names.
pub fn write(kind: Kind, sections: &[Section]) -> Vec<u8> {
    let names = Section::new(".shstrtab", "").of_kind(SHT_STRTAB);
    let mut sections: Vec<_> = sections.iter().cloned().chain([names]).collect();
    let mut strings = vec![0];
    let mut offsets = vec![];
    for section in &sections {
        offsets.push(strings.len() as u32);
        strings.extend_from_slice(section.name.as_bytes());
        strings.push(0);
    }
    sections.last_mut().unwrap().bytes = strings;

    let count = sections.len() + 1;
    let mut file = vec![0; if kind.is_64 { 64 } else { 52 }];
    let mut table = header(kind, 0, &Section::default(), 0, 0);
    if count >= SHN_LORESERVE.into() {
        let first = Section::default().linked(count as u32 - 1, 0, 0);
        table = header(kind, 0, &first, 0, count as u64);
    }
    for (section, name) in sections.iter().zip(offsets) {
        while file.len() as u64 % section.align.max(1) != 0 {
            file.push(0);
        }
        let (at, len) = (file.len() as u64, section.bytes.len() as u64);
        table.extend(header(kind, name, section, at, len));
        file.extend_from_slice(&section.bytes);
    }
    file.resize(file.len().next_multiple_of(8), 0);

    let (short, names) = if count < SHN_LORESERVE.into() {
        (count as u16, count as u16 - 1)
    } else {
        (0, SHN_XINDEX)
    };
    let order = if cfg!(target_endian = "little") { 1 } else { 2 };
    let ident = [0x7f, b'E', b'L', b'F', 1 + u8::from(kind.is_64), order, 1];
    let halves = |halves: &[u16]| halves.iter().flat_map(|h| h.to_ne_bytes()).collect();
    let head = [
        ident.to_vec(),
        vec![0; 9],
        halves(&[kind.kind, kind.machine]),
        1_u32.to_ne_bytes().to_vec(),
        word(kind, 0),
        word(kind, 0),
        word(kind, file.len() as u64),
        vec![0; 4],
        halves(&[
            if kind.is_64 { 64 } else { 52 },
            0,
            0,
            if kind.is_64 { 64 } else { 40 },
            short,
            names,
        ]),
    ]
    .concat();
    file[..head.len()].copy_from_slice(&head);
    file.extend(table);
    file
}

fn header(kind: Kind, name: u32, section: &Section, at: u64, len: u64) -> Vec<u8> {
    let half = |half: u32| half.to_ne_bytes().to_vec();
    [
        half(name),
        half(section.kind),
        word(kind, section.flags),
        word(kind, 0),
        word(kind, at),
        word(kind, len),
        half(section.link),
        half(section.info),
        word(kind, section.align),
        word(kind, section.entsize),
    ]
    .concat()
}

/// The sections of a file, the first one left out, in order of their numbers.
pub fn read(file: &[u8]) -> Vec<Section> {
    let is_64 = file[4] == 2;
    let half = |at: usize| u32::from_ne_bytes(file[at..at + 4].try_into().unwrap());
    let word = |at: usize| {
        if is_64 {
            u64::from_ne_bytes(file[at..at + 8].try_into().unwrap())
        } else {
            half(at).into()
        }
    };
    let short = |at: usize| u16::from_ne_bytes(file[at..at + 2].try_into().unwrap());
    let (w, table, count) = if is_64 {
        (8, word(40) as usize, short(60))
    } else {
        (4, word(32) as usize, short(48))
    };
    let len = 16 + 6 * w;
    let header = |number: usize| {
        let at = table + number * len;
        let section = Section {
            name: String::new(),
            kind: half(at + 4),
            flags: word(at + 8),
            link: half(at + 8 + 4 * w),
            info: half(at + 12 + 4 * w),
            align: word(at + 16 + 4 * w),
            entsize: word(at + 16 + 5 * w),
            bytes: vec![],
        };
        let from = word(at + 8 + 2 * w) as usize;
        let size = word(at + 8 + 3 * w) as usize;
        (half(at) as usize, section, from..from + size)
    };
    let mut count = usize::from(count);
    let mut names = usize::from(short(if is_64 { 62 } else { 50 }));
    if count == 0 {
        count = header(0).2.len();
    }
    if names == usize::from(SHN_XINDEX) {
        names = header(0).1.link as usize;
    }
    let names = &file[header(names).2];
    let all = (1..count).map(|number| {
        let (name, section, place) = header(number);
        let name = names[name..].split(|&b| b == 0).next().unwrap();
        // As the kernel's loader has it.
        assert!(matches!(section.kind, SHT_NULL | SHT_NOBITS) || place.end <= file.len());
        Section {
            name: String::from_utf8(name.to_vec()).unwrap(),
            bytes: match section.kind {
                SHT_NULL | SHT_NOBITS => vec![],
                _ => file[place].to_vec(),
            },
            ..section
        }
    });
    all.collect()
}
