// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types are equal, found out in the plainest way: assume that all pairs are, and strike out
//! what differs until nothing changes.

use btf_reconcile::btf::{
    Kind,
    Locate,
    Pair,
    Record, //
};
use std::collections::HashSet;

/// The pairs of a split type and one of the base that are equal, all the way down. A type for which
/// `meant` gives one of the base is that one.
pub fn equal<L: Locate>(
    types: &Pair<'_, '_, L>,
    meant: impl Fn(u32) -> Option<u32>,
) -> HashSet<(u32, u32)> {
    // The kernel's own are in it too: a split type may refer to them.
    let all = || 1..types.split.end();
    let mut pairs: HashSet<(u32, u32, bool)> = all()
        .flat_map(|a| types.base.records().map(move |(b, _)| (a, b)))
        .flat_map(|(a, b)| [(a, b, false), (a, b, true)])
        .collect();
    loop {
        let before = pairs.len();
        let holds = pairs.clone();
        let is = |a| meant(a).unwrap_or(a);
        let holds = |a, b, below| is(a) == b || holds.contains(&(is(a), b, below));
        pairs.retain(|&(a, b, below)| are_equal(types, a, b, below, &holds));
        if pairs.len() == before {
            let split = |&(a, _, below): &(u32, u32, bool)| a >= types.split.first() && !below;
            return pairs
                .iter()
                .filter(|p| split(p))
                .map(|p| (p.0, p.1))
                .collect();
        }
    }
}

fn are_equal<L: Locate>(
    types: &Pair<'_, '_, L>,
    a: u32,
    b: u32,
    below: bool,
    pair: &impl Fn(u32, u32, bool) -> bool,
) -> bool {
    if a == b {
        return true;
    }
    let (Some(x), Some(y)) = (types.record(a), types.record(b)) else {
        return false;
    };
    if types.name(x.name_off) != types.name(y.name_off) {
        return false;
    }
    let declared = |r: &Record<'_>| match r.kind_flag() {
        true => Kind::Union,
        false => Kind::Struct,
    };
    match (x.kind(), y.kind()) {
        (Kind::Fwd, Kind::Fwd) => return x.kind_flag() == y.kind_flag(),
        (Kind::Fwd, other) => return below && other == declared(&x),
        (other, Kind::Fwd) => return below && other == declared(&y),
        (one, other) if one != other => return false,
        _ => {}
    }
    if x.vlen() != y.vlen() {
        return false;
    }
    match x.kind() {
        Kind::Struct | Kind::Union => {
            let mut members = x.members().zip(y.members());
            x.size_or_type == y.size_or_type
                && members.all(|(m, n)| {
                    types.name(m.name_off) == types.name(n.name_off)
                        && x.place(m.offset) == y.place(n.offset)
                        && pair(m.type_id, n.type_id, false)
                })
        }
        Kind::Enum | Kind::Enum64 => {
            let values = |r: &Record<'_>| {
                let values = r.values().map(|(name, value)| (types.name(name), value));
                values.collect::<Vec<_>>()
            };
            (x.kind_flag(), x.size_or_type, values(&x))
                == (y.kind_flag(), y.size_or_type, values(&y))
        }
        Kind::FuncProto => {
            let mut params = x.params().zip(y.params());
            pair(x.size_or_type, y.size_or_type, false)
                && params.all(|(m, n)| types.name(m.0) == types.name(n.0) && pair(m.1, n.1, false))
        }
        Kind::Array => match (x.array(), y.array()) {
            (Some((of, _, n)), Some((other, _, m))) => n == m && pair(of, other, false),
            _ => false,
        },
        Kind::Int | Kind::Float => (x.size_or_type, x.tail()) == (y.size_or_type, y.tail()),
        Kind::Ptr => pair(x.size_or_type, y.size_or_type, true),
        kind if kind.is_modifier() => pair(x.size_or_type, y.size_or_type, below),
        _ => false,
    }
}
