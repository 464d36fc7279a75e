// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Writing ELF files that hold BTF, what belongs to it, and nothing else.

use super::{
    Machine,
    Module,
    BASE,
    BASE_REF,
    BTF,
    IDS, //
};
use crate::{
    btf::{
        Fault,
        Registers,
        FINGERPRINT, //
    },
    error::{
        Error,
        Result, //
    },
};
use object::{
    elf::{
        ELF_NOTE_GNU,
        ET_EXEC,
        ET_REL,
        NT_GNU_BUILD_ID,
        SHF_ALLOC,
        SHN_ABS,
        SHN_UNDEF,
        SHT_NOTE,
        SHT_PROGBITS,
        STB_GLOBAL,
        STB_LOCAL,
        STT_NOTYPE,
        STT_OBJECT, //
    },
    write::elf::{
        FileHeader,
        SectionHeader,
        Sym,
        Writer, //
    },
    Endian, //
};

/// Where a kernel has its build id.
const KERNEL_NOTES: &str = ".notes";

/// What the names of sections with notes start with.
const NOTES: &str = ".note";

/// A section to be written.
struct Section<'a> {
    name: &'a str,
    kind: u32,
    flags: u32,
    bytes: &'a [u8],
}

impl<'a> Section<'a> {
    /// One that the module has in its memory if it has ids or notes in it.
    fn new(name: &'a str, bytes: &'a [u8]) -> Self {
        let is_notes = name.starts_with(NOTES);
        Self {
            name,
            kind: if is_notes { SHT_NOTE } else { SHT_PROGBITS },
            flags: if is_notes || name == IDS {
                SHF_ALLOC
            } else {
                0
            },
            bytes,
        }
    }
}

/// A symbol to be written.
struct Symbol<'a> {
    name: &'a [u8],
    /// The place among the sections of the one that it is in; a number of no section otherwise.
    place: std::result::Result<usize, u16>,
    bind: u8,
    kind: u8,
    at: u32,
    size: u32,
}

impl Module<'_> {
    /// The module as a file of its own, with these sections besides: it is read as this module
    /// again. Of its functions it has the names.
    ///
    /// # Errors
    ///
    /// It is larger than a file of its machine can be.
    pub fn to_file(&self, besides: &[(&str, &[u8])]) -> Result<Vec<u8>> {
        let Some(machine) = &self.machine else {
            return Ok(self.btf.unwrap_or_default().to_vec());
        };
        let own = [
            (BTF, self.btf),
            (BASE, self.base),
            (BASE_REF, self.base_ref),
        ];
        let own = own.iter().filter_map(|&(name, bytes)| Some((name, bytes?)));
        let ids = self.ids.as_ref();
        let ids_bytes = ids.map(|ids| (IDS, ids.bytes));
        let all = ids_bytes.into_iter().chain(own);
        let all = all.chain(besides.iter().copied());
        let sections = all.map(|(name, bytes)| Section::new(name, bytes));
        let sections: Vec<_> = sections.chain(self.notes_on_kernel()).collect();
        let ids = ids.map_or(&[][..], |ids| &ids.symbols);
        // A symbol of ids that may be a function stands among those, too.
        let ids = ids.iter().map(|symbol| Symbol {
            name: symbol.name,
            place: Ok(0),
            bind: STB_LOCAL,
            kind: STT_OBJECT,
            at: symbol.at,
            size: symbol.size,
        });
        let functions = self.functions.iter().map(|&(name, is_kept)| Symbol {
            name,
            place: Err(SHN_ABS),
            bind: STB_LOCAL,
            kind: if is_kept { STT_OBJECT } else { STT_NOTYPE },
            at: 0,
            size: 0,
        });
        let mut registers = Vec::new();
        Registers::of(|name| {
            let found = self.imports.binary_search(&name);
            registers.extend(found.ok().and_then(|at| self.imports.get(at)));
            found.is_ok()
        });
        let imports = registers.into_iter().map(|name| Symbol {
            name,
            place: Err(SHN_UNDEF),
            bind: STB_GLOBAL,
            kind: STT_NOTYPE,
            at: 0,
            size: 0,
        });
        let symbols: Vec<_> = ids.chain(functions).chain(imports).collect();
        write(machine, ET_REL, &sections, &symbols)
    }

    /// What it says of the kernel that it was built against; if that can't be read, something of which
    /// the same is said.
    fn notes_on_kernel(&self) -> Option<Section<'_>> {
        match self.notes {
            Ok(notes) => Some(Section::new(FINGERPRINT, notes?)),
            Err(error) if error.fault == Fault::NotesOutside => Some(Section {
                flags: 0,
                ..Section::new(FINGERPRINT, &[0])
            }),
            Err(_) => Some(Section::new(FINGERPRINT, &[0])),
        }
    }
}

