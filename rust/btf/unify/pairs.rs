// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Pairs of a module's type and a kernel's that may be equal, and what that hangs on.
//!
//! Two types are equal unless a difference is found, in them or in a pair that they lead to. So
//! pairs are compared once each, one level deep, and what they lead to becomes pairs in turn;
//! then differences spread back to all that lead to them. Types that lead back to themselves need
//! nothing more.

use super::spelling::{
    Known,
    Spelling, //
};
use crate::{
    btf::{
        alike::{
            compare,
            Difference,
            Names, //
        },
        kind::Kind,
        parse::{
            Locate,
            Pair, //
        },
        record::Record,
        same::Same,
        words::index,
        Result, //
    },
    facade::Buf,
};
use core::cell::Cell;

/// Types of the kernel that one type of a module is compared with. What goes beyond differs: no
/// module has more than a few, and the number of pairs is to be bounded.
const MAX_RIVALS: usize = 16;

/// Times that two types of the kernel are compared with each other.
const MAX_TWINS: u32 = 1024;

/// No pair, no edge.
const NONE: u32 = u32::MAX;

/// Marks in place of a first pair the id of the kernel's type that is meant.
const MEANT: u32 = 1 << 31;

/// A type of the module and one of the kernel.
#[derive(Clone, Copy)]
pub struct Node {
    /// The module's.
    pub ours: u32,
    /// The kernel's.
    pub kernels: u32,
    /// Whether a pointer leads here, through qualifiers and typedefs at most.
    below: bool,
    /// Whether one declares what the other defines.
    mixed: bool,
    /// Whether a difference was found.
    different: bool,
    /// Whether it leads to something that does not become the kernel's.
    inexact: bool,
    /// The next pair of the same type of the module.
    next: u32,
    /// The first of the edges that end here.
    users: u32,
}

/// One pair leads to another.
#[derive(Clone, Copy)]
struct Edge {
    /// The one that does.
    user: u32,
    /// The next edge to the same pair.
    next: u32,
}

/// Pairs, in the order in which they came up.
pub struct Pairs<'p, 'a, L> {
    /// The kernel's types, and those of the module.
    types: Pair<'p, 'a, L>,
    nodes: Buf<Node>,
    edges: Buf<Edge>,
    /// For each type of the module its first pair, or [`MEANT`] and an id of the kernel's.
    heads: Buf<u32>,
    /// Times that types of the kernel may still be compared.
    twins_left: Cell<u32>,
}

