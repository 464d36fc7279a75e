// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `.BTF_ids` in which nobody, or not everybody, has resolved ids.

use crate::common::oracle::{
    ids::{
        Name,
        Symbol, //
    },
    Kind,
    Types, //
};
use arbitrary::{
    Result,
    Unstructured, //
};

/// A section in the making.
struct Section<'t> {
    /// The types that ids mean.
    types: &'t Types<'t>,
    /// Names of types, some of them nobody's.
    names: Vec<Name>,
    words: Vec<u32>,
    symbols: Vec<Symbol>,
}

/// Draws lists and sets that name types of `types` and of `kernel`. Most ids are 0; the others are
/// those of `types`.
pub fn raw(
    u: &mut Unstructured<'_>,
    types: &Types<'_>,
    kernel: &Types<'_>,
) -> Result<(Vec<u32>, Vec<Symbol>)> {
    let mut names = vec![
        (Kind::Func, b"nobody".to_vec()),
        (Kind::Struct, b"nobody".to_vec()),
        (Kind::Union, b"alpha".to_vec()),
        (Kind::Typedef, b"xi".to_vec()),
    ];
    for (_, of) in types.iter().chain(kernel.iter()) {
        let name = (of.kind, of.name.clone());
        if word(of.kind).is_some() && !of.name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    let mut section = Section {
        types,
        names,
        words: vec![],
        symbols: vec![],
    };
    for _ in 0..u.int_in_range(0..=5)? {
        match u.int_in_range(0..=5)? {
            0 => section.words.push(0),
            1 | 2 => {
                let name = u.choose(&section.names)?.clone();
                let at = section.at();
                section.symbol(&name, at);
                let id = section.id(u, &name, (1, 3))?;
                section.words.push(id);
            }
            nth => section.set(u, nth % 2 + 1)?,
        }
    }
    if u.arbitrary()? {
        section.symbols.reverse();
    }
    Ok((section.words, section.symbols))
}

/// What a symbol has for a kind.
fn word(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Func => Some("func"),
        Kind::Struct => Some("struct"),
        Kind::Union => Some("union"),
        Kind::Typedef => Some("typedef"),
        _ => None,
    }
}

impl Section<'_> {
    fn at(&self) -> u32 {
        self.words.len() as u32 * 4
    }

    fn symbol(&mut self, (kind, name): &Name, at: u32) {
        let name = String::from_utf8_lossy(name);
        let (kind, nth) = (word(*kind).unwrap_or("enum"), self.symbols.len());
        let name = format!("__BTF_ID__{kind}__{name}__{nth}");
        self.symbols.push(Symbol { name, at, size: 4 });
    }

    /// The id of the type with a name; or 0, which is all there is for others.
    fn id(&self, u: &mut Unstructured<'_>, name: &Name, ratio: (u32, u32)) -> Result<u32> {
        let is_kind = |id: &&u32| self.types.get(**id).is_some_and(|of| of.kind == name.0);
        let mut found = self.types.named(&name.1).iter().filter(is_kind);
        let id = found.next().copied().unwrap_or(0);
        Ok(if u.ratio(ratio.0, ratio.1)? { id } else { 0 })
    }

    /// Adds a set, of so many words to a slot.
    fn set(&mut self, u: &mut Unstructured<'_>, each: usize) -> Result<()> {
        let (at, room) = (self.at(), u.int_in_range(0..=5usize)?);
        let size = 4 * (each * (room + 1)) as u32;
        let name = ["__BTF_ID__set__alpha", "__BTF_ID__set8__alpha"][each - 1].into();
        self.symbols.push(Symbol { name, at, size });
        // Nobody has, or somebody has of some; of several, if that was for less.
        let is_counted = u.ratio(1, 2)?;
        let with_flags = u.ratio(1, 2)?;
        let mut slots = vec![];
        for nth in 0..room {
            let name = u.choose(&self.names)?.clone();
            self.symbol(&name, at + 4 * (each * (nth + 1)) as u32);
            let id = if is_counted {
                self.id(u, &name, (2, 3))?
            } else {
                0
            };
            slots.push([id, if with_flags { nth as u32 + 1 } else { 4 }]);
        }
        let mut count = 0;
        if is_counted {
            slots.sort();
            count = room;
            if u.ratio(1, 6)? {
                // What nobody has is not counted.
                slots.sort_by_key(|slot| (slot[0] == 0, *slot));
                count = slots.iter().filter(|slot| slot[0] != 0).count();
                slots[count..].fill([0, 0]);
            }
        }
        self.words.push(count as u32);
        if each == 2 {
            self.words.push(1);
        }
        let words = slots.iter().flat_map(|slot| &slot[..each]);
        self.words.extend(words);
        Ok(())
    }
}
