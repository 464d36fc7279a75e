// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The pairs that there are, how they are found, and which of them leads to which.

use crate::{
    btf::{
        limits::MAX_RIVALS,
        number::{
            Id,
            Kernel,
            Space, //
        },
        pace::Pace,
        wire::{
            words::index,
            Kind, //
        },
        NoMemory, //
    },
    facade::Buf,
};
use core::num::NonZero;

/// Which pair, or which edge, in the order in which they came up.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Nth(NonZero<u32>);

impl Nth {
    /// That of the one that comes next, behind `count` others; [`None`] if they can't be counted.
    #[inline]
    pub fn behind(count: usize) -> Option<Self> {
        let nth = u32::try_from(count).ok()?.checked_add(1)?;
        NonZero::new(nth).map(Self)
    }

    /// Where it stands.
    #[inline]
    pub fn place(self) -> usize {
        index(self.0.get()).wrapping_sub(1)
    }
}

/// A type and one of the kernel.
#[derive(Clone, Copy)]
pub struct Node<S> {
    /// The type.
    pub ours: Id<S>,
    /// The kernel's.
    pub kernels: Id<Kernel>,
    /// The next pair in the same bucket.
    next: Option<Nth>,
    /// The last of the edges that end here.
    users: Option<Nth>,
    /// Whether a pointer leads here, through typedefs and qualifiers at most.
    pub below: bool,
    /// Whether that makes a difference.
    minds: bool,
    /// Whether one of the two says less than the other: it declares what the other defines.
    pub says_less: bool,
    /// The kind of the type.
    pub kind: Kind,
    /// Whether it is one that goes by its name.
    pub is_nominal: bool,
    /// Whether a difference was found.
    pub is_different: bool,
    /// Whether it leads to something that does not become this very type of the kernel's.
    pub is_inexact: bool,
}

impl<S> Node<S> {
    /// Whether the two are equal and can take each other's place.
    #[inline]
    pub fn is_equal(&self) -> bool {
        !self.is_different && !self.is_inexact && !self.says_less
    }

    /// Whether a type that is equal to one of the kernel's may be made of this one, which does not
    /// go by its name.
    #[inline]
    pub fn may_be_in_equal(&self) -> bool {
        !self.is_different && !self.is_nominal
    }
}

/// One pair leads to another.
#[derive(Clone, Copy)]
struct Edge {
    /// The one that does.
    user: Nth,
    /// The edge before to the same pair.
    next: Option<Nth>,
}

/// Pairs, in the order in which they came up, and edges between them.
///
/// # Invariants
///
/// The number of `heads` is 0 or a power of two.
pub struct Graph<S> {
    nodes: Buf<Node<S>>,
    edges: Buf<Edge>,
    /// The last pair of each bucket: the ids of types, modulo the number of buckets.
    heads: Buf<Option<Nth>>,
}

impl<S: Space> Graph<S> {
    /// No pairs yet, and no memory of its own.
    pub fn new() -> Self {
        Self {
            nodes: Buf::new(),
            edges: Buf::new(),
            // INVARIANT: None.
            heads: Buf::new(),
        }
    }

    /// All pairs.
    pub fn nodes(&self) -> &[Node<S>] {
        &self.nodes
    }

    /// All pairs, to be marked.
    pub fn nodes_mut(&mut self) -> &mut [Node<S>] {
        &mut self.nodes
    }

    /// Forgets which pair leads to which.
    pub fn forget_edges(&mut self) {
        self.edges.clear();
    }

    /// The types of the kernel that `ours`, which goes by its name, is equal to, in no order,
    /// before the places that are free.
    pub fn equal_to(&self, ours: Id<S>) -> [Option<Id<Kernel>>; MAX_RIVALS] {
        let mut equal = [None; MAX_RIVALS];
        let mut room = equal.iter_mut();
        let mut at = self.head(ours);
        while let Some(node) = at.and_then(|nth| self.nodes.get(nth.place())) {
            if node.ours == ours && node.is_nominal && node.is_equal() {
                // There are no more pairs of one type.
                if let Some(place) = room.next() {
                    *place = Some(node.kernels);
                }
            }
            at = node.next;
        }
        equal
    }

    /// Whether `holds` is true of a pair that leads to `node`.
    #[inline(always)]
    pub fn is_led_to(&self, node: &Node<S>, holds: impl Fn(&Node<S>) -> bool) -> bool {
        let mut next = node.users;
        while let Some(edge) = next.and_then(|nth| self.edges.get(nth.place())) {
            if self.nodes.get(edge.user.place()).is_some_and(&holds) {
                return true;
            }
            next = edge.next;
        }
        false
    }

    /// The bucket of a type.
    #[inline]
    fn place(&self, ours: Id<S>) -> usize {
        index(ours.number()) & self.heads.len().wrapping_sub(1)
    }

