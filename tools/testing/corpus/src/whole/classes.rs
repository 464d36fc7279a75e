// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types of two BTFs that are split from one kernel's are the same.
//!
//! Two are if their records say the same, names instead of offsets, and all that they refer to is
//! the same. Types of the kernel that go by their names are if their ids are; where a module has a
//! copy of such a type, that counts as the kernel's. All others are looked into, the kernel's too:
//! whether a module has a `const char *` of its own makes no difference.
//!
//! All types start as one class for each thing that a record may say, and classes are divided by
//! the classes that they refer to, until none is any more.

use crate::common::oracle::{
    Copies,
    Kind,
    Type,
    Types, //
};
use std::{
    collections::{
        HashMap,
        HashSet,
        VecDeque, //
    },
    hash::Hash, //
};

/// A type, seen from one side: its own, or the kernel's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct At {
    /// 0 or 1.
    pub side: usize,
    /// Its id there.
    pub id: u32,
}

/// What a reference comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// One type of the kernel and no other, or `void`.
    Leaf(u32),
    /// Any type of this class.
    Of(u32),
}

/// Two BTFs, side by side.
pub struct Sides<'t> {
    /// What both are split from.
    pub kernel: &'t Types<'t>,
    /// They.
    pub types: [&'t Types<'t>; 2],
    /// Types of which only a declaration is there, and what they are.
    pub stands_for: HashMap<At, At>,
    copies: [HashMap<u32, u32>; 2],
}

impl<'t> Sides<'t> {
    /// The types of both, of which none stands for another yet but copies of the kernel's.
    pub fn new(kernel: &'t Types<'t>, types: [&'t Types<'t>; 2]) -> Self {
        let copies = types.map(|types| {
            let copies = Copies::find(types);
            let of = |(id, _)| Some((id, copies.of_named(id)?));
            types.iter().filter_map(of).collect()
        });
        Self {
            kernel,
            types,
            stands_for: HashMap::new(),
            copies,
        }
    }

    /// How many types of a side are copies of the kernel's.
    pub fn copies(&self, side: usize) -> usize {
        self.copies[side].len()
    }

    /// The own types of a side that have names and stand for nothing else.
    pub fn named(&self, side: usize) -> impl Iterator<Item = (At, &'t Type)> + '_ {
        let all = self.types[side].iter();
        let all = all.map(move |(id, of)| (At { side, id }, of));
        all.filter(|(at, of)| !of.name.is_empty() && self.resolved(*at) == *at)
    }

    /// The type.
    pub fn get(&self, at: At) -> Option<&'t Type> {
        self.types[at.side].get(at.id)
    }

    /// Whether it is the kernel's.
    pub fn is_kernels(&self, at: At) -> bool {
        at.id < self.types[at.side].first
    }

    /// Whether the records of two types say the same.
    pub fn says_same(&self, a: At, b: At) -> bool {
        let says = |at| self.get(at).map(Says::new);
        says(a) == says(b)
    }

    /// The type, or what it stands for.
    fn resolved(&self, at: At) -> At {
        let id = self.copies[at.side].get(&at.id);
        let at = id.map_or(at, |&id| At { id, ..at });
        self.stands_for.get(&at).copied().unwrap_or(at)
    }

    /// The one type of the kernel that this is, if there is no other like it.
    fn leaf(&self, at: At) -> Option<u32> {
        let goes_by_name = |of: &Type| of.kind.goes_by_name() && !of.name.is_empty();
        let is_leaf = at.id == 0 || self.is_kernels(at) && self.get(at).is_none_or(goes_by_name);
        is_leaf.then_some(at.id)
    }

    /// What a type is made of. What an array is indexed by means nothing.
    pub fn below(&self, at: At) -> impl Iterator<Item = At> + '_ {
        let elements = self.get(at).map_or(&[][..], |of| &of.elements);
        elements
            .iter()
            .map(move |e| self.resolved(At { id: e.id, ..at }))
    }

    /// All types that are looked into: those of both sides, those of the kernel that they are made
    /// of, and its types of the same names with what they are made of.
    fn nodes(&self) -> HashSet<At> {
        let mut nodes = HashSet::new();
        for side in [0, 1] {
            nodes.extend(
                self.reached(side)
                    .into_iter()
                    .filter(|&at| self.leaf(at).is_none()),
            );
        }
        nodes
    }

    /// All types that the types of a side come to, and namesakes in the kernel of those of both.
    pub fn reached(&self, side: usize) -> HashSet<At> {
        let mut waiting = vec![];
        for (id, _) in self.types[side].iter() {
            let at = At { side, id };
            waiting.push(self.resolved(at));
            // What stands for another type is looked into as well.
            waiting.extend(self.below(at));
        }
        let all = self.types[0].iter().chain(self.types[1].iter());
        for (_, of) in all.filter(|(_, of)| !of.name.is_empty()) {
            for kernels in self.namesakes(side, &of.name, of.kind) {
                waiting.push(kernels);
                waiting.extend(self.below(kernels));
            }
        }
        let mut found: HashSet<_> = waiting.iter().copied().collect();
        while let Some(at) = waiting.pop() {
            if self.leaf(at).is_none() {
                waiting.extend(self.below(at).filter(|&at| found.insert(at)));
            }
        }
        found
    }

    /// The kernel's types of this name and kind, seen from a side.
    pub fn namesakes(&self, side: usize, name: &[u8], kind: Kind) -> impl Iterator<Item = At> + '_ {
        of_kind(self.kernel, side, name, kind)
    }

    /// The own types of a side of this name and kind.
    pub fn own(&self, side: usize, name: &[u8], kind: Kind) -> impl Iterator<Item = At> + '_ {
        of_kind(self.types[side], side, name, kind)
    }
}

