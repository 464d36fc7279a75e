// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Types that are there once more, or nearly so.

use super::{
    draw::{
        is_around,
        is_leaf,
        Wanted,
        NAMES, //
    },
    pool::{
        bare,
        Pool, //
    }, //
};
use crate::common::oracle::{
    Kind,
    Type, //
};
use arbitrary::{
    Result,
    Unstructured, //
};
use std::collections::HashMap;

/// Adds a twin of one of the types, and of those that it leads to; half of the time one of them has
/// something changed.
pub fn add(u: &mut Unstructured<'_>, pool: &mut Pool) -> Result<()> {
    let named = pool.ids(|_, t| t.kind.is_composite() && !t.name.is_empty());
    if named.is_empty() {
        return Ok(());
    }
    let mut closure = vec![*u.choose(&named)?];
    let mut nth = 0;
    while let Some(&id) = closure.get(nth) {
        nth += 1;
        for to in pool.get(id).elements.iter().map(|e| e.id) {
            if to != 0 && !closure.contains(&to) && closure.len() < 10 {
                closure.push(to);
            }
        }
    }
    let new = duplicate(u, pool, &closure, (7, 8))?;
    if u.arbitrary()? {
        let id = *u.choose(&new)?;
        change(u, pool, id)?;
    }
    Ok(())
}

/// Adds copies of most types of the base.
pub fn copies(u: &mut Unstructured<'_>, pool: &mut Pool) -> Result<()> {
    let mut wanted = vec![];
    for id in 1..pool.first {
        if u.ratio(5, 6)? {
            wanted.push(id);
        }
    }
    for id in duplicate(u, pool, &wanted, (3, 4))? {
        let of = pool.get(id).clone();
        if of.kind.is_composite() && !of.name.is_empty() && u.ratio(1, 10)? {
            *pool.get_mut(id) = Type {
                name: of.name,
                flag: of.kind == Kind::Union,
                ..bare(Kind::Fwd, "")
            };
        } else if u.ratio(1, 16)? {
            change(u, pool, id)?;
        }
    }
    Ok(())
}

/// Adds duplicates of types, which refer to each other; but some references lead to the first ones.
fn duplicate(
    u: &mut Unstructured<'_>,
    pool: &mut Pool,
    ids: &[u32],
    linked: (u32, u32),
) -> Result<Vec<u32>> {
    let new: HashMap<u32, u32> = ids.iter().copied().zip(pool.end()..).collect();
    for &id in ids {
        let mut of = pool.get(id).clone();
        for element in &mut of.elements {
            if let Some(&to) = new.get(&element.id) {
                if u.ratio(linked.0, linked.1)? {
                    element.id = to;
                }
            }
        }
        pool.push(of);
    }
    Ok(ids.iter().map(|id| new[id]).collect())
}

/// Changes something in a type, into what may stand there.
pub fn change(u: &mut Unstructured<'_>, pool: &mut Pool, id: u32) -> Result<()> {
    let mut of = pool.get(id).clone();
    let name = u.choose(&NAMES)?.as_bytes().to_vec();
    let how = u.int_in_range(0..=3)?;
    // What is changed is mostly the last: a difference that comes late.
    let last = of.elements.len().saturating_sub(1);
    match of.kind {
        Kind::Int => of.rest[3] ^= 1,
        Kind::Fwd => of.flag ^= true,
        Kind::Float => of.size = if of.size == 4 { 8 } else { 4 },
        Kind::Array => of.elements[0].number += 1,
        Kind::Struct | Kind::Union | Kind::Enum | Kind::Enum64 if of.elements.is_empty() => {
            of.size = 8;
        }
        Kind::Struct | Kind::Union => match how {
            0 => of.size += 8,
            1 => of.elements[last].name = name,
            2 => drop(of.elements.pop()),
            _ => of.elements[last].id = other(u, pool, id, of.elements[last].id)?,
        },
        Kind::Enum | Kind::Enum64 => match how {
            0 => of.elements[last].number ^= 4,
            1 => of.elements[last].name = name,
            _ => drop(of.elements.pop()),
        },
        Kind::FuncProto if last > 0 && how == 0 => of.elements[last].name = name,
        Kind::DeclTag | Kind::Datasec => {}
        _ => of.elements[last].id = other(u, pool, id, of.elements[last].id)?,
    }
    *pool.get_mut(id) = of;
    Ok(())
}

/// Another type for type `id` to refer to in place of `to`. Nothing comes to be inside of itself, or
/// to lead to itself but by a name.
fn other(u: &mut Unstructured<'_>, pool: &Pool, id: u32, to: u32) -> Result<u32> {
    if to == 0 {
        return Ok(0);
    }
    let (from, kind) = (pool.get(id).kind, pool.get(to).kind);
    let ids = pool.ids(|_, t| {
        let same = t.kind == kind || Wanted::Value.is(kind) && Wanted::Value.is(t.kind);
        let by_name = t.kind.is_composite() && !t.name.is_empty() && !is_around(from);
        same && (by_name || is_leaf(t.kind))
    });
    if ids.is_empty() {
        return Ok(to);
    }
    u.choose(&ids).copied()
}
