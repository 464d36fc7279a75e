// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Members and values that are new, gone or not what they were.
//!
//! Members of structs and unions without a name are those of what these are in, as in C.

use super::{
    difference::{
        number,
        Finder, //
    },
    equality::{
        Depth,
        Old, //
    },
    spell::spell, //
};
use crate::btf::{
    self,
    Btf,
    Id,
    Kernel,
    Space, //
};
use serde::Serialize;
use std::collections::HashMap;

/// Structs and unions in one another whose members are looked at.
const MAX_DEPTH: usize = 32;

/// A part that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PartChange {
    /// What it is called.
    pub name: String,
    /// What it was.
    pub old: Option<Shape>,
    /// What it is.
    pub new: Option<Shape>,
    /// Whether it is of another type.
    pub is_retyped: bool,
}

impl PartChange {
    /// Whether it is a member that is what it was, but elsewhere.
    pub fn is_only_moved(&self) -> bool {
        let (Some(old), Some(new)) = (&self.old, &self.new) else {
            return false;
        };
        match (old, new) {
            (
                Shape::Member { bit, bits, .. },
                Shape::Member {
                    bit: at,
                    bits: wide,
                    ..
                },
            ) => bit != at && bits == wide && !self.is_retyped,
            _ => false,
        }
    }
}

/// A part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Shape {
    /// Of a struct or a union.
    Member {
        /// Where it lies, in bits.
        bit: u32,
        /// How many bits it has, if it is a bitfield.
        #[serde(skip_serializing_if = "is_zero")]
        bits: u32,
        /// What it is, as C has it.
        #[serde(rename = "type")]
        of: String,
    },
    /// Of an enumeration.
    Value {
        /// What it stands for.
        value: String,
    },
}

fn is_zero(bits: &u32) -> bool {
    *bits == 0
}

/// A member with a name.
struct Member<'a, S> {
    name: &'a [u8],
    bit: u32,
    bits: u32,
    of: Option<Id<S>>,
}

impl<S: Space> Member<'_, S> {
    fn shape(&self, btf: &Btf<'_, S>) -> Shape {
        Shape::Member {
            bit: self.bit,
            bits: self.bits,
            of: spell(btf, self.of),
        }
    }
}

impl Finder<'_, '_, '_> {
    /// The parts of two types that are not the same, in order of where they lie. There are none of
    /// types that have none, are of different kinds or have too many to be compared.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn parts(&mut self, old: Id<Old>, new: Id<Kernel>) -> btf::Result<Vec<PartChange>> {
        let kinds = (self.both.old.kind(old), self.both.new.kind(new));
        match kinds {
            (Some(a), Some(b)) if a.is_composite() && b.is_composite() => self.members(old, new),
            (Some(a), Some(b)) if a.is_enum() && b.is_enum() => Ok(self.values(old, new)),
            _ => Ok(Vec::new()),
        }
    }

    fn members(&mut self, old: Id<Old>, new: Id<Kernel>) -> btf::Result<Vec<PartChange>> {
        let ours = members(self.both.old, old, self.left);
        let theirs = members(self.both.new, new, self.left);
        let (Some(ours), Some(theirs)) = (ours, theirs) else {
            return Ok(Vec::new());
        };
        let mut changes = Vec::new();
        for (a, b) in matched(&ours, &theirs, |m| m.name, |m| m.name) {
            let is_retyped = match (a, b) {
                (Some(a), Some(b)) => {
                    let equality = &mut self.equality;
                    !equality.are_equal(Depth::Own, a.of, b.of, false)?
                }
                _ => false,
            };
            let is_same = |a: &Member<'_, Old>, b: &Member<'_, Kernel>| {
                (a.bit, a.bits) == (b.bit, b.bits) && !is_retyped
            };
            if matches!((a, b), (Some(a), Some(b)) if is_same(a, b)) {
                continue;
            }
            let name = a.map(|a| a.name).or(b.map(|b| b.name)).unwrap_or_default();
            let at = b.map(|b| b.bit).or(a.map(|a| a.bit));
            let change = PartChange {
                name: name.escape_ascii().to_string(),
                old: a.map(|a| a.shape(self.both.old)),
                new: b.map(|b| b.shape(self.both.new)),
                is_retyped,
            };
            changes.push((at, change));
        }
        changes.sort_by_key(|(at, _)| *at);
        Ok(changes.into_iter().map(|(_, change)| change).collect())
    }

    fn values(&self, old: Id<Old>, new: Id<Kernel>) -> Vec<PartChange> {
        let (ours, theirs) = (values(self.both.old, old), values(self.both.new, new));
        let mut changes = Vec::new();
        for (a, b) in matched(&ours, &theirs, |v| v.0, |v| v.0) {
            if a == b {
                continue;
            }
            let shape = |value: &(&[u8], String)| Shape::Value {
                value: value.1.clone(),
            };
            changes.push(PartChange {
                name: a
                    .or(b)
                    .map_or(String::new(), |v| v.0.escape_ascii().to_string()),
                old: a.map(shape),
                new: b.map(shape),
                is_retyped: false,
            });
        }
        changes
    }
}