/// Those types of a BTF of its own that have this name and kind.
fn of_kind<'t>(
    types: &'t Types<'_>,
    side: usize,
    name: &[u8],
    kind: Kind,
) -> impl Iterator<Item = At> + 't {
    let ids = types.named(name).iter();
    let ids = ids.filter(move |&&id| types.get(id).is_some_and(|t| t.kind == kind));
    ids.map(move |&id| At { side, id })
}

/// The classes of all types of two BTFs.
pub struct Classes<'s, 't> {
    sides: &'s Sides<'t>,
    of: HashMap<At, u32>,
}

impl<'s, 't> Classes<'s, 't> {
    /// Divides the types of both.
    pub fn new(sides: &'s Sides<'t>) -> Self {
        let nodes = sides.nodes();
        let says = |at: &At| sides.get(*at).map(Says::new);
        let of = numbered(nodes.iter().map(|at| (*at, says(at))));
        let mut all = Self { sides, of };
        loop {
            let before = count(&all.of);
            let refined = nodes.iter().map(|&at| {
                let below: Vec<_> = sides.below(at).map(|at| all.class(at)).collect();
                (at, (all.of[&at], below))
            });
            all.of = numbered(refined);
            if count(&all.of) == before {
                return all;
            }
        }
    }

    /// The BTFs.
    pub fn sides(&self) -> &'s Sides<'t> {
        self.sides
    }

    /// What a type is.
    pub fn class(&self, at: At) -> Class {
        let at = self.sides.resolved(at);
        // What was not looked into is like nothing.
        let of = || self.of.get(&at).copied().unwrap_or(u32::MAX);
        self.sides
            .leaf(at)
            .map_or_else(|| Class::Of(of()), Class::Leaf)
    }

    /// Whether two types are the same.
    pub fn same(&self, a: At, b: At) -> bool {
        self.class(a) == self.class(b)
    }

    /// Whether two types say the same and are made of the same, whatever they are themselves.
    pub fn same_below(&self, a: At, b: At) -> bool {
        let below = |at| self.sides.below(at).map(|at| self.class(at));
        self.sides.says_same(a, b) && below(a).eq(below(b))
    }

    /// Where two types that are not the same part, as near to them as may be.
    pub fn parting(&self, a: At, b: At) -> [At; 2] {
        let mut waiting = VecDeque::from([[a, b]]);
        let mut found = HashSet::from([[a, b]]);
        while let Some(at @ [a, b]) = waiting.pop_front() {
            let is_leaf = |at| self.sides.leaf(at).is_some();
            if !self.sides.says_same(a, b) || is_leaf(a) || is_leaf(b) {
                return at;
            }
            for (a, b) in self.sides.below(a).zip(self.sides.below(b)) {
                if !self.same(a, b) && found.insert([a, b]) {
                    waiting.push_back([a, b]);
                }
            }
        }
        [a, b]
    }

    /// A type in a few words.
    pub fn words(&self, at: At) -> String {
        let Some(Type { kind, name, .. }) = self.sides.get(at) else {
            return "void".to_owned();
        };
        let whose = if self.sides.is_kernels(at) {
            "the kernel's "
        } else {
            ""
        };
        format!("{whose}{kind:?} '{}'", name.escape_ascii())
    }
}

/// What a record says, but for ids.
#[derive(PartialEq, Eq, Hash)]
struct Says<'t> {
    kind: Kind,
    name: &'t [u8],
    flag: bool,
    vlen: u32,
    size: u32,
    rest: &'t [u8],
    elements: Vec<(&'t [u8], u64, u32)>,
}

impl<'t> Says<'t> {
    fn new(of: &'t Type) -> Self {
        let elements = of.elements.iter();
        Self {
            kind: of.kind,
            name: &of.name,
            flag: of.flag,
            vlen: of.vlen,
            size: of.size,
            rest: &of.rest,
            elements: elements.map(|e| (&e.name[..], e.number, e.size)).collect(),
        }
    }
}

/// Classes for what is said of each type, the same for the same.
fn numbered<T: Eq + Hash>(said: impl Iterator<Item = (At, T)>) -> HashMap<At, u32> {
    let mut numbers = HashMap::new();
    said.map(|(at, said)| {
        let next = numbers.len() as u32;
        (at, *numbers.entry(said).or_insert(next))
    })
    .collect()
}

fn count(classes: &HashMap<At, u32>) -> usize {
    classes.values().collect::<HashSet<_>>().len()
}
