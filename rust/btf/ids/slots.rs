// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is where in `.BTF_ids`, and what the kernel uses it for.

use super::{
    callable::Node,
    symbol::{
        Meaning,
        Symbol,
        Wanted, //
    }, //
};
use crate::{
    btf::{
        error::{
            Error,
            Fault,
            Place,
            Section, //
        },
        number::{
            Id,
            Space, //
        },
        pace::Pace,
        reconcile::IdMap,
        sort::heapsort,
        wire::words::index,
        Result, //
    },
    facade::Buf,
};

/// What the kernel uses a slot for. It translates the ids of all but those that are the module's
/// own when it reads them, and takes these as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// A kfunc.
    Kfunc,
    /// The type that a destructor is for, which is in the slot behind.
    DtorOf,
    /// A destructor, for the type in the slot before.
    Dtor,
    /// What a trace event is made of.
    TraceEvent,
    /// Something that the module itself looks at.
    Own,
}

/// What a module registers, by the functions that it uses: what it does with its ids can't be read
/// from the ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Registers {
    /// Sets of kfuncs.
    pub kfuncs: bool,
    /// Destructors.
    pub dtors: bool,
}

impl Registers {
    /// Those of a module of which `imports` tells whether it uses the kernel's function of a name.
    pub fn of(mut imports: impl FnMut(&[u8]) -> bool) -> Self {
        Self {
            kfuncs: imports(b"register_btf_kfunc_id_set"),
            dtors: imports(b"register_btf_id_dtor_kfuncs"),
        }
    }
}

/// One slot: four bytes for an id of numbering `S`.
#[derive(Clone, Copy, Debug)]
pub struct Slot<S> {
    /// Where it lies, in bytes from the start of the section.
    pub at: u32,
    /// The id in it; none if it was never found.
    pub id: Option<Id<S>>,
    /// The flags behind the id, in sets that have them.
    pub flags: Option<u32>,
    /// What it is used for.
    pub used: Use,
    /// The type of the name that its symbol tells, if there was no id in it and that was found
    /// ([`Slots::resolve`]).
    pub found: Option<Node<S>>,
    /// Whether there are several types of that name, of which this is the first.
    pub has_rivals: bool,
    /// Which of the sets it is in.
    pub(super) set: Option<u32>,
    /// Whether that counts it.
    pub(super) is_counted: bool,
    /// Which of the symbols is for it.
    pub(super) symbol: Option<u32>,
}

impl<S: Space> Slot<S> {
    /// The type that it is for: by the id in it, or as it was found.
    pub fn node(&self) -> Option<Node<S>> {
        self.id.map(Node::Own).or(self.found)
    }
}

/// One set.
#[derive(Clone, Copy, Debug)]
pub struct Set {
    /// Where it lies.
    pub(super) at: u32,
    /// Bytes from one slot to the next.
    pub(super) stride: u32,
    /// Number of slots that it counts, the first ones; none of a set that was never resolved.
    pub(super) count: u32,
    /// Its flags.
    pub(super) flags: Option<u32>,
    /// Which of the symbols is over it.
    pub(super) symbol: u32,
    /// Which slot is its first.
    pub(super) first: u32,
    /// How many there are.
    pub(super) len: u32,
    /// How many of them have no symbol.
    pub(super) missing: u32,
}

/// Flag of a set that holds kfuncs, `BTF_SET8_KFUNCS`.
const SET8_KFUNCS: u32 = 1;

impl Set {
    /// Whether it says that it holds kfuncs.
    pub(super) fn is_of_kfuncs(&self) -> bool {
        self.flags.is_some_and(|flags| flags & SET8_KFUNCS != 0)
    }
}

/// `.BTF_ids` of a module, its slots and sets recognised by its symbols.
///
/// Which numbering `S` the ids are of the module's form says.
pub struct Slots<'s, S> {
    pub(super) section: &'s [u8],
    /// The symbols, by place.
    pub(super) symbols: &'s [Symbol<'s>],
    /// The slots, by place.
    pub(super) slots: Buf<Slot<S>>,
    /// The sets, by place.
    pub(super) sets: Buf<Set>,
    /// The first thing that makes no sense.
    pub(super) fault: Option<Error>,
    /// The first word that is not 0 and that nothing tells the meaning of, and why.
    pub(super) stray: Option<Error>,
    /// Whether symbols of sets have been given to the slots that they are for.
    pub(super) named: bool,
}

