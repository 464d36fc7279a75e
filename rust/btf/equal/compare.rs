// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Comparing two records, but for the types that they refer to.

use super::{
    difference::{
        Difference,
        Part, //
    },
    names::{
        are_same,
        Names, //
    },
};
use crate::btf::{
    number::{
        Id,
        Kernel,
        Off,
        Space, //
    },
    wire::{
        Kind,
        Record, //
    },
};

/// Compares two records. `below` is asked about the pairs of types that they refer to, in order and
/// up to the first that is not equal, and only if all else is the same.
///
/// Declarations and definitions differ here. What an array is indexed by means nothing.
#[inline(always)]
pub fn compare<'a, A: Space>(
    a: &Record<'a, A>,
    b: &Record<'a, Kernel>,
    ours: &Names<'a, A>,
    theirs: &Names<'a, Kernel>,
    mut below: impl FnMut(Option<Id<A>>, Option<Id<Kernel>>) -> bool,
) -> Option<Difference<'a>> {
    let kind = a.kind();
    // Most of all records say nothing but that.
    let is_plain = matches!(
        kind,
        Kind::Ptr | Kind::Const | Kind::Volatile | Kind::Restrict
    );
    if !(is_plain && a.info() == b.info() && a.name().is_none() && b.name().is_none()) {
        let difference = contents(a, b, ours, theirs);
        if difference.is_some() {
            return difference;
        }
    }
    match kind {
        Kind::Struct | Kind::Union => {
            for (m, n) in a.members().zip(b.members()) {
                if !below(m.type_id, n.type_id) {
                    return Some(Difference::Type(Part::Member, ours.name(m.name)));
                }
            }
            None
        }
        Kind::FuncProto => {
            if !below(a.target(), b.target()) {
                return Some(Difference::Type(Part::Parameter, &[]));
            }
            for (m, n) in a.params().zip(b.params()) {
                if !below(m.type_id, n.type_id) {
                    return Some(Difference::Type(Part::Parameter, ours.name(m.name)));
                }
            }
            None
        }
        Kind::Int | Kind::Float | Kind::Enum | Kind::Enum64 | Kind::Fwd => None,
        _ => {
            // What else gets here is an array, or refers to one type.
            let (x, y) = match (a.array(), b.array()) {
                (Some(a), Some(b)) => (a.of, b.of),
                _ => (a.target(), b.target()),
            };
            (!below(x, y)).then_some(Difference::Type(Part::Element, &[]))
        }
    }
}

/// Compares two records, but for the types that they refer to.
#[inline(never)]
fn contents<'a, A: Space>(
    a: &Record<'a, A>,
    b: &Record<'a, Kernel>,
    ours: &Names<'a, A>,
    theirs: &Names<'a, Kernel>,
) -> Option<Difference<'a>> {
    let difference = head(a, b, ours, theirs);
    if difference.is_some() {
        return difference;
    }
    match a.kind() {
        Kind::Struct | Kind::Union => members(a, b, ours, theirs),
        Kind::Enum | Kind::Enum64 => values(a, b, ours, theirs),
        Kind::FuncProto => params(a, b, ours, theirs),
        Kind::Array => elements(a, b),
        Kind::Int => (a.tail() != b.tail()).then_some(Difference::Encoding),
        kind @ (Kind::Func | Kind::Var | Kind::Datasec | Kind::DeclTag | Kind::Unknown) => {
            Some(Difference::Own(kind))
        }
        _ => None,
    }
}

/// Compares what all kinds have.
#[inline]
fn head<'a, A: Space>(
    a: &Record<'a, A>,
    b: &Record<'a, Kernel>,
    ours: &Names<'a, A>,
    theirs: &Names<'a, Kernel>,
) -> Option<Difference<'a>> {
    let kind = a.kind();
    if kind != b.kind() {
        return Some(Difference::Kind(b.kind()));
    }
    if !are_same(ours, a.name(), theirs, b.name()) {
        return Some(Difference::Name);
    }
    if kind.has_size() && a.size() != b.size() {
        return Some(Difference::Size(a.size(), b.size()));
    }
    if a.info() == b.info() {
        return None;
    }
    if a.vlen() != b.vlen() {
        return Some(Difference::Count(Part::of(kind), a.vlen(), b.vlen()));
    }
    // Structs and unions say with it how they tell places; elsewhere it is part of what they say:
    // of tags, for one, only those without it mean something to the verifier.
    if a.kind_flag() == b.kind_flag() || kind.is_composite() {
        return None;
    }
    Some(if kind.is_enum() {
        Difference::Encoding
    } else {
        Difference::Flag
    })
}

/// Compares the names of two parts.
#[inline(always)]
fn names<'a, A: Space>(
    part: Part,
    (ours, a): (&Names<'a, A>, Option<Off<A>>),
    (theirs, b): (&Names<'a, Kernel>, Option<Off<Kernel>>),
) -> Option<Difference<'a>> {
    if are_same(ours, a, theirs, b) {
        None
    } else {
        Some(Difference::Part(part, ours.name(a), theirs.name(b)))
    }
}

/// Compares names and places of members.
#[inline]
fn members<'a, A: Space>(
    a: &Record<'a, A>,
    b: &Record<'a, Kernel>,
    ours: &Names<'a, A>,
    theirs: &Names<'a, Kernel>,
) -> Option<Difference<'a>> {
    for (m, n) in a.members().zip(b.members()) {
        let difference = names(Part::Member, (ours, m.name), (theirs, n.name));
        if difference.is_some() {
            return difference;
        }
        let (here, there) = (m.place, n.place);
        if here.bit != there.bit {
            return Some(Difference::Place(ours.name(m.name), here.bit, there.bit));
        }
        if here.bits != there.bits {
            return Some(Difference::Bits(ours.name(m.name), here.bits, there.bits));
        }
    }
    None
}

/// Compares values of enumerations.
#[inline]
fn values<'a, A: Space>(
    a: &Record<'a, A>,
    b: &Record<'a, Kernel>,
    ours: &Names<'a, A>,
    theirs: &Names<'a, Kernel>,
) -> Option<Difference<'a>> {
    for (m, n) in a.values().zip(b.values()) {
        let difference = names(Part::Value, (ours, m.name), (theirs, n.name));
        if difference.is_some() {
            return difference;
        }
        if m.value != n.value {
            let (name, is_signed) = (ours.name(m.name), a.kind_flag());
            return Some(Difference::Value(name, m.value, n.value, is_signed));
        }
    }
    None
}

/// Compares names of parameters.
#[inline]
fn params<'a, A: Space>(
    a: &Record<'a, A>,
    b: &Record<'a, Kernel>,
    ours: &Names<'a, A>,
    theirs: &Names<'a, Kernel>,
) -> Option<Difference<'a>> {
    let mut pairs = a.params().zip(b.params());
    pairs.find_map(|(m, n)| names(Part::Parameter, (ours, m.name), (theirs, n.name)))
}

/// Compares numbers of elements of arrays.
#[inline]
fn elements<'a, A: Space>(a: &Record<'a, A>, b: &Record<'a, Kernel>) -> Option<Difference<'a>> {
    let (Some(a), Some(b)) = (a.array(), b.array()) else {
        return Some(Difference::Kind(Kind::Array));
    };
    (a.count != b.count).then_some(Difference::Count(Part::Element, a.count, b.count))
}
