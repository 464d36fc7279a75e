// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The sections and symbols of a module file that matter here.

use super::{
    module_sections,
    notes,
    section,
    Elf32,
    Elf64,
    Format,
    Machine,
    BASE,
    BASE_REF,
    BTF,
    IDS, //
};
use crate::{
    btf::{
        self,
        tells_of_functions,
        Btf,
        Carried,
        Fingerprint,
        Functions,
        IdsSection,
        Registers,
        Section,
        Symbol,
        FINGERPRINT,
        PREFIX,
        UNREFERRED, //
    },
    error::{
        Error,
        Result, //
    },
    facade::Buf,
};
use object::{
    elf::{
        ET_REL,
        SHN_UNDEF,
        SHT_SYMTAB, //
    },
    read::elf::{
        FileHeader,
        Sym, //
    },
    Endianness, //
};

/// `.BTF_ids` and the symbols in it.
pub struct Ids<'a> {
    /// What it holds.
    pub bytes: &'a [u8],
    /// Its symbols that name slots and sets.
    pub symbols: Vec<Symbol<'a>>,
}

/// A module, as far as its BTF goes.
pub struct Module<'a> {
    /// `.BTF`.
    pub btf: Option<&'a [u8]>,
    /// `.BTF.base`.
    pub base: Option<&'a [u8]>,
    /// `.BTF.base_ref`.
    pub base_ref: Option<&'a [u8]>,
    /// `.BTF_ids`.
    pub ids: Option<Ids<'a>>,
    /// The machine that it is for; raw BTF does not say.
    pub machine: Option<Machine>,
    /// Bytes of a pointer.
    pub pointer: u32,
    /// What tells of the functions that it has, see [`Functions::new`].
    pub(super) functions: Vec<(&'a [u8], bool)>,
    /// Names that it wants of others, sorted.
    pub(super) imports: Vec<&'a [u8]>,
    /// `.note.btf_base`.
    pub(super) notes: btf::Result<Option<&'a [u8]>>,
}

impl<'a> Module<'a> {
    /// Finds the sections and symbols in `file`, a module or the raw BTF of one.
    ///
    /// # Errors
    ///
    /// Neither of them; an ELF file whose tables lie outside of it, that is no module, or for a
    /// machine that Linux does not run on.
    pub fn parse(file: &'a [u8]) -> Result<Self> {
        match Format::of(file)? {
            Format::Elf32 => Self::parse_elf::<Elf32>(file),
            Format::Elf64 => Self::parse_elf::<Elf64>(file),
            Format::Raw => Self::raw(file),
        }
    }

    /// A module of which nothing but its BTF is known, as of one that is loaded: what there is of
    /// functions and of `.BTF_ids` can't be told.
    ///
    /// # Errors
    ///
    /// It is not split from other BTF: the empty string, which all names of a kernel start with, is
    /// not a module's own.
    fn raw(btf: &'a [u8]) -> Result<Self> {
        let alone = Btf::parse_base(btf, Section::Split);
        if alone.is_ok_and(|btf| btf.header().strs.first() == Some(&0)) {
            let error = "BTF that stands on its own, as a kernel's does; expected a module's";
            return Err(Error::Unfit(error.into()));
        }
        Ok(Self {
            btf: Some(btf),
            base: None,
            base_ref: None,
            ids: None,
            machine: None,
            pointer: usize::BITS / 8,
            functions: Vec::new(),
            imports: Vec::new(),
            notes: Ok(None),
        })
    }

