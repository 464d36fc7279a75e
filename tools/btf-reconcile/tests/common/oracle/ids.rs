// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What becomes of `.BTF_ids`.

pub use super::{
    contents::Outcome,
    symbol::{
        symbol,
        symbols,
        Name,
        Symbol, //
    }, //
};

use super::{
    symbol::{
        names,
        set_stride, //
    },
    wire::Types, //
};

/// What is wrong with the section, if anything is.
enum Fault {
    /// It can't be, or its ids are not those of the types.
    Wrong,
    /// The rules do not say what becomes of such a section.
    Open,
}

/// An id in a set, and its flags.
type Entry = (u32, u32);

/// A slot: where it is, in words, and the type that its symbol is for.
type Slot = (usize, Name);

/// What ids of a section mean, and what they come to be.
#[derive(Clone, Copy)]
pub struct Meaning<'m> {
    /// The types that they mean.
    pub types: &'m Types<'m>,
    /// What becomes of each of these: 0 for what is left out.
    pub new: &'m dyn Fn(u32) -> u32,
    /// Whether a word that no symbol is over keeps its value, since nothing has to change.
    pub keeps_strays: bool,
    /// The new id of the type with a name, for slots that were never resolved.
    pub find: Option<&'m dyn Fn(&Name) -> Found>,
}

/// What is found under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// This type, by its new id.
    Type(u32),
    /// This type of the kernel.
    Kernels(u32),
    /// One that the module does without.
    LeftOut,
    /// Nothing.
    Nothing,
    /// The rules do not say.
    Open,
}

/// Ids that mean types of `types` come to be those that `new` gives for them. Without `new` the BTF
/// is one without a base, which has its ids as they are, if nothing is to be said against them.
pub fn remapped(
    section: &[u32],
    symbols: &[Symbol],
    types: &Types<'_>,
    new: Option<&dyn Fn(u32) -> u32>,
) -> Outcome {
    let meaning = Meaning {
        types,
        new: new.unwrap_or(&|id| id),
        keeps_strays: new.is_none(),
        find: None,
    };
    translated(section, symbols, &meaning)
}

/// Ids come to be what `meaning` says.
pub fn translated(section: &[u32], symbols: &[Symbol], meaning: &Meaning<'_>) -> Outcome {
    let mut ids = Ids {
        section,
        meaning,
        words: section.to_vec(),
        covered: vec![false; section.len()],
        sets: vec![],
        idle: vec![],
        resolved: 0,
        in_kfuncs: false,
        or_withheld: false,
    };
    let fault = ids.read(symbols).err();
    Outcome {
        words: fault.is_none().then_some(ids.words),
        or_withheld: ids.or_withheld,
        is_open: matches!(fault, Some(Fault::Open)),
        sets: ids.sets,
        idle: ids.idle,
        resolved: ids.resolved,
    }
}

/// A section that is looked through.
struct Ids<'t> {
    section: &'t [u32],
    meaning: &'t Meaning<'t>,
    words: Vec<u32>,
    /// Which words a symbol is over.
    covered: Vec<bool>,
    sets: Vec<(usize, usize, usize)>,
    idle: Vec<usize>,
    resolved: usize,
    or_withheld: bool,
    /// Whether it is a set of kfuncs that is looked at.
    in_kfuncs: bool,
}

