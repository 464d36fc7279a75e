// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Structs and unions of a size that their members fit into.

use super::pool::{
    bare,
    Pool, //
};
use crate::common::oracle::{
    Kind,
    Type, //
};

/// Bytes from which on nothing has a member's type.
const LARGE: u64 = 1 << 12;

/// Gives those from id `first` on a size that their members fit into, where they do not; what can't
/// be a member's type gives way to type `int`, which is an integer.
pub fn settle(pool: &mut Pool, first: u32, int: u32) {
    for id in first..pool.end() {
        if !settled(pool, id) {
            lay_out(pool, id, int);
        }
    }
}

/// Bytes of type `id`, if something can be of that type, and that is not too large.
fn bytes(pool: &Pool, id: u32) -> Option<u64> {
    let (mut at, mut count) = (id, 1);
    for _ in 0..100 {
        let of = (at != 0 && at < pool.end()).then(|| pool.get(at))?;
        let bytes: u64 = match of.kind {
            Kind::Ptr => 8,
            Kind::Array => {
                count *= of.elements[0].number;
                0
            }
            kind if kind.is_modifier() => 0,
            kind if kind.goes_by_name() && kind != Kind::Fwd => of.size.into(),
            _ => return None,
        };
        if count > LARGE || bytes * count > LARGE {
            return None;
        }
        if of.kind != Kind::Array && !of.kind.is_modifier() {
            return Some(bytes * count);
        }
        at = of.elements[0].id;
    }
    None
}

/// Whether a type's members have their places, if it has some.
fn settled(pool: &Pool, id: u32) -> bool {
    let of = pool.get(id);
    let fits = |m: &crate::common::oracle::Element| {
        let bits = match (bytes(pool, m.id), m.size) {
            (None, _) => return false,
            (Some(bytes), 0) => bytes * 8,
            (Some(_), bits) => bits.into(),
        };
        m.number + bits <= u64::from(of.size) * 8
    };
    !of.kind.is_composite() || of.elements.iter().all(fits)
}

/// Puts a type's members behind each other, or over each other.
fn lay_out(pool: &mut Pool, id: u32, int: u32) {
    let mut of: Type = pool.get(id).clone();
    let mut end = 0;
    let mut most = 0;
    for member in &mut of.elements {
        let room = bytes(pool, member.id).filter(|_| member.id != id);
        let room = room.unwrap_or_else(|| {
            member.id = int;
            pool.get(int).size.into()
        });
        member.number = if of.kind == Kind::Union { 0 } else { 8 * end };
        end += room;
        most = room.max(most);
    }
    let needed = if of.kind == Kind::Union { most } else { end };
    of.size = of.size.max(needed as u32);
    if needed > LARGE {
        of = Type {
            size: 8,
            name: of.name.clone(),
            ..bare(of.kind, "")
        };
    }
    *pool.get_mut(id) = of;
}