/// The members of one name of both, each once; at last those that only the second has. If there are
/// several of a name, the first belongs to the first.
fn matched<'m, A, B, N: Eq + std::hash::Hash>(
    ours: &'m [A],
    theirs: &'m [B],
    name: impl Fn(&'m A) -> N,
    other: impl Fn(&'m B) -> N,
) -> Vec<(Option<&'m A>, Option<&'m B>)> {
    let mut by_name: HashMap<N, Vec<usize>> = HashMap::new();
    for (at, b) in theirs.iter().enumerate().rev() {
        by_name.entry(other(b)).or_default().push(at);
    }
    let mut is_taken = vec![false; theirs.len()];
    let mut pairs = Vec::with_capacity(ours.len());
    for a in ours {
        let at = by_name.get_mut(&name(a)).and_then(Vec::pop);
        if let Some(taken) = at.and_then(|at| is_taken.get_mut(at)) {
            *taken = true;
        }
        pairs.push((Some(a), at.and_then(|at| theirs.get(at))));
    }
    let left = theirs.iter().zip(is_taken).filter(|(_, taken)| !taken);
    pairs.extend(left.map(|(b, _)| (None, Some(b))));
    pairs
}

/// The members of a struct or a union; [`None`] if there are too many in one another, or no steps left.
fn members<'a, S: Space>(
    btf: &Btf<'a, S>,
    id: Id<S>,
    left: &mut usize,
) -> Option<Vec<Member<'a, S>>> {
    let mut found = Vec::new();
    // What is in what: where it lies, and its next member.
    let mut stack = vec![(btf.record(id)?, 0u32, 0usize)];
    while let Some((record, from, next)) = stack.last_mut() {
        let Some(member) = record.member(*next) else {
            stack.pop();
            continue;
        };
        *left = left.checked_sub(1)?;
        *next += 1;
        let bit = from.saturating_add(member.place.bit);
        let name = btf.name(member.name).unwrap_or_default();
        if !name.is_empty() {
            found.push(Member {
                name,
                bit,
                bits: member.place.bits,
                of: member.type_id,
            });
        } else if let Some(inner) = member.type_id.and_then(|id| btf.record(id)) {
            if inner.kind().is_composite() && stack.len() < MAX_DEPTH {
                stack.push((inner, bit, 0));
            } else if inner.kind().is_composite() {
                return None;
            }
        }
    }
    Some(found)
}

/// The values of an enumeration.
fn values<'a, S: Space>(btf: &Btf<'a, S>, id: Id<S>) -> Vec<(&'a [u8], String)> {
    let Some(record) = btf.record(id) else {
        return Vec::new();
    };
    let is_signed = record.kind_flag();
    let values = record.values().map(|value| {
        let name = btf.name(value.name).unwrap_or_default();
        (name, number(value.value, is_signed))
    });
    values.collect()
}