impl Ids<'_> {
    /// Reads all symbols, and translates what is under them.
    fn read(&mut self, symbols: &[Symbol]) -> Result<(), Fault> {
        let sets: Vec<_> = symbols.iter().filter(|s| set_stride(s).is_some()).collect();
        let mut single = vec![];
        let mut members = vec![vec![]; sets.len()];
        for symbol in symbols.iter().filter(|s| set_stride(s).is_none()) {
            let Some(slot) = self.slot(symbol)? else {
                continue;
            };
            let within =
                |set: &&Symbol| (set.at..set.at.saturating_add(set.size)).contains(&symbol.at);
            match sets.iter().position(within) {
                Some(nth) => members[nth].push(slot),
                None => single.push(slot),
            }
        }
        for (set, members) in sets.iter().zip(members) {
            self.set(set, &members)?;
        }
        self.in_kfuncs = false;
        for (nth, slot) in single.iter().enumerate() {
            if single[..nth].contains(slot) {
                // Two symbols that say the same.
                return Err(Fault::Open);
            }
            self.cover(slot.0, 1)?;
            let id = self.section[slot.0];
            self.words[slot.0] = match id {
                0 => self.find(&slot.1)?.unwrap_or(0),
                id => self.translated(id)?,
            };
            if id != 0 && self.type_of(id).as_ref() != Some(&slot.1) {
                return Err(Fault::Wrong);
            }
        }
        // An id whose symbol was stripped: it can't be told from a word that is none.
        let stripped = (0..self.section.len()).any(|at| !self.covered[at] && self.section[at] != 0);
        if stripped && !self.meaning.keeps_strays {
            return Err(Fault::Wrong);
        }
        Ok(())
    }

    /// The slot that a symbol is over, if it says so.
    fn slot(&mut self, symbol: &Symbol) -> Result<Option<Slot>, Fault> {
        let Some(names) = names(symbol) else {
            // A name of no known form says nothing, or that something is wrong.
            self.or_withheld = true;
            return Ok(None);
        };
        let at = symbol.at as usize / 4;
        if at >= self.section.len() {
            return Err(Fault::Wrong);
        }
        if symbol.at % 4 != 0 {
            return Err(Fault::Open);
        }
        Ok(Some((at, names)))
    }

    /// Translates a set, and puts its slots in order.
    fn set(&mut self, set: &Symbol, members: &[Slot]) -> Result<(), Fault> {
        let each = set_stride(set).expect("it is a set");
        let (at, len) = (set.at as usize / 4, set.size as usize / 4);
        if set
            .at
            .checked_add(set.size)
            .is_none_or(|end| end as usize > self.section.len() * 4)
        {
            return Err(Fault::Wrong);
        }
        if set.at % 4 != 0 || set.size % 4 != 0 || len < each || (len - each) % each != 0 {
            return Err(Fault::Open);
        }
        self.cover(at, len)?;
        let room = (len - each) / each;
        let places: Vec<_> = (0..room).map(|nth| at + each + nth * each).collect();
        for (nth, member) in members.iter().enumerate() {
            let twice = members[..nth].iter().any(|other| other.0 == member.0);
            if twice || !places.contains(&member.0) {
                return Err(Fault::Open);
            }
        }
        self.in_kfuncs = each == 2 && self.section[at + 1] & 1 != 0;
        let count = self.section[at] as usize;
        let holds = |words: &[u32]| words.iter().any(|&word| word != 0);
        let is_wrong = match count {
            // It was never resolved. Flags are where they were.
            0 => places.iter().any(|&place| self.section[place] != 0),
            // One that types were left out of counts fewer than it has room for, and nothing is behind
            // them.
            _ => count > room || holds(&self.section[at + each * (1 + count)..at + len]),
        };
        if is_wrong {
            return Err(Fault::Wrong);
        }
        let entries = if count == 0 {
            let entries = self.never_resolved(&places, members, each)?;
            if entries.is_empty() {
                // Left as it is.
                return Ok(());
            }
            entries
        } else {
            self.counted(&places[..count], members, (room, each))?
        };
        self.write(at, each, room, entries);
        Ok(())
    }

    /// The ids of a set that was never resolved, with their flags: each symbol is at its place.
    fn never_resolved(
        &mut self,
        places: &[usize],
        members: &[Slot],
        each: usize,
    ) -> Result<Vec<Entry>, Fault> {
        let mut entries = vec![];
        for &place in places {
            let Some(member) = members.iter().find(|member| member.0 == place) else {
                continue;
            };
            if let Some(id) = self.find(&member.1)? {
                entries.push((id, self.flags(place, each)));
            }
        }
        Ok(entries)
    }

    /// The same of one that was: its symbols are at some places.
    fn counted(
        &mut self,
        places: &[usize],
        members: &[Slot],
        (room, each): (usize, usize),
    ) -> Result<Vec<Entry>, Fault> {
        let mut wanted: Vec<_> = members.iter().map(|m| m.1.clone()).collect();
        let without = room - wanted.len();
        // The set says that these are ids. Whether they are the right ones its members would.
        self.or_withheld |= without != 0 && !self.meaning.keeps_strays;
        let (mut unknown, mut zeros) = (0, vec![]);
        let mut entries = vec![];
        for &place in places {
            let id = self.section[place];
            if id == 0 {
                zeros.push(place);
                continue;
            }
            let found = self.type_of(id);
            match wanted.iter().position(|w| Some(w) == found.as_ref()) {
                Some(nth) => drop(wanted.swap_remove(nth)),
                None => unknown += 1,
            }
            match self.translated(id)? {
                0 => {}
                new => entries.push((new, self.flags(place, each))),
            }
        }
        if unknown > without {
            return Err(Fault::Wrong);
        }
        let mut ids = vec![];
        let flags: Vec<_> = zeros.iter().map(|&place| self.flags(place, each)).collect();
        // Else it can't be told whose flags are whose.
        if flags.iter().all(|f| *f == flags[0]) && places.len() == room {
            for name in &wanted {
                if self.meaning.find.map(|find| find(name)) == Some(Found::LeftOut) {
                    // Whether the set counts a slot for it makes no difference.
                    return Err(Fault::Open);
                }
                ids.extend(self.find(name)?);
            }
            if ids.len() > zeros.len() {
                // There are symbols without a place.
                return Err(Fault::Open);
            }
        }
        ids.resize(zeros.len(), 0);
        entries.extend(ids.into_iter().zip(flags));
        Ok(entries)
    }

    /// Writes what a set holds then, in order of the ids.
    fn write(&mut self, at: usize, each: usize, room: usize, mut entries: Vec<Entry>) {
        entries.sort();
        self.words[at] = entries.len() as u32;
        let first = at + each;
        for nth in 0..room {
            let place = first + nth * each;
            let entry = entries.get(nth).copied();
            self.words[place] = entry.map_or(0, |(id, _)| id);
            if each == 2 {
                match entry {
                    Some((_, flags)) => self.words[place + 1] = flags,
                    None => self.idle.push(place + 1),
                }
            }
        }
        self.sets.push((first, entries.len(), each));
    }

    /// The flags behind a slot of so many words, 0 if it has none.
    fn flags(&self, place: usize, each: usize) -> u32 {
        if each == 2 {
            self.section[place + 1]
        } else {
            0
        }
    }

    /// The new id of the type with a name; [`None`] if it is nobody's.
    fn find(&mut self, name: &Name) -> Result<Option<u32>, Fault> {
        let Some(find) = self.meaning.find else {
            return Ok(None);
        };
        match find(name) {
            // It would be no kfunc of the module's.
            Found::Kernels(_) if self.in_kfuncs => Ok(None),
            Found::Type(id) | Found::Kernels(id) => {
                self.resolved += 1;
                Ok(Some(id))
            }
            Found::LeftOut | Found::Nothing => Ok(None),
            Found::Open => Err(Fault::Open),
        }
    }

    /// Notes that a symbol is over these words. No two are over one.
    fn cover(&mut self, at: usize, len: usize) -> Result<(), Fault> {
        for covered in &mut self.covered[at..at + len] {
            if std::mem::replace(covered, true) {
                return Err(Fault::Wrong);
            }
        }
        Ok(())
    }

    /// What comes to stand for an id.
    fn translated(&self, id: u32) -> Result<u32, Fault> {
        self.meaning.types.get(id).ok_or(Fault::Wrong)?;
        Ok((self.meaning.new)(id))
    }

    /// Kind and name of a type.
    fn type_of(&self, id: u32) -> Option<Name> {
        self.meaning.types.get(id).map(|t| (t.kind, t.name.clone()))
    }
}
