// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The types of a module as programs will see them, before they are written.
//!
//! That is the kernel's own where the map leads there, and else the module's, as it came.

use super::{
    barrier::Barrier,
    Passed, //
};
use crate::btf::{
    kernel::Vmlinux,
    limits::{
        MAX_CALLABLE_STEPS,
        MAX_MODIFIERS, //
    },
    number::{
        Id,
        Kernel,
        New,
        Space, //
    },
    pace::Pace,
    reconcile::IdMap,
    wire::{
        Kind,
        Locate,
        Pair,
        Record, //
    },
};
use core::fmt;

/// A type as programs will see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Node<S> {
    /// The kernel's.
    Kernel(Id<Kernel>),
    /// The module's own, by its old id.
    Own(Id<S>),
}

/// The record of a type.
#[derive(Clone, Copy)]
pub enum Type<'a, S> {
    /// The kernel's.
    Kernel(Record<'a, Kernel>),
    /// The module's own.
    Own(Record<'a, S>),
}

impl<S: Space> Type<'_, S> {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Type::Kernel(record) => record.kind(),
            Type::Own(record) => record.kind(),
        }
    }

    pub(super) fn size(&self) -> u32 {
        match self {
            Type::Kernel(record) => record.size(),
            Type::Own(record) => record.size(),
        }
    }

    pub(super) fn vlen(&self) -> u32 {
        match self {
            Type::Kernel(record) => record.vlen(),
            Type::Own(record) => record.vlen(),
        }
    }
}

/// A parameter.
#[derive(Clone, Copy)]
pub struct Param<'a, S> {
    /// Its name.
    pub(super) name: &'a [u8],
    /// Its type.
    pub(super) node: Option<Node<S>>,
}

/// What becomes of a module's types: `types` as they came, `map` to what they will be.
pub struct View<'c, 'a, S: Space, L, B> {
    /// The kernel's types.
    pub vmlinux: &'c Vmlinux<'a, L>,
    /// The module's.
    pub types: Pair<'c, 'a, S, B>,
    /// The new ids of these.
    pub map: &'c IdMap<S, New>,
}

// Whatever `L` and `B` are: they are only referred to.
impl<S: Space, L, B> Clone for View<'_, '_, S, L, B> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: Space, L, B> Copy for View<'_, '_, S, L, B> {}

/// A type or `void`, with what it is.
pub(super) type Found<'a, S> = Option<(Node<S>, Type<'a, S>)>;

impl<'c, 'a, S: Space, L: Locate, B: Locate> View<'c, 'a, S, L, B> {
    /// What type `id` will be.
    pub(super) fn node(&self, id: Id<S>) -> Node<S> {
        let new = self.map.get(id);
        match new.and_then(|new| Id::new(new.number())) {
            Some(kernels) if kernels < self.vmlinux.btf.end() => Node::Kernel(kernels),
            _ => Node::Own(id),
        }
    }

