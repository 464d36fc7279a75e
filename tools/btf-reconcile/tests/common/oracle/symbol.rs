// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the symbols of `.BTF_ids` say.

use super::wire::Kind;

/// A symbol that names what is under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    pub name: String,
    /// Where that is, and how long, in bytes.
    pub at: u32,
    pub size: u32,
}

/// A symbol with this name, but for what all have in common, at this place and of this size.
pub fn symbol(name: &str, at: u32, size: u32) -> Symbol {
    let name = format!("__BTF_ID__{name}");
    Symbol { name, at, size }
}

/// The same of several.
pub fn symbols(symbols: &[(&str, u32, u32)]) -> Vec<Symbol> {
    let symbols = symbols.iter();
    let symbols = symbols.map(|&(name, at, size)| symbol(name, at, size));
    symbols.collect()
}

/// Kind and name of a type.
pub type Name = (Kind, Vec<u8>);

/// Words to a slot, if a symbol is that of a set.
pub fn set_stride(symbol: &Symbol) -> Option<usize> {
    if symbol.name.starts_with("__BTF_ID__set__") {
        Some(1)
    } else if symbol.name.starts_with("__BTF_ID__set8__") {
        Some(2)
    } else {
        None
    }
}

/// The type that the symbol of a slot is for: `__BTF_ID__KIND__NAME__COUNTER`.
pub fn names(symbol: &Symbol) -> Option<Name> {
    let (kind, rest) = symbol.name.strip_prefix("__BTF_ID__")?.split_once("__")?;
    let (name, _) = rest
        .rsplit_once("__")
        .filter(|(name, _)| !name.is_empty())?;
    let kind = match kind {
        "func" => Kind::Func,
        "struct" => Kind::Struct,
        "union" => Kind::Union,
        "typedef" => Kind::Typedef,
        _ => return None,
    };
    Some((kind, name.into()))
}
