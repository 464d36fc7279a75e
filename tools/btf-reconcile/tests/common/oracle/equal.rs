// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types are equal: all are taken to be that look alike by themselves, then those are struck
//! out that are made of types that are not, until nothing changes.

use super::wire::{
    Kind,
    Type,
    Types, //
};
use std::collections::{
    HashMap,
    HashSet, //
};

/// Two types, and whether a pointer leads to them, through qualifiers and typedefs at most.
type Pair = (u32, u32, bool);

/// What is known of two types beforehand, if anything.
type Settled<'t> = Box<dyn Fn(u32, u32) -> Option<bool> + 't>;

/// Which types say less of the same type: below a pointer nobody can tell these apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Less {
    /// A declaration, on either side.
    Declared,
    /// A declaration on the left; what is defined there no declaration satisfies.
    DeclaredLeft,
    /// A declaration on either side, and what a base reference has for one on the left: it declares
    /// enumerations that way, too, and of some types it only gives the size.
    Reference,
}

/// Which types of one BTF are equal to which of another.
pub struct Equal<'t> {
    left: &'t Types<'t>,
    right: &'t Types<'t>,
    settled: Settled<'t>,
    /// Types on the left that are other ones, wherever they are named.
    stands_for: HashMap<u32, u32>,
    less: Less,
    known: HashMap<Pair, bool>,
}

impl<'t> Equal<'t> {
    /// Between two BTFs that have no type in common.
    pub fn between(left: &'t Types<'t>, right: &'t Types<'t>) -> Self {
        Self::knowing(left, right, |_, _| None)
    }

    /// Between types of one BTF.
    pub fn within(types: &'t Types<'t>) -> Self {
        Self::knowing(types, types, |a, b| (a == b).then_some(true))
    }

    /// Between a split BTF, its base included, and another one that may be split from the same base.
    pub fn sharing_base(left: &'t Types<'t>, right: &'t Types<'t>) -> Self {
        let first = left.first;
        Self::knowing(left, right, move |a, b| {
            (a == b && a < first).then_some(true)
        })
    }

    /// Where `settled` tells beforehand of some pairs whether they are equal.
    pub fn knowing(
        left: &'t Types<'t>,
        right: &'t Types<'t>,
        settled: impl Fn(u32, u32) -> Option<bool> + 't,
    ) -> Self {
        Self {
            left,
            right,
            settled: Box::new(settled),
            stands_for: HashMap::new(),
            less: Less::Declared,
            known: HashMap::new(),
        }
    }

    /// Lets some types on the left be other ones.
    pub fn standing_for(self, stands_for: HashMap<u32, u32>) -> Self {
        Self { stands_for, ..self }
    }

    /// Lets these types say less of the same type.
    pub fn where_less(self, less: Less) -> Self {
        Self { less, ..self }
    }

    /// Whether `a` and `b` are equal down to every leaf.
    pub fn equal(&mut self, a: u32, b: u32) -> bool {
        self.pair(a, b, false).unwrap_or_else(|pair| {
            if !self.known.contains_key(&pair) {
                self.find_out(pair);
            }
            self.known[&pair]
        })
    }

    /// Whether what `a` and `b` are made of is equal, whatever they are themselves.
    pub fn equal_below(&mut self, a: u32, b: u32) -> bool {
        let (Some(x), Some(y)) = (self.left.get(a), self.right.get(b)) else {
            return false;
        };
        let ids: Vec<_> = ids(x).zip(ids(y)).collect();
        x.elements.len() == y.elements.len() && ids.into_iter().all(|(a, b)| self.equal(a, b))
    }

    /// Whether two types are equal, if that can be told at once, or the pair that tells.
    fn pair(&self, a: u32, b: u32, below: bool) -> Result<bool, Pair> {
        let a = self.stands_for.get(&a).copied().unwrap_or(a);
        if let Some(equal) = (self.settled)(a, b) {
            return Ok(equal);
        }
        if a == 0 || b == 0 {
            return Ok(a == b);
        }
        Err((a, b, below))
    }

    /// Finds out about a pair, and about all that it leads to.
    fn find_out(&mut self, root: Pair) {
        let mut found = HashSet::from([root]);
        let mut waiting = vec![root];
        let mut left: Vec<(Pair, Vec<Pair>)> = vec![];
        while let Some(pair) = waiting.pop() {
            match self.made_of(pair) {
                None => {
                    self.known.insert(pair, false);
                }
                Some(parts) => {
                    for &part in &parts {
                        if !self.known.contains_key(&part) && found.insert(part) {
                            waiting.push(part);
                        }
                    }
                    left.push((pair, parts));
                }
            }
        }
        // Those found last first: they are what the others are made of.
        left.reverse();
        loop {
            let before = left.len();
            let known = &mut self.known;
            left.retain(|(pair, parts)| {
                let stays = parts.iter().all(|part| known.get(part) != Some(&false));
                if !stays {
                    known.insert(*pair, false);
                }
                stays
            });
            if left.len() == before {
                break;
            }
        }
        self.known
            .extend(left.into_iter().map(|(pair, _)| (pair, true)));
    }

    /// Whether one of two types may say less of what the other is; [`None`] if both say all.
    fn says_less(&self, x: &Type, y: &Type) -> Option<bool> {
        let reference = self.less == Less::Reference;
        match (x.kind, y.kind) {
            (Kind::Fwd, Kind::Fwd) => None,
            (Kind::Fwd, of) if of.is_enum() => Some(reference && !x.flag),
            (Kind::Fwd, of) => Some(of == x.declares()),
            (of, Kind::Fwd) => Some(self.less != Less::DeclaredLeft && of == y.declares()),
            (a, b) if reference && x.is_opaque() && !y.is_opaque() => {
                let one_kind = a == b || a.is_enum() && b.is_enum();
                Some(one_kind && x.size == y.size)
            }
            _ => None,
        }
    }

    /// The pairs that have to be equal for this one to be; [`None`] if it is not in any case.
    fn made_of(&self, (a, b, below): Pair) -> Option<Vec<Pair>> {
        let (x, y) = (self.left.get(a)?, self.right.get(b)?);
        if let Some(of_one) = self.says_less(x, y) {
            return (below && of_one && x.name == y.name).then(Vec::new);
        }
        if !look_alike(x, y) {
            return None;
        }
        let below = match x.kind {
            Kind::Ptr => true,
            kind if kind.is_modifier() => below,
            _ => false,
        };
        let mut parts = vec![];
        for (a, b) in ids(x).zip(ids(y)) {
            match self.pair(a, b, below) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(pair) => parts.push(pair),
            }
        }
        Some(parts)
    }
}

/// Whether two types are the same but for what they are made of.
fn look_alike(x: &Type, y: &Type) -> bool {
    // Structs and unions say with their flag how they count bits, and nothing else.
    let flags = x.flag == y.flag || x.kind.is_composite();
    let plain = (x.kind, x.size, &x.name, &x.rest) == (y.kind, y.size, &y.name, &y.rest);
    let mut elements = x.elements.iter().zip(&y.elements);
    !x.kind.is_own()
        && flags
        && plain
        && x.elements.len() == y.elements.len()
        && elements.all(|(m, n)| (m.number, m.size, &m.name) == (n.number, n.size, &n.name))
}

/// The ids that count: what an array is indexed by means nothing.
pub fn ids(of: &Type) -> impl Iterator<Item = u32> + '_ {
    let has_ids = !of.kind.is_enum();
    of.elements.iter().filter(move |_| has_ids).map(|e| e.id)
}
