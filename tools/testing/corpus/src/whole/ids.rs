// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `.BTF_ids` of a module: before and after someone resolves it.

use super::{
    classes::{
        At,
        Class,
        Classes, //
    },
    same::{
        OURS,
        THEIRS, //
    },
    Found, //
};
use crate::{
    common::oracle::{
        Kind,
        Type,
        Types, //
    },
    Result, //
};
use object::{
    Object,
    ObjectSection,
    ObjectSymbol, //
};

const SECTION: &str = ".BTF_ids";

/// The section of one file.
pub struct Ids {
    words: Vec<u32>,
    groups: Vec<Group>,
}

/// A set, or a slot outside of any. Places are in words.
#[derive(Debug, PartialEq, Eq)]
struct Group {
    name: String,
    /// Where the count of a set is.
    head: Option<usize>,
    /// Whether each slot has flags.
    flags: bool,
    slots: Vec<Slot>,
}

/// Where an id is, and the type that its symbol is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Slot {
    at: usize,
    kind: Kind,
    name: Vec<u8>,
}

impl Slot {
    fn is_for(&self, of: Option<&Type>) -> bool {
        of.is_some_and(|of| of.kind == self.kind && of.name == self.name)
    }
}

impl Ids {
    /// Reads that of an ELF file; [`None`] if it has none.
    pub fn read(file: &[u8]) -> Result<Option<Self>> {
        let elf = object::File::parse(file)?;
        let Some(section) = elf.section_by_name(SECTION) else {
            return Ok(None);
        };
        let words = section.data()?.chunks_exact(4);
        let words = words.map(|word| u32::from_ne_bytes(word.try_into().unwrap_or_default()));
        let (mut groups, mut slots) = (vec![], vec![]);
        for symbol in elf.symbols() {
            let name = symbol.name_bytes()?;
            let Some(name) = name.strip_prefix(b"__BTF_ID__") else {
                continue;
            };
            let at = usize::try_from(symbol.address())? / 4;
            let words = usize::try_from(symbol.size())? / 4;
            let (prefix, name) = split(name).ok_or("a symbol without a kind")?;
            let kind = match prefix {
                b"func" => Kind::Func,
                b"struct" => Kind::Struct,
                b"union" => Kind::Union,
                b"typedef" => Kind::Typedef,
                _ => {
                    groups.push((at, words, prefix == b"set8", name));
                    continue;
                }
            };
            let end = name.windows(2).rposition(|two| two == b"__");
            let name = name[..end.ok_or("a symbol without a number")?].to_vec();
            slots.push(Slot { at, kind, name });
        }
        slots.sort();
        groups.sort();
        let mut read = vec![];
        for (at, words, flags, name) in groups {
            let (inside, outside) = slots
                .into_iter()
                .partition(|slot: &Slot| (at + 1..at + words).contains(&slot.at));
            slots = outside;
            read.push(Group {
                name: String::from_utf8_lossy(name).into_owned(),
                head: Some(at),
                flags,
                slots: inside,
            });
        }
        read.extend(slots.into_iter().map(|slot| Group {
            name: String::from_utf8_lossy(&slot.name).into_owned(),
            head: None,
            flags: false,
            slots: vec![slot],
        }));
        Ok(Some(Self {
            words: words.collect(),
            groups: read,
        }))
    }

    /// Number of slots.
    pub fn slots(&self) -> usize {
        self.groups.iter().map(|group| group.slots.len()).sum()
    }

    /// The bytes of the section as the assembler wrote them: no id, no count, and flags where their
    /// names are. Its ids are those of `types`.
    pub fn unresolved(&self, types: &Types<'_>) -> Result<Vec<u8>> {
        let mut words = self.words.clone();
        for group in &self.groups {
            if let Some(head) = group.head {
                words[head] = 0;
            }
            for slot in &group.slots {
                words[slot.at] = 0;
            }
            if !group.flags {
                continue;
            }
            let mut places = group.slots.clone();
            for (id, flags) in self.pairs(group) {
                let place = places.iter().position(|slot| slot.is_for(types.get(id)));
                let place = place.ok_or_else(|| format!("{}: [{id}] has no name", group.name))?;
                words[places.swap_remove(place).at + 1] = flags;
            }
        }
        Ok(words.iter().flat_map(|word| word.to_ne_bytes()).collect())
    }

    /// Whether all ids are types of the names that there are, and counts right; gives how many slots
    /// are not resolved.
    ///
    /// # Errors
    ///
    /// What is wrong.
    pub fn are_as_named(&self, types: &Types<'_>) -> Found<usize> {
        let mut unresolved = 0;
        for group in &self.groups {
            let mut names = group.slots.clone();
            for (id, _) in self.pairs(group) {
                if id == 0 {
                    continue;
                }
                let place = names.iter().position(|slot| slot.is_for(types.get(id)));
                let Some(place) = place else {
                    return Err(format!("{}: [{id}] is for none of its names", group.name));
                };
                names.swap_remove(place);
            }
            let ids = self.pairs(group).map(|(id, _)| id).filter(|&id| id != 0);
            if group.head.is_some() && !ids.is_sorted() {
                return Err(format!("{}: not sorted", group.name));
            }
            let wanted = group.slots.len() - names.len();
            let count = group.head.map_or(wanted, |head| self.words[head] as usize);
            if count != wanted {
                return Err(format!("{}: counts {count}, not {wanted}", group.name));
            }
            unresolved += names.len();
        }
        Ok(unresolved)
    }

    /// Whether these, which are Kbuild's, are the same as `ours`, flags and counts too.
    ///
    /// # Errors
    ///
    /// What differs.
    pub fn same(&self, ours: &Self, classes: &Classes<'_, '_>) -> Found {
        if self.groups != ours.groups {
            return Err("other symbols".to_owned());
        }
        for group in &self.groups {
            let sorted = |ids: &Self, side| {
                let pairs = ids.pairs(group);
                let pairs = pairs.map(|(id, flags)| (classes.class(At { side, id }), flags));
                let mut pairs: Vec<(Class, u32)> = pairs.collect();
                pairs.sort();
                let count = group.head.map(|head| ids.words[head]);
                (count, pairs)
            };
            let (theirs, ours) = (sorted(self, THEIRS), sorted(ours, OURS));
            if theirs != ours {
                return Err(format!("{}: {theirs:?}, ours {ours:?}", group.name));
            }
        }
        Ok(())
    }

    /// Ids and flags in a set.
    fn pairs<'i>(&'i self, group: &'i Group) -> impl Iterator<Item = (u32, u32)> + 'i {
        group.slots.iter().map(|slot| {
            let flags = if group.flags {
                self.words[slot.at + 1]
            } else {
                0
            };
            (self.words[slot.at], flags)
        })
    }
}

/// A name and what is in front of the first `__` in it.
fn split(name: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = name.windows(2).position(|two| two == b"__")?;
    Some((&name[..end], &name[end + 2..]))
}