    /// The last pair in the bucket of a type.
    #[inline]
    fn head(&self, ours: Id<S>) -> Option<Nth> {
        self.heads.get(self.place(ours)).copied().flatten()
    }

    /// The place of a pair; the number of other pairs of the type if there is none.
    #[inline]
    pub fn find(&self, ours: Id<S>, kernels: Id<Kernel>, below: bool) -> Result<Nth, usize> {
        let mut rivals: usize = 0;
        let mut at = self.head(ours);
        while let Some(nth) = at {
            let Some(node) = self.nodes.get(nth.place()) else {
                break;
            };
            if node.ours == ours {
                if node.kernels == kernels && (!node.minds || node.below == below) {
                    return Ok(nth);
                }
                rivals = rivals.saturating_add(1);
            }
            at = node.next;
        }
        Err(rivals)
    }

    /// Adds a pair that is not there; [`None`] if it can't be counted.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn push(
        &mut self,
        ours: Id<S>,
        kernels: Id<Kernel>,
        kind: Kind,
        below: bool,
        may_say_less: bool,
    ) -> Result<Option<Nth>, NoMemory> {
        if self.nodes.len() >= self.heads.len().saturating_mul(2) {
            let size = self.heads.len().saturating_mul(4).max(64);
            self.rehash(size)?;
        }
        let place = self.place(ours);
        let (Some(nth), Some(head)) = (Nth::behind(self.nodes.len()), self.heads.get_mut(place))
        else {
            return Ok(None);
        };
        self.nodes.push(Node {
            ours,
            kernels,
            next: *head,
            users: None,
            below,
            // Elsewhere it makes no difference that a pointer leads there.
            minds: may_say_less || kind.is_modifier(),
            kind,
            says_less: false,
            is_nominal: false,
            is_different: false,
            is_inexact: false,
        })?;
        *head = Some(nth);
        Ok(Some(nth))
    }

    /// Makes buckets for so many types.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn make_room(&mut self, types: u32) -> Result<(), NoMemory> {
        // As many as a module has whose types are copies for the most part.
        self.nodes = Buf::with_capacity(index(types) / 2)?;
        self.edges = Buf::with_capacity(index(types))?;
        self.rehash(index(types).next_power_of_two())
    }

    /// Makes so many buckets, which is a power of two.
    fn rehash(&mut self, size: usize) -> Result<(), NoMemory> {
        // INVARIANT: A power of two.
        self.heads = Buf::filled(size, None)?;
        let mut pace = Pace::new();
        for (count, node) in self.nodes.iter_mut().enumerate() {
            pace.step();
            let place = index(node.ours.number()) & size.wrapping_sub(1);
            if let (Some(nth), Some(head)) = (Nth::behind(count), self.heads.get_mut(place)) {
                node.next = head.replace(nth);
            }
        }
        Ok(())
    }

    /// Lets the pair at `user` lead to the one at `nth`; [`false`] if there is no room to tell.
    ///
    /// # Errors
    ///
    /// No memory.
    #[inline]
    pub fn lead(&mut self, user: Nth, nth: Nth) -> Result<bool, NoMemory> {
        let edge = Nth::behind(self.edges.len());
        let (Some(node), Some(_)) = (self.nodes.get_mut(nth.place()), edge) else {
            return Ok(false);
        };
        // One is enough for all members of one type.
        let last = node.users.and_then(|last| self.edges.get(last.place()));
        if last.map(|edge| edge.user) != Some(user) {
            let next = core::mem::replace(&mut node.users, edge);
            self.edges.push(Edge { user, next })?;
        }
        Ok(true)
    }

    /// Adds the pairs that lead to the one at `nth` to others.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn push_users(&self, to: &mut Buf<Nth>, nth: Nth) -> Result<(), NoMemory> {
        let mut next = self.nodes.get(nth.place()).and_then(|node| node.users);
        while let Some(edge) = next.and_then(|nth| self.edges.get(nth.place())) {
            to.push(edge.user)?;
            next = edge.next;
        }
        Ok(())
    }

    /// Marks the pairs at `from` and all that lead to them; `mark` tells whether it has done so
    /// just now, and wants to go on from there.
    ///
    /// # Errors
    ///
    /// No memory.
    #[inline(always)]
    pub fn spread(
        &mut self,
        mut from: Buf<Nth>,
        mark: impl Fn(&mut Node<S>) -> bool,
    ) -> Result<(), NoMemory> {
        let mut pace = Pace::new();
        while let Some(nth) = from.pop() {
            pace.step();
            if self.nodes.get_mut(nth.place()).is_some_and(&mark) {
                self.push_users(&mut from, nth)?;
            }
        }
        Ok(())
    }
}