    /// The record of a type.
    pub fn record(&self, node: Node<S>) -> Option<Type<'a, S>> {
        match node {
            Node::Kernel(id) => self.vmlinux.btf.record(id).map(Type::Kernel),
            Node::Own(id) => self.types.record(id).map(Type::Own),
        }
    }

    /// The name of a type, empty if it has none.
    pub fn name(&self, of: &Type<'a, S>) -> &'a [u8] {
        let name = match of {
            Type::Kernel(record) => self.vmlinux.btf.name(record.name()),
            Type::Own(record) => self.types.name(record.name()),
        };
        name.unwrap_or(&[])
    }

    /// What a type refers to, for kinds that do.
    pub(super) fn target(&self, of: &Type<'a, S>) -> Option<Node<S>> {
        match of {
            Type::Kernel(record) => record.target().map(Node::Kernel),
            Type::Own(record) => record.target().map(|id| self.node(id)),
        }
    }

    /// What the elements of an array are, and how many there are.
    pub(super) fn array(&self, of: &Type<'a, S>) -> Option<(Option<Node<S>>, u32)> {
        Some(match of {
            Type::Kernel(record) => {
                let array = record.array()?;
                (array.of.map(Node::Kernel), array.count)
            }
            Type::Own(record) => {
                let array = record.array()?;
                (array.of.map(|id| self.node(id)), array.count)
            }
        })
    }

    /// Parameter number `nth` of a prototype.
    pub(super) fn param(&self, of: &Type<'a, S>, nth: usize) -> Option<Param<'a, S>> {
        let (name, node) = match of {
            Type::Kernel(record) => {
                let param = record.params().nth(nth)?;
                let name = self.vmlinux.btf.name(param.name);
                (name, param.type_id.map(Node::Kernel))
            }
            Type::Own(record) => {
                let param = record.params().nth(nth)?;
                let node = param.type_id.map(|id| self.node(id));
                (self.types.name(param.name), node)
            }
        };
        let name = name.unwrap_or(&[]);
        Some(Param { name, node })
    }

    /// The type of member number `nth` of a struct or union.
    pub(super) fn member(&self, of: &Type<'a, S>, nth: usize) -> Option<Option<Node<S>>> {
        Some(match of {
            Type::Kernel(record) => record.member(nth)?.type_id.map(Node::Kernel),
            Type::Own(record) => record.member(nth)?.type_id.map(|id| self.node(id)),
        })
    }

    /// The id that a type of the module's will have.
    pub(super) fn new_number(&self, id: Id<S>) -> u32 {
        self.map.get(id).map_or(id.number(), Id::number)
    }

    /// A type in words.
    pub(super) fn words(self, node: Option<Node<S>>) -> Words<'c, 'a, S, L, B> {
        Words { view: self, node }
    }
}

/// What is left of the steps that looking at all kfuncs and destructors of a module may take.
pub(super) struct Steps {
    left: u32,
    pace: Pace,
}

impl Steps {
    pub(super) fn new() -> Self {
        Self {
            left: MAX_CALLABLE_STEPS,
            pace: Pace::new(),
        }
    }

    /// Goes one step.
    ///
    /// # Errors
    ///
    /// None is left.
    pub(super) fn step<S>(&mut self) -> Passed<(), S> {
        self.pace.step();
        match self.left.checked_sub(1) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => Err(Barrier::NotLookedAt),
        }
    }

    /// What `node` is under typedefs and qualifiers.
    ///
    /// # Errors
    ///
    /// A reference to no type; more typedefs and qualifiers than the kernel accepts; no step is
    /// left.
    pub(super) fn plain<'a, S: Space, L: Locate, B: Locate>(
        &mut self,
        view: &View<'_, 'a, S, L, B>,
        mut node: Option<Node<S>>,
    ) -> Passed<Found<'a, S>, S> {
        for _ in 0..=MAX_MODIFIERS {
            self.step()?;
            let Some(id) = node else {
                return Ok(None);
            };
            let record = view.record(id).ok_or(Barrier::NoType)?;
            if !record.kind().is_modifier() {
                return Ok(Some((id, record)));
            }
            node = view.target(&record);
        }
        Err(Barrier::NoType)
    }

    /// What `node` points to, if it is a pointer to something.
    ///
    /// # Errors
    ///
    /// As for [`Self::plain`].
    pub(super) fn pointed_to<'a, S: Space, L: Locate, B: Locate>(
        &mut self,
        view: &View<'_, 'a, S, L, B>,
        node: Option<Node<S>>,
    ) -> Passed<Found<'a, S>, S> {
        let plain = self.plain(view, node)?;
        match plain.filter(|(_, record)| record.kind() == Kind::Ptr) {
            Some((_, pointer)) => self.plain(view, view.target(&pointer)),
            None => Ok(None),
        }
    }
}

/// See [`View::words`].
pub(super) struct Words<'c, 'a, S: Space, L, B> {
    view: View<'c, 'a, S, L, B>,
    node: Option<Node<S>>,
}

impl<S: Space, L: Locate, B: Locate> fmt::Display for Words<'_, '_, S, L, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(record) = self.node.map(|node| self.view.record(node)) else {
            return f.write_str("void");
        };
        let Some(record) = record else {
            return f.write_str("no type");
        };
        f.write_str(record.kind().name())?;
        let name = self.view.name(&record);
        if name.is_empty() {
            Ok(())
        } else {
            write!(f, " '{}'", name.escape_ascii())
        }
    }
}