impl<'s, S: Space> Slots<'s, S> {
    /// All slots, in order of their places.
    pub fn iter(&self) -> core::slice::Iter<'_, Slot<S>> {
        self.slots.iter()
    }

    /// Number of slots.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// What makes no sense in the section, if anything does not. What does is recognised all the
    /// same.
    pub fn fault(&self) -> Option<Error> {
        self.fault
    }

    /// Number of slots that nobody had resolved, and whose types were found and are there yet,
    /// which `map` tells.
    pub fn resolved<T: Space>(&self, map: &IdMap<S, T>) -> usize {
        let is_there = |node| match node {
            Node::Kernel(_) => true,
            Node::Own(id) => map.get(id).is_some(),
        };
        self.iter()
            .filter(|slot| slot.found.is_some_and(is_there))
            .count()
    }

    /// The types that nobody has resolved and nobody has, by the slots for them.
    pub fn missing(&self) -> impl Iterator<Item = Wanted<'s>> + '_ {
        let missing = self.iter().filter(|slot| slot.node().is_none());
        missing.filter_map(|slot| self.wanted(slot))
    }

    /// Whether a word is not 0 and has no symbol that tells what it is.
    pub fn has_uncovered(&self) -> bool {
        self.stray.is_some()
    }

    /// The symbol on `slot`, or that of the set it is in.
    pub fn symbol(&self, slot: &Slot<S>) -> &'s [u8] {
        let nth = match self.set_of(slot) {
            Some(set) => Some(set.symbol),
            None => slot.symbol,
        };
        self.nth_symbol(nth).map_or(&[], |symbol| symbol.name)
    }

    /// The name of the set that `slot` is in.
    pub fn set_name(&self, slot: &Slot<S>) -> Option<&'s [u8]> {
        let set = self.set_of(slot)?;
        match self.nth_symbol(Some(set.symbol))?.meaning()? {
            Meaning::Set(name) | Meaning::Set8(name) => Some(name),
            Meaning::Slot(_) => None,
        }
    }

    /// The type that `slot` is for, if a symbol says so. In a set, symbols mark places until the
    /// names of types have been looked at ([`Self::translate`], [`Self::check`]), since the set was
    /// sorted after they were made.
    pub fn wanted(&self, slot: &Slot<S>) -> Option<Wanted<'s>> {
        match self.nth_symbol(slot.symbol)?.meaning()? {
            Meaning::Slot(wanted) => Some(wanted),
            Meaning::Set(_) | Meaning::Set8(_) => None,
        }
    }

    /// The slot of the type that the destructor in `dtor` is for.
    pub fn dtor_of(&self, dtor: &Slot<S>) -> Option<&Slot<S>> {
        let at = dtor.at.checked_sub(4).filter(|_| dtor.used == Use::Dtor)?;
        let nth = self.slots.binary_search_by_key(&at, |slot| slot.at).ok()?;
        self.slots.get(nth)
    }

    /// The names of kfuncs, as symbols tell them, by their first places; for modules whose ids are
    /// of no use. One that is in several sets, each for other programs, is named once.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn kfunc_names(&self) -> Result<Buf<&'s [u8]>> {
        let mut pace = Pace::new();
        let mut all: Buf<(&'s [u8], usize)> = Buf::new();
        for (nth, slot) in self.iter().enumerate() {
            pace.step();
            if let Some(wanted) = self.wanted(slot).filter(|_| slot.used == Use::Kfunc) {
                all.push((wanted.name, nth))?;
            }
        }
        heapsort(&mut all, |a, b| a < b);
        let mut first: Buf<(usize, &'s [u8])> = Buf::with_capacity(all.len())?;
        for &(name, nth) in all.iter() {
            pace.step();
            if first.last().is_none_or(|&(_, last)| last != name) {
                first.push((nth, name))?;
            }
        }
        heapsort(&mut first, |a, b| a < b);
        let mut names = Buf::with_capacity(first.len())?;
        for &(_, name) in first.iter() {
            names.push(name)?;
        }
        Ok(names)
    }

    /// The set that `slot` is in.
    pub(super) fn set_of(&self, slot: &Slot<S>) -> Option<&Set> {
        self.sets.get(index(slot.set?))
    }

    /// The slots of `set`.
    pub(super) fn slots_of(&self, set: &Set) -> &[Slot<S>] {
        let slots = self.slots.get(index(set.first)..);
        slots
            .and_then(|slots| slots.get(..index(set.len)))
            .unwrap_or(&[])
    }

    pub(super) fn nth_symbol(&self, nth: Option<u32>) -> Option<&'s Symbol<'s>> {
        self.symbols.get(index(nth?))
    }
}

/// An error at this byte of the section.
pub(super) fn error_at(at: u32, fault: Fault) -> Error {
    Error::new(Section::Ids, Place::Slot(at), fault)
}
