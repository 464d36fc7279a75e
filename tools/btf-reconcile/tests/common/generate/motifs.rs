// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Shapes that single types hardly ever come to have.

use super::{
    draw::NAMES,
    pool::{
        array,
        composite,
        element,
        int,
        reference,
        Pool, //
    }, //
};
use crate::common::oracle::Kind;
use arbitrary::{
    Result,
    Unstructured, //
};

/// Adds some to a kernel.
pub fn add(u: &mut Unstructured<'_>, pool: &mut Pool) -> Result<()> {
    if u.ratio(1, 3)? {
        ring(u, pool)?;
    }
    if u.ratio(1, 3)? {
        deep(u, pool)?;
    }
    if u.ratio(1, 6)? {
        wide(u, pool)?;
    }
    if u.ratio(1, 4)? {
        several(u, pool)?;
    }
    Ok(())
}

/// Adds structs that point to each other.
fn ring(u: &mut Unstructured<'_>, pool: &mut Pool) -> Result<()> {
    let first = pool.end();
    let count = u.int_in_range(1..=3)?;
    for nth in 0..count {
        // A struct and the pointer in it, which leads to the next.
        let name = u.choose(&NAMES)?;
        let member = element(u.choose(&NAMES)?, first + 2 * nth + 1, 0);
        pool.push(composite(Kind::Struct, name, 8, vec![member]));
        let next = first + 2 * ((nth + 1) % count);
        pool.push(reference(Kind::Ptr, "", next));
    }
    Ok(())
}

/// Adds a struct that leads to others, through a pointer each.
fn deep(u: &mut Unstructured<'_>, pool: &mut Pool) -> Result<()> {
    let mut to = pool.push(int("int", 4, u.arbitrary()?));
    for (nth, name) in NAMES.iter().take(u.int_in_range(2..=5)?).enumerate() {
        let members = vec![element("next", to, 0)];
        let of = pool.push(composite(Kind::Struct, name, 16, members));
        to = match nth % 3 {
            0 => pool.push(reference(Kind::Const, "", of)),
            _ => of,
        };
        to = pool.push(reference(Kind::Ptr, "", to));
    }
    Ok(())
}

/// Adds a struct with many members of types that have no name.
fn wide(u: &mut Unstructured<'_>, pool: &mut Pool) -> Result<()> {
    let to = u.int_in_range(0..=pool.end() - 1)?;
    let pointer = pool.push(reference(Kind::Ptr, "", to));
    let count = u.int_in_range(60..=80)?;
    let members = (0..count).map(|nth| element(["a", "b"][nth % 2], pointer, 64 * nth as u64));
    let members = members.collect();
    pool.push(composite(Kind::Struct, "mu", 8 * count as u32, members));
    Ok(())
}

/// Adds several types of one name, some of which differ.
fn several(u: &mut Unstructured<'_>, pool: &mut Pool) -> Result<()> {
    let name = u.choose(&NAMES)?;
    let kind = *u.choose(&[Kind::Struct, Kind::Union])?;
    for _ in 0..u.int_in_range(2..=6)? {
        let size = if u.ratio(1, 6)? { 16 } else { 8 };
        let member = element(if u.ratio(1, 8)? { "b" } else { "a" }, 1, 0);
        pool.push(composite(kind, name, size, vec![member]));
    }
    Ok(())
}

/// Lets a module hold one of its base's types by value, a number of arrays, typedefs and qualifiers
/// in between; or only point to what is so made.
pub fn hold(u: &mut Unstructured<'_>, pool: &mut Pool) -> Result<()> {
    let first = pool.first;
    let bases = pool.ids(|id, t| id < first && t.kind.is_composite());
    let ints = pool.ids(|_, t| t.kind == Kind::Int);
    let (Some(&index), false, true) = (ints.first(), bases.is_empty(), u.ratio(2, 3)?) else {
        return Ok(());
    };
    let mut of = *u.choose(&bases)?;
    let links = *u.choose(&[0, 1, 2, 5, 31, 32, 33, 64, 70])?;
    let arrays = u.int_in_range(1..=16)?;
    for nth in 0..links {
        let link = match nth % arrays {
            0 => array(of, index, 1),
            nth if nth % 3 == 1 => reference(Kind::Const, "", of),
            nth if nth % 3 == 2 => reference(Kind::Volatile, "", of),
            _ => reference(Kind::Typedef, "nu", of),
        };
        of = pool.push(link);
    }
    let holder = match u.int_in_range(0..=5)? {
        0 => composite(Kind::Struct, "xi", 16, vec![element("it", of, 0)]),
        1 => composite(Kind::Union, "", 16, vec![element("", of, 0)]),
        2 => reference(Kind::Var, "nu", of),
        3 => {
            let mut proto = reference(Kind::FuncProto, "", of);
            proto.elements.push(element("it", index, 0));
            proto
        }
        4 => {
            let mut proto = reference(Kind::FuncProto, "", 0);
            proto.elements.push(element("it", of, 0));
            proto
        }
        _ => reference(Kind::Ptr, "", of),
    };
    pool.push(holder);
    Ok(())
}
