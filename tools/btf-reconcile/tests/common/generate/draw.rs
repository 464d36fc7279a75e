// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Single types.

use super::{
    pool::{
        bare,
        element,
        int,
        Pool, //
    },
    Sound, //
};
use crate::common::oracle::{
    Kind,
    Type, //
};
use arbitrary::{
    Result,
    Unstructured, //
};

pub const NAMES: [&str; 6] = ["alpha", "beta", "gamma", "mu", "nu", "xi"];

/// Names of integers, some of them of one type.
pub const INTEGERS: [&str; 5] = [
    "int",
    "long long unsigned int",
    "unsigned long long",
    "long unsigned int",
    "alpha",
];

/// Kinds, those more often that matter more.
const KINDS: [Kind; 26] = [
    Kind::Int,
    Kind::Ptr,
    Kind::Ptr,
    Kind::Ptr,
    Kind::Struct,
    Kind::Struct,
    Kind::Struct,
    Kind::Union,
    Kind::Enum,
    Kind::Enum64,
    Kind::Fwd,
    Kind::Fwd,
    Kind::Typedef,
    Kind::Typedef,
    Kind::Const,
    Kind::Volatile,
    Kind::Restrict,
    Kind::Array,
    Kind::FuncProto,
    Kind::Func,
    Kind::Func,
    Kind::Var,
    Kind::Float,
    Kind::TypeTag,
    Kind::Datasec,
    Kind::DeclTag,
];

/// Adds up to `most` types, and an integer if there is none.
pub fn types(u: &mut Unstructured<'_>, pool: &mut Pool, most: u32, sound: Sound) -> Result<()> {
    if pool.ids(|_, t| t.kind == Kind::Int).is_empty() {
        pool.push(int("int", 4, true));
    }
    let first = pool.end();
    for _ in 0..u.int_in_range(0..=most)? {
        let kind = *u.choose(&KINDS)?;
        let nameless = match kind {
            Kind::Ptr | Kind::Const | Kind::Volatile | Kind::Restrict => true,
            Kind::Array | Kind::FuncProto => true,
            Kind::Struct | Kind::Union | Kind::Enum => u.ratio(1, 5)?,
            _ => false,
        };
        let name = match kind {
            _ if nameless => "",
            Kind::Int => u.choose(&INTEGERS)?,
            _ => u.choose(&NAMES)?,
        };
        pool.push(bare(kind, name));
    }
    for id in first..pool.end() {
        fill(u, pool, id, sound)?;
    }
    Ok(())
}

/// What a reference may lead to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// What can have a value.
    Value,
    /// The same, or `void`.
    Result,
    /// The same, or a prototype.
    Target,
    /// A type of this kind.
    One(Kind),
    /// Something that can have a tag.
    Declared,
}

impl Wanted {
    pub fn is(self, kind: Kind) -> bool {
        let value = !kind.is_own() && kind != Kind::FuncProto;
        match self {
            Wanted::Value | Wanted::Result => value,
            Wanted::Target => value || kind == Kind::FuncProto,
            Wanted::One(wanted) => kind == wanted,
            Wanted::Declared => matches!(kind, Kind::Struct | Kind::Func | Kind::Var),
        }
    }
}

/// Whether such a type leads to no other.
pub fn is_leaf(kind: Kind) -> bool {
    !is_around(kind) && !matches!(kind, Kind::Ptr | Kind::FuncProto)
}

/// Whether such a type has what it refers to inside.
pub fn is_around(kind: Kind) -> bool {
    kind.is_modifier() || kind.is_composite() || kind == Kind::Array
}

/// Draws something for type `id` to refer to; 0 if there is nothing.
pub fn pick(
    u: &mut Unstructured<'_>,
    pool: &Pool,
    id: u32,
    wanted: Wanted,
    sound: Sound,
) -> Result<u32> {
    if sound == Sound::No && u.ratio(1, 40)? {
        return u.arbitrary();
    }
    if sound != Sound::Yes && u.ratio(1, 8)? {
        return u.int_in_range(0..=pool.end() - 1);
    }
    let around = is_around(pool.get(id).kind);
    let ids = pool.ids(|other, t| {
        // Forward only to what is there by its name, and not inside of itself.
        let by_name = t.kind.is_composite() && !t.name.is_empty() && !around;
        wanted.is(t.kind) && (other < id || by_name || is_leaf(t.kind))
    });
    let or_void = matches!(wanted, Wanted::Result | Wanted::Target);
    if ids.is_empty() || or_void && u.ratio(1, 8)? {
        return Ok(0);
    }
    u.choose(&ids).copied()
}

