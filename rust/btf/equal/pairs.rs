// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Pairs of a type and one of the kernel's that may be equal, and what that hangs on.
//!
//! Two types are equal unless a difference is found, in them or in a pair that they lead to. So
//! pairs are compared once each, one level deep, and what they lead to becomes pairs in turn;
//! then differences spread back to all that lead to them. Types that lead back to themselves need
//! nothing more.
//!
//! That a pair is equal is known only when all that it leads to has been compared: at the end of
//! [`Pairs::settle`], and then for good.

use super::{
    compare::compare,
    graph::{
        Graph,
        Node,
        Nth, //
    },
    names::Names,
    nominal::is_nominal,
    sides::{
        Answer,
        Side, //
    },
};
use crate::{
    btf::{
        limits::MAX_RIVALS,
        number::{
            Id,
            Kernel,
            Space, //
        },
        pace::Pace,
        wire::Kind,
        NoMemory, //
    },
    facade::Buf,
};

/// What came of looking for a pair.
enum Found {
    /// It stands here.
    Pair(Nth),
    /// There is none, and need not be.
    Known(Answer),
}

/// Pairs of types that may be equal.
pub struct Pairs<S> {
    graph: Graph<S>,
    /// Types of which the pair that is being compared needs pairs that are not there yet.
    new: Buf<(Id<S>, Id<Kernel>)>,
    /// Pairs that have been compared, all that they lead to included.
    settled: usize,
    /// There was no room for a pair.
    overflowed: bool,
}

impl<S: Space> Default for Pairs<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Space> Pairs<S> {
    /// No pairs yet, and no memory of its own.
    pub fn new() -> Self {
        Self {
            graph: Graph::new(),
            new: Buf::new(),
            settled: 0,
            overflowed: false,
        }
    }

    /// All pairs.
    pub fn nodes(&self) -> &[Node<S>] {
        self.graph.nodes()
    }

