// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a module needs of a kernel's types, and how.

use crate::btf::{
    fields,
    goes_by_name,
    Id,
    Kind,
    Locate,
    Pair,
    Record,
    Space, //
};
use serde::Serialize;

/// How a module depends on something of the kernel's, what minds most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It holds one, or passes one: it was compiled with its layout.
    ByValue,
    /// It calls it, or refers to it by its symbol.
    BySymbol,
    /// It has pointers to it, or names it in its base.
    ByPointer,
    /// It names it in `.BTF_ids`.
    ById,
}

impl How {
    /// In words that go on after the module's name.
    pub fn words(self) -> &'static str {
        match self {
            How::ByValue => "by value",
            How::BySymbol => "by symbol",
            How::ByPointer => "by pointer",
            How::ById => "by id",
        }
    }

    /// The bit that stands for it.
    fn bit(self) -> u8 {
        match self {
            How::ByValue => 1,
            How::BySymbol => 2,
            How::ByPointer => 4,
            How::ById => 8,
        }
    }
}

/// Finds the kernel's types that a module needs.
pub struct Needs<'n, 'p, 'a, S: Space, L, F> {
    types: &'n Pair<'p, 'a, S, L>,
    /// Whether a type with a name is the kernel's.
    is_kernels: F,
    /// How each type is used, as bits.
    used: Vec<u8>,
    waiting: Vec<Id<S>>,
}

impl<'n, 'p, 'a, S, L, F> Needs<'n, 'p, 'a, S, L, F>
where
    S: Space,
    L: Locate,
    F: Fn(Id<S>, &Record<'a, S>) -> bool,
{
    /// Nothing is needed yet.
    pub fn new(types: &'n Pair<'p, 'a, S, L>, is_kernels: F) -> Self {
        let end = usize::try_from(types.split.end().number()).unwrap_or(0);
        Self {
            types,
            is_kernels,
            used: vec![0; end],
            waiting: Vec::new(),
        }
    }

    /// Takes what the module has of its own: functions, variables and types that are not the kernel's.
    pub fn add_own(&mut self) {
        for id in self.types.split.ids() {
            let Some(record) = self.types.split.record(id) else {
                continue;
            };
            let is_own = match record.kind() {
                Kind::Func | Kind::Var => true,
                kind if is_known_by_name(kind) => {
                    record.name().is_some() && !(self.is_kernels)(id, &record)
                }
                _ => false,
            };
            if is_own {
                self.add(id, How::ByPointer);
            }
        }
    }

    /// Takes a type.
    pub fn add(&mut self, id: Id<S>, how: How) {
        self.mark(id, how.bit());
    }

    fn mark(&mut self, id: Id<S>, how: u8) {
        let nth = usize::try_from(id.number()).ok();
        if let Some(used) = nth.and_then(|nth| self.used.get_mut(nth)) {
            // A type waits again if it is used in another way, of which there are four.
            if *used | how != *used {
                *used |= how;
                self.waiting.push(id);
            }
        }
    }

    /// Calls `each` for the types of the kernel that all this leads to, once for each way of it.
    pub fn each(mut self, mut each: impl FnMut(Id<S>, &Record<'a, S>, How)) {
        while let Some(id) = self.waiting.pop() {
            self.follow(id);
        }
        let used = std::mem::take(&mut self.used);
        for (number, used) in (0u32..).zip(used).filter(|(_, used)| *used != 0) {
            let Some(id) = Id::new(number) else { continue };
            let Some(record) = self.types.record(id) else {
                continue;
            };
            let is_named = record.name().is_some() && NAMED.contains(&record.kind());
            if is_named && (self.is_kernels)(id, &record) {
                for how in [How::ByValue, How::BySymbol, How::ByPointer, How::ById] {
                    if used & how.bit() != 0 {
                        each(id, &record, how);
                    }
                }
            }
        }
    }

    /// Marks what a type leads to; what is in a type of the kernel's with a name is not looked at.
    fn follow(&mut self, id: Id<S>) {
        let Some(record) = self.types.record(id) else {
            return;
        };
        let kind = record.kind();
        let is_named = goes_by_name(kind) && record.name().is_some();
        if is_named && (self.is_kernels)(id, &record) {
            return;
        }
        let nth = usize::try_from(id.number()).ok();
        let used = nth.and_then(|nth| self.used.get(nth)).copied();
        let how = match kind {
            Kind::Array => used.unwrap_or(0),
            kind if kind.is_modifier() => used.unwrap_or(0),
            Kind::Ptr | Kind::Func | Kind::DeclTag => How::ByPointer.bit(),
            _ => How::ByValue.bit(),
        };
        for to in fields::ids(&record).flatten() {
            self.mark(to, how);
        }
    }
}

/// Kinds of what can be told by its name.
const NAMED: [Kind; 9] = [
    Kind::Int,
    Kind::Float,
    Kind::Struct,
    Kind::Union,
    Kind::Enum,
    Kind::Enum64,
    Kind::Fwd,
    Kind::Typedef,
    Kind::Func,
];

/// Whether types of this kind, with a name, are known by that.
fn is_known_by_name(kind: Kind) -> bool {
    kind == Kind::Typedef || goes_by_name(kind)
}
