// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The symbols of `.BTF_ids`, which say what is where.

use crate::btf::{
    sort::heapsort,
    wire::Kind, //
};
use core::cmp::Reverse;

/// What the symbols of slots and sets start with.
pub const PREFIX: &[u8] = b"__BTF_ID__";

/// A symbol of `.BTF_ids`.
#[derive(Clone, Copy, Debug)]
pub struct Symbol<'a> {
    /// Its name, with [`PREFIX`]; what has another name is a label and says nothing.
    pub name: &'a [u8],
    /// Where it lies, in bytes from the start of the section.
    pub at: u32,
    /// How many bytes it spans.
    pub size: u32,
}

/// The type that a slot is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wanted<'a> {
    /// Its kind.
    pub kind: Kind,
    /// Its name.
    pub name: &'a [u8],
}

/// What a symbol says of the bytes under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning<'a> {
    /// A slot for the id of this type.
    Slot(Wanted<'a>),
    /// A set of this name.
    Set(&'a [u8]),
    /// A set of this name, each slot with flags.
    Set8(&'a [u8]),
}

impl<'a> Symbol<'a> {
    /// Whether it is one of a slot or set, and no label.
    #[inline]
    pub fn is_of_ids(&self) -> bool {
        self.name.starts_with(PREFIX)
    }

    /// Reads the name; [`None`] if it is of no known form.
    pub fn meaning(&self) -> Option<Meaning<'a>> {
        const KINDS: [(&[u8], Kind); 4] = [
            (b"func__", Kind::Func),
            (b"struct__", Kind::Struct),
            (b"union__", Kind::Union),
            (b"typedef__", Kind::Typedef),
        ];
        let rest = self.name.strip_prefix(PREFIX)?;
        if let Some(name) = rest.strip_prefix(b"set__") {
            return Some(Meaning::Set(identifier(name)));
        }
        if let Some(name) = rest.strip_prefix(b"set8__") {
            return Some(Meaning::Set8(identifier(name)));
        }
        for (prefix, kind) in KINDS {
            if let Some(rest) = rest.strip_prefix(prefix) {
                let name = without_counter(rest)?;
                return Some(Meaning::Slot(Wanted { kind, name }));
            }
        }
        None
    }
}

/// What stands before the last `__`: behind it is the counter that makes the symbol unique, and
/// what the linker of clang's LTO adds to that.
fn without_counter(name: &[u8]) -> Option<&[u8]> {
    let end = name.windows(2).rposition(|w| w == b"__")?;
    name.get(..end).filter(|name| !name.is_empty())
}

/// The identifier that `name` starts with: the linker may add more behind a point.
fn identifier(name: &[u8]) -> &[u8] {
    let end = name.iter().position(|&byte| byte == b'.');
    end.and_then(|end| name.get(..end)).unwrap_or(name)
}

/// Sorts symbols by place, so that a set comes before the first slot in it: the larger of two
/// first.
pub fn sort(symbols: &mut [Symbol<'_>]) {
    heapsort(symbols, |a, b| {
        (a.at, Reverse(a.size), a.name) < (b.at, Reverse(b.size), b.name)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(name: &'static str) -> Option<Meaning<'static>> {
        let name = name.as_bytes();
        let (at, size) = (0, 4);
        Symbol { name, at, size }.meaning()
    }

    fn slot(kind: Kind, name: &'static str) -> Option<Meaning<'static>> {
        let name = name.as_bytes();
        Some(Meaning::Slot(Wanted { kind, name }))
    }

    #[test]
    fn names_of_symbols_are_read_as_the_linker_tool_does() {
        let a = slot(Kind::Func, "a__b___c");
        assert_eq!(meaning("__BTF_ID__func__a__b___c__12"), a);
        assert_eq!(
            meaning("__BTF_ID__func__drv_c___2"),
            slot(Kind::Func, "drv_c_")
        );
        assert_eq!(
            meaning("__BTF_ID__union__set__d__2"),
            slot(Kind::Union, "set__d")
        );
        assert_eq!(meaning("__BTF_ID__set8__x"), Some(Meaning::Set8(b"x")));
        assert_eq!(meaning("__BTF_ID__set__x"), Some(Meaning::Set(b"x")));
        assert_eq!(meaning("__BTF_ID__func__x"), None);
        assert_eq!(meaning("__BTF_ID__func____1"), None);
        assert_eq!(meaning("__BTF_ID__enum__x__1"), None);
        assert_eq!(meaning("other"), None);
    }

    #[test]
    fn what_lto_adds_to_a_symbol_does_not_count() {
        let x = slot(Kind::Func, "x");
        assert_eq!(meaning("__BTF_ID__func__x__1.llvm.12345"), x);
        assert_eq!(meaning("__BTF_ID__func__x__1.123"), x);
        assert_eq!(
            meaning("__BTF_ID__set8__x.llvm.9"),
            Some(Meaning::Set8(b"x"))
        );
    }
}
