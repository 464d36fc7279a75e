// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `.BTF_ids` for drawn types.

use crate::common::oracle::{
    ids::Symbol,
    Kind,
    Types, //
};
use arbitrary::{
    Result,
    Unstructured, //
};

/// A section in the making.
#[derive(Default)]
struct Section {
    words: Vec<u32>,
    symbols: Vec<Symbol>,
}

/// Draws lists and sets that name types of `types`, most of them as they should be.
pub fn ids(u: &mut Unstructured<'_>, types: &Types<'_>) -> Result<(Vec<u32>, Vec<Symbol>)> {
    let mut section = Section::default();
    for _ in 0..u.int_in_range(0..=5)? {
        match u.int_in_range(0..=4)? {
            0 => section.words.push(0),
            1 | 2 => {
                let (id, name) = target(u, types)?;
                section.slot(u, id, &name)?;
            }
            3 => section.set(u, types, 1)?,
            _ => section.set(u, types, 2)?,
        }
    }
    if u.arbitrary()? {
        section.symbols.reverse();
    }
    Ok((section.words, section.symbols))
}

/// A type that can have a slot, and the name of a symbol for that. Rarely the one is not that of
/// the other.
fn target(u: &mut Unstructured<'_>, types: &Types<'_>) -> Result<(u32, String)> {
    let name = |id: u32| {
        let of = types.get(id)?;
        let kind = match of.kind {
            Kind::Func => "func",
            Kind::Struct => "struct",
            Kind::Union => "union",
            Kind::Typedef => "typedef",
            _ => return None,
        };
        let name = String::from_utf8(of.name.clone()).ok()?;
        (!name.is_empty()).then(|| format!("__BTF_ID__{kind}__{name}__"))
    };
    let all: Vec<u32> = (1..types.end()).filter(|&id| name(id).is_some()).collect();
    if all.is_empty() {
        return Ok((0, "__BTF_ID__struct__none__".into()));
    }
    let id = *u.choose(&all)?;
    let named = name(id).unwrap_or_default();
    Ok(match u.int_in_range(0..=23)? {
        0 => (0, named),
        1 => (u.int_in_range(0..=types.end() + 1)?, named),
        2 => (id, name(*u.choose(&all)?).unwrap_or_default()),
        _ => (id, named),
    })
}

impl Section {
    fn at(&self) -> u32 {
        self.words.len() as u32 * 4
    }

    /// Adds a symbol, but for a few that were stripped.
    fn symbol(&mut self, u: &mut Unstructured<'_>, name: &str, at: u32, size: u32) -> Result<()> {
        if !u.ratio(1, 24)? {
            let name = format!("{name}{}", self.symbols.len());
            self.symbols.push(Symbol { name, at, size });
        }
        Ok(())
    }

    /// Adds a slot.
    fn slot(&mut self, u: &mut Unstructured<'_>, id: u32, name: &str) -> Result<()> {
        self.symbol(u, name, self.at(), 4)?;
        self.words.push(id);
        Ok(())
    }

    /// Adds a set, of so many words to a slot.
    fn set(&mut self, u: &mut Unstructured<'_>, types: &Types<'_>, each: usize) -> Result<()> {
        let start = self.words.len();
        let (at, count) = (self.at(), u.int_in_range(0..=4usize)?);
        let name = ["__BTF_ID__set__alpha", "__BTF_ID__set8__alpha"][each - 1];
        let is_resolved = u.ratio(7, 8)?;
        let is_stripped = u.ratio(1, 10)?;
        self.words.push(if is_resolved { count as u32 } else { 0 });
        if each == 2 {
            self.words.push(u.int_in_range(0..=1)?);
        }
        let mut slots = vec![];
        for nth in 0..count {
            let (id, name) = target(u, types)?;
            let place = at + 4 * (each * (nth + 1)) as u32;
            if !is_stripped {
                self.symbol(u, &name, place, 4)?;
            }
            let id = if is_resolved { id } else { 0 };
            let flags = nth as u32 + 1;
            slots.push([id, flags]);
        }
        slots.sort();
        self.words
            .extend(slots.iter().flat_map(|slot| &slot[..each]));
        if u.ratio(1, 24)? {
            self.words[start] ^= 1;
        }
        let size = 4 * (each * (count + 1)) as u32;
        self.symbols.push(Symbol {
            name: name.into(),
            at,
            size,
        });
        Ok(())
    }
}
