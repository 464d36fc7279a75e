// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether anything is to be said against a reading of BTF that does not say what it is split from.

use super::wire::{
    Element,
    Kind,
    Type,
    Types, //
};
use std::collections::HashSet;

/// Bytes of a pointer.
const POINTER: u64 = 8;

/// What a module is known to have.
#[derive(Clone, Copy)]
pub struct Known<'k> {
    /// The names of its functions; [`None`] if these are not known.
    pub functions: Option<&'k [Vec<u8>]>,
}

/// The room that a type takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Nothing can be of this type.
    None,
    /// It is inside of itself.
    Endless,
    /// More bytes than anything can have.
    TooLarge,
    /// So many bytes.
    Bytes(u64),
    /// An integer, so many bits of which are in use.
    Integer { bytes: u64, bits: u64 },
}

/// Whether nothing is to be said against `types`, those of its base not counted.
pub fn fits(types: &Types<'_>, known: Known<'_>) -> bool {
    types.are_named_well() && types.iter().all(|(_, of)| is_good(types, of, known))
}

/// Whether a type is made of what it can be made of.
fn is_good(types: &Types<'_>, of: &Type, known: Known<'_>) -> bool {
    let leads = |id: u32, or_void: bool, to: &dyn Fn(Kind) -> bool| match types.get(id) {
        Some(of) => to(of.kind),
        None => id == 0 && or_void,
    };
    let first = of.elements.first().map_or(0, |e| e.id);
    let rest = of.elements.iter().skip(1);
    let or_proto = |kind| is_value(kind) || kind == Kind::FuncProto;
    match of.kind {
        Kind::Ptr => leads(first, true, &or_proto),
        kind if kind.is_modifier() => leads(first, true, &or_proto),
        Kind::Array => {
            leads(first, false, &is_value)
                && room(types, first) != Room::Endless
                && matches!(room(types, of.index), Room::Integer { .. })
        }
        Kind::Struct | Kind::Union => of.elements.iter().all(|m| member_fits(types, of, m)),
        Kind::Func => leads(first, false, &|k| k == Kind::FuncProto) && has(known, &of.name),
        Kind::FuncProto => {
            leads(first, true, &is_value)
                && rest
                    .into_iter()
                    .all(|param| leads(param.id, true, &is_value))
        }
        Kind::Var => leads(first, false, &is_value),
        Kind::Datasec => {
            let mut variables = of.elements.iter();
            variables.all(|v| leads(v.id, false, &|k| k == Kind::Var))
        }
        Kind::DeclTag => leads(first, false, &is_declared),
        _ => true,
    }
}

/// Whether a member has its place inside of what it is in.
fn member_fits(types: &Types<'_>, of: &Type, member: &Element) -> bool {
    let bits = match room(types, member.id) {
        Room::None | Room::Endless => return false,
        _ if member.size != 0 => member.size.into(),
        Room::TooLarge => u64::MAX,
        Room::Bytes(bytes) => bytes * 8,
        Room::Integer { bits, .. } => bits,
    };
    member.number.saturating_add(bits) <= u64::from(of.size) * 8
}

/// The room that type `id` takes.
pub fn room(types: &Types<'_>, id: u32) -> Room {
    let mut seen = HashSet::new();
    let (mut at, mut times) = (id, vec![]);
    let mut room = loop {
        let Some(of) = types.get(at) else {
            break Room::None;
        };
        if !seen.insert(at) {
            break Room::Endless;
        }
        match of.kind {
            Kind::Array => times.push(of.elements[0].number),
            kind if kind.is_modifier() => {}
            Kind::Ptr => break Room::Bytes(POINTER),
            Kind::Int => {
                let [bits, _, offset, _] = number(&of.rest).to_le_bytes();
                break Room::Integer {
                    bytes: of.size.into(),
                    bits: u64::from(bits) + u64::from(offset),
                };
            }
            Kind::Float => break Room::Bytes(of.size.into()),
            kind if kind.is_composite() || kind.is_enum() => break Room::Bytes(of.size.into()),
            _ => break Room::None,
        }
        at = of.elements[0].id;
    };
    // From the inside to the outside.
    while let Some(count) = times.pop() {
        room = match room {
            Room::Bytes(bytes) | Room::Integer { bytes, .. } => match bytes * count {
                all if all > u32::MAX.into() => Room::TooLarge,
                all => Room::Bytes(all),
            },
            other => other,
        };
    }
    room
}

fn number(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |b| u32::from_ne_bytes(*b))
}

/// Whether the module has a function of this name, as far as is known.
fn has(known: Known<'_>, name: &[u8]) -> bool {
    let Some(functions) = known.functions else {
        return true;
    };
    let has = |name: &[u8]| functions.iter().any(|f| f == name);
    has(name) || name.strip_suffix(b"_impl").is_some_and(has)
}

/// Kinds that a value can be of.
fn is_value(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Func | Kind::FuncProto | Kind::Var | Kind::Datasec | Kind::DeclTag
    )
}

/// Kinds that a tag can be on.
fn is_declared(kind: Kind) -> bool {
    kind.is_composite()
        || kind.is_enum()
        || matches!(kind, Kind::Typedef | Kind::Func | Kind::Var | Kind::Fwd)
}