impl<'p, 'a, L: Locate> Pairs<'p, 'a, L> {
    /// No pairs yet.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(types: Pair<'p, 'a, L>) -> Result<Self> {
        Ok(Self {
            types,
            nodes: Buf::new(),
            edges: Buf::new(),
            heads: Buf::filled(index(types.split.count()), NONE)?,
            twins_left: Cell::new(MAX_TWINS),
        })
    }

    /// Adds a pair to be compared, if it is not there.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn add(&mut self, ours: u32, kernels: u32) -> Result {
        self.pair(ours, kernels, false).map(|_| ())
    }

    /// Lets a type of the module, which has no pairs yet, stand for one of the kernel's.
    pub fn set_meant(&mut self, ours: u32, kernels: u32) {
        let nth = ours.wrapping_sub(self.types.split.first());
        if let Some(head) = self.heads.get_mut(index(nth)) {
            *head = MEANT | kernels;
        }
    }

    /// The kernel's type that `ours` is, or stands for.
    fn meant(&self, ours: u32) -> Option<u32> {
        let Some(nth) = ours.checked_sub(self.types.split.first()) else {
            return Some(ours);
        };
        let head = *self.heads.get(index(nth))?;
        (head != NONE && head & MEANT != 0).then_some(head & !MEANT)
    }

    /// All pairs whose types are equal, and can take each other's place.
    pub fn equal(&self) -> impl Iterator<Item = &Node> + '_ {
        let equal = |node: &&Node| !node.different && !node.inexact && !node.mixed;
        self.nodes.iter().filter(equal)
    }

    /// The pairs of one type of the module, latest first.
    fn of(&self, ours: u32) -> impl Iterator<Item = (u32, &Node)> + '_ {
        let head = ours.checked_sub(self.types.split.first());
        let head = head.and_then(|nth| self.heads.get(index(nth)).copied());
        // There are fewer pairs than `MEANT`.
        let mut at = head.unwrap_or(NONE);
        core::iter::from_fn(move || {
            let node = self.nodes.get(index(at))?;
            let here = at;
            at = node.next;
            Some((here, node))
        })
    }

    /// The place of a pair, which is added if it is not there; [`None`] if there is no room for it.
    fn pair(&mut self, ours: u32, kernels: u32, below: bool) -> Result<Option<u32>> {
        let mut rivals = 0;
        for (at, node) in self.of(ours) {
            if (node.kernels, node.below) == (kernels, below) {
                return Ok(Some(at));
            }
            rivals += 1;
        }
        let nth = ours.wrapping_sub(self.types.split.first());
        let at = u32::try_from(self.nodes.len()).unwrap_or(NONE);
        let Some(head) = self.heads.get_mut(index(nth)) else {
            return Ok(None);
        };
        if rivals == MAX_RIVALS || at >= MEANT {
            return Ok(None);
        }
        self.nodes.push(Node {
            ours,
            kernels,
            below,
            mixed: false,
            different: false,
            inexact: false,
            next: *head,
            users: NONE,
        })?;
        *head = at;
        Ok(Some(at))
    }

    /// Compares all pairs, and those that come up meanwhile.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn compare(&mut self) -> Result {
        let mut different = Buf::new();
        let mut at = 0;
        while let Some(&node) = self.nodes.get(index(at)) {
            if self.differs(at, node)? {
                different.push(at)?;
            }
            at += 1;
        }
        self.spread(different, |node| {
            !core::mem::replace(&mut node.different, true)
        })
    }

    /// Marks the pairs at `from` and all that lead to them; `mark` tells whether it has done so
    /// just now, and wants to go on from there.
    fn spread(&mut self, mut from: Buf<u32>, mut mark: impl FnMut(&mut Node) -> bool) -> Result {
        while let Some(at) = from.pop() {
            let Some(node) = self.nodes.get_mut(index(at)) else {
                continue;
            };
            let mut edge = node.users;
            if !mark(node) {
                continue;
            }
            while let Some(&Edge { user, next }) = self.edges.get(index(edge)) {
                from.push(user)?;
                edge = next;
            }
        }
        Ok(())
    }

    /// Compares the pair at `at`, which `node` is, one level deep.
    fn differs(&mut self, at: u32, node: Node) -> Result<bool> {
        let types = self.types;
        let (Some(ours), Some(theirs)) = (
            types.split.record(node.ours),
            types.base.record(node.kernels),
        ) else {
            return Ok(true);
        };
        if let Some(equal) = declares(&types, &ours, &theirs) {
            if let Some(node) = self.nodes.get_mut(index(at)) {
                node.mixed = true;
            }
            return Ok(!(equal && node.below));
        }
        let below = below(&ours, node.below);
        let mut failed = Ok(());
        let difference = compare(&ours, &theirs, &Spelling(&types), |a, b| {
            self.lead(at, a, b, below).unwrap_or_else(|error| {
                failed = Err(error);
                false
            })
        });
        failed?;
        Ok(difference.is_some())
    }

    /// Lets the pair at `user` lead to another one. Gives `false` if that is known to differ.
    fn lead(&mut self, user: u32, ours: u32, kernels: u32, below: bool) -> Result<bool> {
        if let Some(meant) = self.meant(ours) {
            return Ok(self.are_twins(meant, kernels, below));
        }
        if kernels == 0 {
            return Ok(false);
        }
        let our_kind = self.types.split.kind(ours);
        let their_kind = self.types.base.kind(kernels);
        let mixed = (our_kind == Some(Kind::Fwd)) != (their_kind == Some(Kind::Fwd));
        if our_kind != their_kind && !mixed {
            return Ok(false);
        }
        // Elsewhere it makes no difference that a pointer leads there.
        let below = below && (mixed || our_kind.is_some_and(Kind::is_modifier));
        let Some(at) = self.pair(ours, kernels, below)? else {
            return Ok(false);
        };
        let edge = u32::try_from(self.edges.len()).unwrap_or(NONE);
        let Some(node) = self.nodes.get_mut(index(at)) else {
            return Ok(false);
        };
        if node.different || edge == NONE {
            return Ok(false);
        }
        self.edges.push(Edge {
            user,
            next: node.users,
        })?;
        node.users = edge;
        Ok(true)
    }

    /// Whether two types of the kernel are the same, or defined twice in the same way.
    pub fn are_twins(&self, a: u32, b: u32, below: bool) -> bool {
        if a == b {
            return true;
        }
        let btf = self.types.base;
        let (Some(ra), Some(rb)) = (btf.record(a), btf.record(b)) else {
            return false;
        };
        if let Some(equal) = declares(&self.types, &ra, &rb) {
            return equal && below;
        }
        if ra.kind() != rb.kind() || btf.name(ra.name_off) != btf.name(rb.name_off) {
            return false;
        }
        match self.twins_left.get().checked_sub(1) {
            Some(left) => self.twins_left.set(left),
            None => return false,
        }
        Same { a: btf, b: btf }.definition(a, b)
    }

    /// Finds out which pairs of structural types are [`Node::inexact`]: `nominal` tells of a type of
    /// the module whether it is nominal, and if so which of the kernel's it becomes.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn find_inexact(&mut self, nominal: impl Fn(u32) -> Option<u32>) -> Result {
        let types = self.types;
        let first = types.split.first();
        let mut inexact = Buf::new();
        for (at, node) in (0..).zip(self.nodes.iter()) {
            if node.different || node.mixed || nominal(node.ours).is_some() {
                continue;
            }
            let (Some(ours), Some(theirs)) = (
                types.split.record(node.ours),
                types.base.record(node.kernels),
            ) else {
                continue;
            };
            let inexact_leaf = compare(&ours, &theirs, &Known, |a, b| match a < first {
                true => a == b,
                false => nominal(a).is_none_or(|new| new == b),
            });
            if inexact_leaf.is_some() {
                inexact.push(at)?;
            }
        }
        self.spread(inexact, |node| {
            let structural = nominal(node.ours).is_none();
            structural && !core::mem::replace(&mut node.inexact, true)
        })
    }

    /// The first difference between a type of the module, not below a pointer, and one of the kernel,
    /// if there is any. `differs` tells of a nominal type of the module whether it is no copy.
    pub fn difference(
        &self,
        ours: u32,
        kernels: u32,
        differs: impl Fn(u32) -> Option<bool>,
    ) -> Option<Difference<'a>> {
        let types = self.types;
        let (a, b) = (types.record(ours)?, types.base.record(kernels)?);
        let mut through = None;
        let difference = compare(&a, &b, &Spelling(&types), |a, b| {
            let equal = match self.meant(a) {
                Some(meant) => self.are_twins(meant, b, false),
                // Nor do its elements lie below one.
                None => self
                    .of(a)
                    .any(|(_, n)| n.kernels == b && !n.below && !n.different),
            };
            if !equal {
                through = self.blame(a, &differs);
            }
            equal
        });
        match (difference, through) {
            (Some(Difference::Type(name)), Some(id)) => Some(Difference::Through(name, id)),
            (difference, _) => difference,
        }
    }

    /// The nominal type of the module that a type is made of, if it is that simple and that one is
    /// no copy.
    fn blame(&self, mut id: u32, differs: &impl Fn(u32) -> Option<bool>) -> Option<u32> {
        for _ in 0..8 {
            if let Some(differs) = differs(id) {
                return differs.then_some(id);
            }
            let record = self.types.split.record(id)?;
            id = match record.kind() {
                Kind::Array => record.array()?.0,
                Kind::Ptr => record.size_or_type,
                kind if kind.is_modifier() => record.size_or_type,
                _ => return None,
            };
        }
        None
    }
}

/// Whether what `record` leads to is below a pointer, `here` telling whether it is itself.
fn below(record: &Record<'_>, here: bool) -> bool {
    match record.kind() {
        Kind::Ptr => true,
        kind if kind.is_modifier() => here,
        _ => false,
    }
}

/// Whether one of two records declares what the other defines; [`None`] if not one of them is a
/// declaration and the other something else.
fn declares<L: Locate>(types: &Pair<'_, '_, L>, a: &Record<'_>, b: &Record<'_>) -> Option<bool> {
    let (declaration, other) = match (a.kind(), b.kind()) {
        (Kind::Fwd, Kind::Fwd) => return None,
        (Kind::Fwd, _) => (a, b),
        (_, Kind::Fwd) => (b, a),
        _ => return None,
    };
    let wanted = match declaration.kind_flag() {
        true => Kind::Union,
        false => Kind::Struct,
    };
    Some(other.kind() == wanted && Spelling(types).same(a.name_off, b.name_off))
}
