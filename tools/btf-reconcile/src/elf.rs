// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The sections and symbols of a module file that matter here.

use crate::{
    btf::{
        Functions,
        Symbol,
        PREFIX, //
    },
    error::{
        Error,
        Result, //
    },
};
use object::{
    read::{
        File,
        Object,
        ObjectKind,
        ObjectSection,
        ObjectSymbol, //
    },
    SymbolKind, //
};
use serde::Serialize;

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

/// How a module tells what its BTF was made against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// It does not: its ids are those of one kernel.
    Plain,
    /// By a distilled base, `.BTF.base`.
    Base,
    /// By a base reference, `.BTF.base_ref`.
    BaseRef,
}

/// `.BTF_ids` and the symbols in it.
pub struct Ids<'a> {
    /// What it holds.
    pub bytes: &'a [u8],
    /// Its symbols that name slots and sets.
    pub symbols: Vec<Symbol<'a>>,
}

impl Ids<'_> {
    /// Whether ids are there and the symbols that tell where are not.
    pub fn are_stripped(&self) -> bool {
        self.symbols.is_empty() && self.bytes.iter().any(|&b| b != 0)
    }
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
    /// Whether the file ends in a signature.
    pub signed: bool,
    /// Bytes of a pointer.
    pub pointer: u32,
    /// The functions that it has.
    pub functions: Functions,
    /// Names that it wants of others, sorted.
    imports: Vec<&'a [u8]>,
}

impl<'a> Module<'a> {
    /// Finds the sections and symbols in `file`.
    ///
    /// # Errors
    ///
    /// Not an ELF file, or one whose tables lie outside of it, or not a module.
    pub fn parse(file: &'a [u8]) -> Result<Self> {
        let elf = File::parse(file)?;
        if elf.kind() != ObjectKind::Relocatable {
            let kind = elf.kind();
            return Err(Error::Unfit(format!(
                "an ELF file of kind {kind:?}, expected a relocatable one: not a kernel module"
            )));
        }
        let functions = elf
            .symbols()
            .filter(|symbol| symbol.kind() == SymbolKind::Text && !symbol.is_undefined())
            .filter_map(|symbol| Some((symbol.name_bytes().ok()?, symbol.is_local())));
        let mut module = Self {
            btf: section(&elf, BTF)?,
            base: section(&elf, BASE)?,
            base_ref: section(&elf, BASE_REF)?,
            ids: None,
            signed: file.ends_with(SIGNED),
            pointer: match elf.is_64() {
                true => 8,
                false => 4,
            },
            functions: Functions::new(functions)?,
            imports: Vec::new(),
        };
        let ids = elf.section_by_name(IDS);
        let mut symbols = Vec::new();
        for symbol in elf.symbols() {
            let name = symbol.name_bytes()?;
            if symbol.is_undefined() {
                module.imports.push(name);
            }
            if let Some(ids) = &ids {
                if symbol.section_index() == Some(ids.index()) && name.starts_with(PREFIX) {
                    let field = |value, what| {
                        u32::try_from(value).map_err(|_| {
                            let name = String::from_utf8_lossy(name);
                            Error::Unfit(format!(
                                "{IDS}: symbol {name}: {what} {value:#x}, expected 32 bits"
                            ))
                        })
                    };
                    symbols.push(Symbol {
                        name,
                        at: field(symbol.address(), "at")?,
                        size: field(symbol.size(), "of size")?,
                    });
                }
            }
        }
        module.imports.sort_unstable();
        if let Some(ids) = ids {
            let bytes = ids.data()?;
            module.ids = Some(Ids { bytes, symbols });
        }
        Ok(module)
    }

    /// How it tells what its BTF was made against. A base reference counts only where there is no
    /// distilled base.
    pub fn form(&self) -> Form {
        match (self.base, self.base_ref) {
            (Some(_), _) => Form::Base,
            (None, Some(_)) => Form::BaseRef,
            (None, None) => Form::Plain,
        }
    }

    /// What its BTF is split from, if that comes with it.
    pub fn own_base(&self) -> Option<&'a [u8]> {
        self.base.or(self.base_ref)
    }

    /// Whether it wants the function `name` of the kernel.
    pub fn imports(&self, name: &str) -> bool {
        self.imports.binary_search(&name.as_bytes()).is_ok()
    }
}

/// The contents of the section named `name`.
///
/// # Errors
///
/// They lie outside of the file.
fn section<'a>(elf: &File<'a>, name: &str) -> Result<Option<&'a [u8]>> {
    match elf.section_by_name(name) {
        Some(section) => Ok(Some(section.data()?)),
        None => Ok(None),
    }
}

/// The `.BTF` of a kernel's ELF file.
///
/// # Errors
///
/// Not an ELF file, or one without.
pub fn kernel_btf(file: &[u8]) -> Result<&[u8]> {
    let elf = File::parse(file)?;
    section(&elf, BTF)?.ok_or_else(|| Error::Unfit(format!("no section {BTF}")))
}