    /// Makes room for the pairs of a module with so many types, before there are any.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn make_room(&mut self, types: u32) -> Result<(), NoMemory> {
        self.graph.make_room(types)
    }

    /// See [`Graph::equal_to`].
    pub fn equal_to(&self, ours: Id<S>) -> [Option<Id<Kernel>>; MAX_RIVALS] {
        self.graph.equal_to(ours)
    }

    /// See [`Graph::is_led_to`].
    #[inline(always)]
    pub fn is_led_to(&self, node: &Node<S>, holds: impl Fn(&Node<S>) -> bool) -> bool {
        self.graph.is_led_to(node, holds)
    }

    /// Whether some pair found no room, and counts as different without being compared.
    pub fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// Whether two types are equal; they are compared if that is not known yet.
    ///
    /// # Errors
    ///
    /// No memory.
    #[inline(always)]
    pub fn ask<'p, 'a: 'p>(
        &mut self,
        side: &mut impl Side<'p, 'a, Space = S>,
        ours: Id<S>,
        kernels: Id<Kernel>,
        below: bool,
    ) -> Result<bool, NoMemory> {
        if let Some(equal) = self.are_equal(ours, kernels, below) {
            return Ok(equal);
        }
        self.pair(side, ours, kernels, below)?;
        self.settle(side)?;
        // What settled pairs lead to only `find_inexact` wants to know.
        self.graph.forget_edges();
        Ok(self.are_equal(ours, kernels, below).unwrap_or(false))
    }

    /// Adds a pair of two types of this kind, which is not there and which no pointer leads to.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn start(&mut self, ours: Id<S>, kernels: Id<Kernel>, kind: Kind) -> Result<(), NoMemory> {
        let nth = self.graph.push(ours, kernels, kind, false, false)?;
        self.overflowed |= nth.is_none();
        Ok(())
    }

    /// Whether a pair that has been settled is equal; [`None`] if there is no such pair.
    #[inline]
    pub fn are_equal(&self, ours: Id<S>, kernels: Id<Kernel>, below: bool) -> Option<bool> {
        let nth = self.graph.find(ours, kernels, below).ok()?;
        let node = self.graph.nodes().get(nth.place())?;
        // Of one that is not settled nothing is known.
        (nth.place() < self.settled).then_some(!node.is_different)
    }

    /// The place of a pair, which is added if it is not there; or what is known of it without.
    #[inline(always)]
    fn pair<'p, 'a: 'p>(
        &mut self,
        side: &mut impl Side<'p, 'a, Space = S>,
        ours: Id<S>,
        kernels: Id<Kernel>,
        below: bool,
    ) -> Result<Found, NoMemory> {
        match self.graph.find(ours, kernels, below) {
            Ok(nth) => Ok(Found::Pair(nth)),
            Err(rivals) => self.append(side, (ours, kernels, below), rivals),
        }
    }

    /// Adds a pair of a type that has so many others.
    #[inline(always)]
    fn append<'p, 'a: 'p>(
        &mut self,
        side: &mut impl Side<'p, 'a, Space = S>,
        (ours, kernels, below): (Id<S>, Id<Kernel>, bool),
        rivals: usize,
    ) -> Result<Found, NoMemory> {
        let different = Ok(Found::Known(Answer::Different));
        let (Some(kind), Some(other)) = (side.kind(ours), side.kernel().kind(kernels)) else {
            return different;
        };
        if kind == Kind::Fwd {
            if let Some(answer) = side.declared(ours, kernels, below)? {
                return Ok(Found::Known(answer));
            }
        }
        let may_say_less = side.may_say_less(kind, other);
        if kind != other && !may_say_less {
            return different;
        }
        if rivals < MAX_RIVALS && self.nodes().len() < side.max_pairs() {
            let nth = self.graph.push(ours, kernels, kind, below, may_say_less)?;
            if let Some(nth) = nth {
                return Ok(Found::Pair(nth));
            }
        }
        self.overflowed = true;
        different
    }

    /// Compares all pairs that are not settled, and those that come up meanwhile.
    ///
    /// All of it becomes a part of its callers, one for each side: the names of so generic
    /// functions are too long for a kernel.
    ///
    /// # Errors
    ///
    /// No memory.
    #[inline(always)]
    pub fn settle<'p, 'a: 'p>(
        &mut self,
        side: &mut impl Side<'p, 'a, Space = S>,
    ) -> Result<(), NoMemory> {
        let mut different = Buf::new();
        let mut pace = Pace::new();
        let mut at = self.settled;
        let names = (side.names(), Names::of_kernel(side.kernel()));
        while let (Some(&node), Some(nth)) = (self.nodes().get(at), Nth::behind(at)) {
            if self.differs(side, &names, nth, &node, &mut pace)? {
                different.push(nth)?;
            }
            at = at.saturating_add(1);
        }
        self.settled = at;
        self.graph.spread(different, |node| {
            !core::mem::replace(&mut node.is_different, true)
        })
    }

    /// Compares the pair at `nth`, which `node` is, one level deep.
    #[inline(always)]
    fn differs<'p, 'a: 'p>(
        &mut self,
        side: &mut impl Side<'p, 'a, Space = S>,
        names: &(Names<'a, S>, Names<'a, Kernel>),
        nth: Nth,
        node: &Node<S>,
        pace: &mut Pace,
    ) -> Result<bool, NoMemory> {
        let kernel = side.kernel();
        let (Some(ours), Some(theirs)) = (side.record(node.ours), kernel.record(node.kernels))
        else {
            return Ok(true);
        };
        // One for each part of it.
        pace.steps(ours.vlen().saturating_add(1));
        let says_less = side.says_less(names, &ours, &theirs);
        let is_nominal = is_nominal(&ours);
        let mut is_inexact = says_less.is_some() && !is_nominal;
        let mut failed = Ok(());
        let is_different = match says_less {
            Some(is_of) => !(is_of && node.below),
            None => {
                let below = leads_below(ours.kind(), node.below);
                self.new.clear();
                let lead = |ours, kernels| {
                    let (ours, kernels) = match (ours, kernels) {
                        (Some(ours), Some(kernels)) => (ours, kernels),
                        (ours, kernels) => return ours.is_none() && kernels.is_none(),
                    };
                    let answer = match side.at_once(ours, kernels, below) {
                        Ok(None) => self.lead(nth, ours, kernels, below),
                        Ok(Some(answer)) => {
                            is_inexact |= answer == Answer::Equal;
                            Ok(answer)
                        }
                        Err(error) => Err(error),
                    };
                    match answer {
                        Ok(answer) => answer != Answer::Different,
                        Err(error) => {
                            failed = Err(error);
                            false
                        }
                    }
                };
                let mut differs = compare(&ours, &theirs, &names.0, &names.1, lead).is_some();
                failed?;
                while let Some((ours, kernels)) = self.new.pop() {
                    let answer = self.lead_to_new(side, nth, (ours, kernels, below))?;
                    is_inexact |= answer == Answer::Equal;
                    differs |= answer == Answer::Different;
                }
                differs
            }
        };
        if let Some(node) = self.graph.nodes_mut().get_mut(nth.place()) {
            node.says_less = says_less.is_some();
            node.is_nominal = is_nominal;
            node.is_inexact = is_inexact && !is_nominal;
        }
        Ok(is_different)
    }

    /// Lets the pair at `user` lead to another one. Tells what is known of that so far: it is
    /// [`Answer::Same`] unless something turns up. A pair that is not there is left to
    /// [`Self::lead_to_new`].
    fn lead(
        &mut self,
        user: Nth,
        ours: Id<S>,
        kernels: Id<Kernel>,
        below: bool,
    ) -> Result<Answer, NoMemory> {
        match self.graph.find(ours, kernels, below) {
            Ok(nth) => self.lead_to(user, nth),
            Err(_) => {
                self.new.push((ours, kernels))?;
                Ok(Answer::Same)
            }
        }
    }

    /// The same, for a pair that may still have to be added.
    #[inline(always)]
    fn lead_to_new<'p, 'a: 'p>(
        &mut self,
        side: &mut impl Side<'p, 'a, Space = S>,
        user: Nth,
        (ours, kernels, below): (Id<S>, Id<Kernel>, bool),
    ) -> Result<Answer, NoMemory> {
        match self.pair(side, ours, kernels, below)? {
            Found::Pair(nth) => self.lead_to(user, nth),
            Found::Known(answer) => Ok(answer),
        }
    }

    /// Lets the pair at `user` lead to the one at `nth`.
    #[inline]
    fn lead_to(&mut self, user: Nth, nth: Nth) -> Result<Answer, NoMemory> {
        let is_different = |node: &Node<S>| node.is_different;
        let mut differs = self.nodes().get(nth.place()).is_none_or(is_different);
        // What is settled is equal for good.
        if !differs && nth.place() >= self.settled {
            differs = !self.graph.lead(user, nth)?;
        }
        Ok(if differs {
            Answer::Different
        } else {
            Answer::Same
        })
    }

    /// Finds out which pairs of types that do not go by their names lead to something that does not
    /// become the kernel's: `becomes` tells of one that goes by its name which of the kernel's it
    /// becomes.
    ///
    /// # Errors
    ///
    /// No memory.
    #[inline(always)]
    pub fn find_inexact(
        &mut self,
        becomes: impl Fn(Id<S>) -> Option<Id<Kernel>>,
    ) -> Result<(), NoMemory> {
        let mut inexact = Buf::new();
        let mut pace = Pace::new();
        for count in 0..self.nodes().len() {
            pace.step();
            let (Some(nth), Some(node)) =
                (Nth::behind(count), self.graph.nodes_mut().get_mut(count))
            else {
                break;
            };
            if node.is_different {
                continue;
            }
            if node.is_nominal {
                // Whatever that is made of becomes: only what leads there minds.
                if becomes(node.ours) != Some(node.kernels) {
                    self.graph.push_users(&mut inexact, nth)?;
                }
            } else if core::mem::take(&mut node.is_inexact) {
                // It is set again when it spreads from there.
                inexact.push(nth)?;
            }
        }
        self.graph.spread(inexact, |node| {
            !node.is_nominal && !core::mem::replace(&mut node.is_inexact, true)
        })
    }
}

/// Whether what a type of this kind leads to is below a pointer, `here` telling whether it is
/// itself.
fn leads_below(kind: Kind, here: bool) -> bool {
    kind == Kind::Ptr || (here && kind.is_modifier())
}