    fn parse_elf<E: FileHeader<Endian = Endianness>>(file: &'a [u8]) -> Result<Self> {
        let header = E::parse(file)?;
        let endian = header.endian()?;
        let kind = header.e_type(endian);
        if kind != ET_REL {
            return Err(Error::Unfit(format!(
                "an ELF file of type {kind}, expected {ET_REL} (relocatable): not a kernel module"
            )));
        }
        let machine = Machine::of(header, endian);
        machine.runs_linux()?;
        // Tables that are not looked at, as that of dynamic symbols, may be broken: the kernel does
        // not look at them either.
        let sections = module_sections(header, endian, file)?;
        let symbols = sections.symbols(endian, file, SHT_SYMTAB)?;
        // What is empty counts as not there, for the kernel too.
        let own_section = |name| {
            let found = section(&sections, endian, file, name)?;
            Result::Ok(found.filter(|bytes| !bytes.is_empty()))
        };
        let ids = own_section(IDS)?;
        let ids_index = sections.section_by_name(endian, IDS.as_bytes());
        let ids_index = ids_index.map(|(index, _)| index);
        let mut in_ids = Vec::new();
        let mut imports = Vec::new();
        let mut functions = Vec::new();
        for (index, symbol) in symbols.enumerate().skip(1) {
            let name = symbols.symbol_name(endian, symbol)?;
            if symbol.st_shndx(endian) == SHN_UNDEF {
                imports.push(name);
                continue;
            }
            let is_unreferred = || name.starts_with(UNREFERRED);
            if let Some(kept) = tells_of_functions(symbol.st_info(), is_unreferred) {
                functions.push((name, kept));
            }
            if name.starts_with(PREFIX)
                && ids_index.is_some()
                && symbols.symbol_section(endian, symbol, index)? == ids_index
            {
                in_ids.push(id_symbol::<E>(name, symbol, endian, 0)?);
            }
        }
        imports.sort_unstable();
        Ok(Self {
            btf: own_section(BTF)?,
            base: own_section(BASE)?,
            base_ref: own_section(BASE_REF)?,
            ids: ids.map(|bytes| Ids {
                bytes,
                symbols: in_ids,
            }),
            machine: Some(machine),
            pointer: machine.pointer(),
            functions,
            imports,
            notes: notes::section(&sections, endian, file, FINGERPRINT),
        })
    }

    /// The base that it carries. A base reference counts only where there is no distilled base.
    pub fn carried(&self) -> Carried<'a> {
        match (self.base, self.base_ref) {
            (Some(base), _) => Carried::Base(base),
            (None, Some(base_ref)) => Carried::BaseRef(base_ref),
            (None, None) => Carried::Nothing,
        }
    }

    /// What it says of the kernel that it was built against.
    ///
    /// # Errors
    ///
    /// That can't be read.
    pub fn fingerprint(&self) -> btf::Result<Option<Fingerprint<'a>>> {
        self.notes?.map_or(Ok(None), Fingerprint::parse)
    }

    /// What the core wants to know of it.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn for_core(&self) -> btf::Result<btf::Module<'a>> {
        let ids = match &self.ids {
            Some(ids) => {
                let mut symbols = Buf::new();
                symbols.extend_from_slice(&ids.symbols)?;
                Some(IdsSection {
                    bytes: ids.bytes,
                    symbols,
                })
            }
            None => None,
        };
        Ok(btf::Module {
            btf: self.btf,
            base: self.carried(),
            ids,
            registers: self.registers(),
            functions: Functions::new(self.functions.iter().copied())?,
            pointer: self.pointer,
        })
    }

    /// Names that it wants of others.
    pub fn imports(&self) -> &[&'a [u8]] {
        &self.imports
    }

    /// What it registers.
    pub fn registers(&self) -> Registers {
        Registers::of(|name| self.imports.binary_search(&name).is_ok())
    }
}

/// A symbol in `.BTF_ids`, which starts at `from`.
///
/// # Errors
///
/// It is further away or longer than a section of ids can be.
pub(super) fn id_symbol<'a, E: FileHeader>(
    name: &'a [u8],
    symbol: &E::Sym,
    endian: E::Endian,
    from: u64,
) -> Result<Symbol<'a>> {
    let field = |value: u64, what| {
        u32::try_from(value).map_err(|_| {
            let name = name.escape_ascii();
            Error::Unfit(format!(
                "{IDS}: symbol {name}: {what} {value:#x}, expected 32 bits"
            ))
        })
    };
    Ok(Symbol {
        name,
        at: field(symbol.st_value(endian).into().wrapping_sub(from), "at")?,
        size: field(symbol.st_size(endian).into(), "of size")?,
    })
}