/// A file for the BTF of a kernel for `machine`, as distributions have one with their headers, and
/// for the kernel's build id, if it is known.
///
/// # Errors
///
/// It is larger than a file of its machine can be.
pub fn kernel_file(machine: &Machine, btf: &[u8], build_id: Option<&[u8]>) -> Result<Vec<u8>> {
    let note = build_id.map(|id| note(machine, id)).unwrap_or_default();
    let sections = [(BTF, btf), (KERNEL_NOTES, &note)];
    let sections = sections.iter().filter(|(_, bytes)| !bytes.is_empty());
    let sections: Vec<_> = sections
        .map(|&(name, bytes)| Section::new(name, bytes))
        .collect();
    write(machine, ET_EXEC, &sections, &[])
}

/// A note with a build id.
fn note(machine: &Machine, id: &[u8]) -> Vec<u8> {
    let name = [ELF_NOTE_GNU, &[0]].concat();
    let lengths = [name.len(), id.len()].map(|len| u32::try_from(len).unwrap_or_default());
    let [name_len, id_len] = lengths;
    let mut note = Vec::new();
    for number in [name_len, id_len, NT_GNU_BUILD_ID] {
        note.extend_from_slice(&machine.endian.write_u32_bytes(number));
    }
    note.extend(name);
    note.extend_from_slice(id);
    note.resize(note.len().next_multiple_of(4), 0);
    note
}

fn write(
    machine: &Machine,
    e_type: u16,
    sections: &[Section<'_>],
    symbols: &[Symbol<'_>],
) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    let mut writer = Writer::new(machine.endian, machine.bits == 64, &mut out);
    writer.reserve_file_header();
    let mut placed = Vec::new();
    for section in sections {
        let name = writer.add_section_name(section.name.as_bytes());
        let index = writer.reserve_section_index();
        placed.push((section, name, index));
    }
    let mut named = Vec::new();
    for symbol in symbols {
        let name = (!symbol.name.is_empty()).then(|| writer.add_string(symbol.name));
        let section = symbol.place.as_ref().ok().and_then(|&at| placed.get(at));
        let section = section.map(|&(_, _, index)| index);
        writer.reserve_symbol_index(section);
        named.push((symbol, name, section));
    }
    if !symbols.is_empty() {
        writer.reserve_symtab_section_index();
        writer.reserve_strtab_section_index();
    }
    writer.reserve_shstrtab_section_index();
    let ranges = placed.iter().map(|(section, ..)| {
        // What BTF is read as are numbers of 4 bytes.
        writer.reserve(section.bytes.len(), 4)
    });
    let ranges: Vec<_> = ranges.collect();
    writer.reserve_symtab();
    writer.reserve_strtab();
    writer.reserve_shstrtab();
    writer.reserve_section_headers();
    if machine.bits == 32 && u32::try_from(writer.reserved_len()).is_err() {
        let error = "it would have more than a file of 32 bits can have";
        return Err(Error::Unfit(error.into()));
    }

    let no_memory = |error: object::write::Error| Error::Unfit(error.to_string());
    let header = FileHeader {
        os_abi: 0,
        abi_version: 0,
        e_type,
        e_machine: machine.id,
        e_entry: 0,
        e_flags: 0,
    };
    writer.write_file_header(&header).map_err(no_memory)?;
    for (section, ..) in &placed {
        writer.write_align(4);
        writer.write(section.bytes);
    }
    writer.write_null_symbol();
    let mut locals = 1;
    for (symbol, name, section) in &named {
        locals += u32::from(symbol.bind == STB_LOCAL);
        writer.write_symbol(&Sym {
            name: *name,
            section: *section,
            st_info: (symbol.bind << 4) | symbol.kind,
            st_other: 0,
            st_shndx: symbol.place.err().unwrap_or_default(),
            st_value: symbol.at.into(),
            st_size: symbol.size.into(),
        });
    }
    writer.write_strtab();
    writer.write_shstrtab();
    writer.write_null_section_header();
    for ((section, name, _), offset) in placed.iter().zip(ranges) {
        writer.write_section_header(&SectionHeader {
            name: Some(*name),
            sh_type: section.kind,
            sh_flags: section.flags.into(),
            sh_addr: 0,
            // CAST: A length in memory fits 64 bits.
            sh_offset: offset as u64,
            sh_size: section.bytes.len() as u64,
            sh_link: 0,
            sh_info: 0,
            sh_addralign: if section.kind == SHT_NOTE { 4 } else { 1 },
            sh_entsize: 0,
        });
    }
    writer.write_symtab_section_header(locals);
    writer.write_strtab_section_header();
    writer.write_shstrtab_section_header();
    Ok(out)
}