/// Draws what a type is made of.
fn fill(u: &mut Unstructured<'_>, pool: &mut Pool, id: u32, sound: Sound) -> Result<()> {
    let mut of = pool.get(id).clone();
    let mut pick = |u: &mut Unstructured<'_>, wanted| pick(u, pool, id, wanted, sound);
    let size = *u.choose(&[4, 8, 16])?;
    match of.kind {
        Kind::Int => {
            let name = String::from_utf8_lossy(&of.name).into_owned();
            of = int(&name, size.min(8), u.ratio(1, 3)?);
        }
        Kind::Float => of.size = size,
        Kind::Fwd => of.flag = u.ratio(1, 4)?,
        Kind::Struct | Kind::Union => members(u, &mut of, size, &mut pick)?,
        Kind::Enum | Kind::Enum64 => values(u, &mut of, size)?,
        Kind::Array => {
            of.elements = vec![element("", pick(u, Wanted::Value)?, size.into())];
        }
        Kind::FuncProto => {
            of.elements = vec![element("", pick(u, Wanted::Result)?, 0)];
            for _ in 0..u.int_in_range(0..=2)? {
                let param = pick(u, Wanted::Value)?;
                of.elements.push(element(u.choose(&NAMES)?, param, 0));
            }
        }
        Kind::Datasec => {
            let variable = pick(u, Wanted::One(Kind::Var))?;
            of.size = size;
            of.elements = vec![element("", variable, 0)];
            of.elements[0].size = 4;
        }
        kind => {
            let wanted = match kind {
                Kind::Func => Wanted::One(Kind::FuncProto),
                Kind::Var => Wanted::Value,
                Kind::DeclTag => Wanted::Declared,
                _ => Wanted::Target,
            };
            let name = String::from_utf8_lossy(&of.name).into_owned();
            of = super::pool::reference(kind, &name, pick(u, wanted)?);
        }
    }
    let kind = of.kind;
    if kind == Kind::Array {
        // What that is means nothing: an integer.
        of.index = self::pick(u, pool, id, Wanted::One(Kind::Int), Sound::Yes)?;
    }
    let needs = matches!(
        kind,
        Kind::Func | Kind::Var | Kind::DeclTag | Kind::Datasec | Kind::Array
    );
    if needs && of.elements[0].id == 0 && sound == Sound::Yes {
        // There is nothing that it could be made of.
        of = Type {
            flag: false,
            ..bare(Kind::Fwd, if of.name.is_empty() { "xi" } else { "nu" })
        };
    }
    if sound == Sound::No && u.ratio(1, 40)? {
        of.name = vec![0];
    }
    *pool.get_mut(id) = of;
    Ok(())
}

/// Draws the members of a struct or union of at least this size.
fn members(
    u: &mut Unstructured<'_>,
    of: &mut Type,
    size: u32,
    pick: &mut impl FnMut(&mut Unstructured<'_>, Wanted) -> Result<u32>,
) -> Result<()> {
    of.flag = u.ratio(1, 4)?;
    let count = u.int_in_range(0..=4u32)?;
    of.size = size.max(count * 4);
    for nth in 0..count {
        let id = pick(u, Wanted::Value)?;
        if id == 0 {
            continue;
        }
        let name = if u.ratio(1, 6)? {
            ""
        } else {
            u.choose(&NAMES)?
        };
        let at = if of.kind == Kind::Union { 0 } else { 32 * nth };
        let mut member = element(name, id, at.into());
        if of.flag && u.arbitrary()? {
            member.size = u.int_in_range(1..=3)?;
        }
        of.elements.push(member);
    }
    Ok(())
}

/// Draws the values of an enumeration.
fn values(u: &mut Unstructured<'_>, of: &mut Type, size: u32) -> Result<()> {
    of.flag = u.ratio(1, 4)?;
    of.size = size.min(8);
    for nth in 0..u.int_in_range(0..=3u64)? {
        let high = u64::from(of.kind == Kind::Enum64) << 40;
        let sign = if of.flag && u.arbitrary()? {
            u64::MAX
        } else {
            0
        };
        let number = (high + nth) ^ sign;
        let number = if of.kind == Kind::Enum64 || of.flag {
            number
        } else {
            number & 0xffff_ffff
        };
        of.elements.push(element(u.choose(&NAMES)?, 0, number));
    }
    Ok(())
}
