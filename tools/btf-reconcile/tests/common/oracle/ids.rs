// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What becomes of `.BTF_ids`.

use super::wire::{
    Kind,
    Types, //
};

/// A symbol that names what is under it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    pub name: String,
    /// Where that is, and how long, in bytes.
    pub at: u32,
    pub size: u32,
}

/// What becomes of the section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The words that it holds then; [`None`] if its ids are not those of the types.
    pub words: Option<Vec<u32>>,
    /// Whether it is no fault to say that they are not, all the same.
    pub or_withheld: bool,
    /// Whether the rules do not say what becomes of such a section.
    pub is_open: bool,
    /// Sets in it: place of the first slot and number of slots, in words, and words to a slot.
    sets: Vec<(usize, usize, usize)>,
}

/// What is wrong with the section, if anything is.
enum Fault {
    /// It can't be, or its ids are not those of the types.
    Wrong,
    /// The rules do not say what becomes of such a section.
    Open,
}

/// A slot: where it is, in words, and the type that its symbol is for.
type Slot = (usize, (Kind, Vec<u8>));

/// Ids that mean types of `types` come to be those that `new` gives for them. Without `new` the BTF
/// is one without a base, which has its ids as they are, if nothing is to be said against them.
pub fn remapped(
    section: &[u32],
    symbols: &[Symbol],
    types: &Types<'_>,
    new: Option<&dyn Fn(u32) -> u32>,
) -> Outcome {
    let mut ids = Ids {
        section,
        types,
        new,
        words: section.to_vec(),
        covered: vec![false; section.len()],
        sets: vec![],
        or_withheld: false,
    };
    let fault = ids.read(symbols).err();
    Outcome {
        words: fault.is_none().then_some(ids.words),
        or_withheld: ids.or_withheld,
        is_open: matches!(fault, Some(Fault::Open)),
        sets: ids.sets,
    }
}

impl Outcome {
    /// Whether this is what came of it: these words, or [`None`] if nothing was written.
    pub fn is(&self, outcome: Option<&[u32]>) -> bool {
        match (outcome, &self.words) {
            (None, None) => true,
            (None, Some(_)) => self.or_withheld,
            (Some(_), None) => self.is_open,
            (Some(outcome), Some(words)) => {
                let sorted = self
                    .sets
                    .iter()
                    .all(|set| slots(outcome, set).is_sorted_by_key(|s| s[0]));
                sorted && self.in_order(outcome) == self.in_order(words)
            }
        }
    }

    /// Whether it is right that the section fits, or that it does not.
    pub fn fits(&self, fits: bool) -> bool {
        self.is_open || self.words.is_some() == fits || self.or_withheld && !fits
    }

    /// `words` with the slots of each set in one order, flags too: several may have the same id.
    fn in_order(&self, words: &[u32]) -> Vec<u32> {
        let mut ordered = words.to_vec();
        for set in &self.sets {
            let mut slots: Vec<_> = slots(words, set).collect();
            slots.sort();
            ordered[set.0..set.0 + set.1 * set.2].copy_from_slice(&slots.concat());
        }
        ordered
    }
}

/// The slots of a set.
fn slots<'w>(
    words: &'w [u32],
    &(at, count, each): &(usize, usize, usize),
) -> impl Iterator<Item = &'w [u32]> {
    words[at..at + count * each].chunks(each)
}

/// A section that is looked through.
struct Ids<'t> {
    section: &'t [u32],
    types: &'t Types<'t>,
    new: Option<&'t dyn Fn(u32) -> u32>,
    words: Vec<u32>,
    /// Which words a symbol is over.
    covered: Vec<bool>,
    sets: Vec<(usize, usize, usize)>,
    or_withheld: bool,
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
        for (nth, slot) in single.iter().enumerate() {
            if single[..nth].contains(slot) {
                // Two symbols that say the same.
                return Err(Fault::Open);
            }
            self.cover(slot.0, 1)?;
            let id = self.section[slot.0];
            self.words[slot.0] = self.translated(id)?;
            if id != 0 && self.type_of(id).as_ref() != Some(&slot.1) {
                return Err(Fault::Wrong);
            }
        }
        // An id whose symbol was stripped: it can't be told from a word that is none.
        let stripped = (0..self.section.len()).any(|at| !self.covered[at] && self.section[at] != 0);
        if stripped && self.new.is_some() {
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
        let count = self.section[at] as usize;
        if count == 0 && places.iter().all(|&place| self.section[place] == 0) {
            // It was never resolved.
            return Ok(());
        }
        // One that types were left out of counts fewer than it has room for, and nothing is behind them.
        let rest = at + each * (1 + count.min(room))..at + len;
        if count > room || self.section[rest].iter().any(|&word| word != 0) {
            return Err(Fault::Wrong);
        }
        let mut wanted: Vec<_> = members.iter().map(|m| m.1.clone()).collect();
        let without = room - wanted.len();
        // The set says that these are ids. Whether they are the right ones its members would.
        self.or_withheld |= without != 0 && self.new.is_some();
        let mut unknown = 0;
        for &place in &places {
            let id = self.section[place];
            self.words[place] = self.translated(id)?;
            if id == 0 {
                continue;
            }
            let found = self.type_of(id);
            match wanted.iter().position(|w| Some(w) == found.as_ref()) {
                Some(nth) => drop(wanted.swap_remove(nth)),
                None => unknown += 1,
            }
        }
        if unknown > without {
            return Err(Fault::Wrong);
        }
        self.sets.push((at + each, count, each));
        let mut slots: Vec<_> = slots(&self.words, &(at + each, count, each)).collect();
        slots.sort();
        let slots = slots.concat();
        self.words[at + each..at + each * (1 + count)].copy_from_slice(&slots);
        Ok(())
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

    /// What comes to stand for an id. One that was never resolved is 0, and stays so.
    fn translated(&self, id: u32) -> Result<u32, Fault> {
        if id == 0 {
            return Ok(0);
        }
        self.types.get(id).ok_or(Fault::Wrong)?;
        Ok(self.new.map_or(id, |new| new(id)))
    }

    /// Kind and name of a type.
    fn type_of(&self, id: u32) -> Option<(Kind, Vec<u8>)> {
        self.types.get(id).map(|t| (t.kind, t.name.clone()))
    }
}

/// Words to a slot, if a symbol is that of a set.
fn set_stride(symbol: &Symbol) -> Option<usize> {
    if symbol.name.starts_with("__BTF_ID__set__") {
        Some(1)
    } else if symbol.name.starts_with("__BTF_ID__set8__") {
        Some(2)
    } else {
        None
    }
}

/// The type that the symbol of a slot is for: `__BTF_ID__KIND__NAME__COUNTER`.
fn names(symbol: &Symbol) -> Option<(Kind, Vec<u8>)> {
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
