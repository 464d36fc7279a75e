// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Members and values of a base reference, in whatever order they stand there.

mod common;

use btf_reconcile::{
    btf::{
        Decision,
        Id,
        Kind,
        Mapping,
        Reason,
        Section, //
    },
    facade,
};
use common::{
    builder::Builder,
    decide::planned, //
};

const FOUND: Decision = Decision::Mapped(Id::FIRST, Mapping::Exact);
const DIFFERS: Decision = Decision::Carried(Reason::Differs);

/// Elements in another order, the same at each run.
fn shuffled<T>(mut items: Vec<T>) -> Vec<T> {
    let mut seed = 1u32;
    for n in (1..items.len()).rev() {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        items.swap(n, (seed >> 8) as usize % (n + 1));
    }
    items
}

fn reversed<T>(mut items: Vec<T>) -> Vec<T> {
    items.reverse();
    items
}

/// Decides for the first type of a base reference.
fn decide(base: &Builder, kernel: &Builder) -> Decision {
    let mut split = Builder::split(base);
    split.ptr(1);
    planned(kernel, base, &split, Section::BaseRef, |_, _, _, plan| {
        plan.get(Id::FIRST).unwrap()
    })
}

/// Decides for a struct or union with these members.
fn members(kind: Kind, ours: &[(String, u32)], theirs: &[(String, u32)]) -> Decision {
    let build = |members: &[(String, u32)]| {
        let mut b = Builder::new();
        let members: Vec<_> = members
            .iter()
            .map(|(name, at)| (&name[..], 0, *at))
            .collect();
        b.composite(kind, "s", 4, &members);
        b
    };
    decide(&build(ours), &build(theirs))
}

/// Decides for an enumeration with these values.
fn values(ours: &[(String, u64)], theirs: &[(String, u64)], is_wide: bool) -> Decision {
    let build = |values: &[(String, u64)]| {
        let mut b = Builder::new();
        if is_wide {
            let values: Vec<_> = values.iter().map(|(name, n)| (&name[..], *n)).collect();
            b.enum64("e", &values);
        } else {
            let values = values.iter().map(|(name, n)| (&name[..], *n as u32));
            b.enumeration("e", 4, &values.collect::<Vec<_>>());
        }
        b
    };
    decide(&build(ours), &build(theirs))
}

fn named<T>(count: usize, at: impl Fn(u32) -> T) -> Vec<(String, T)> {
    (0..count as u32)
        .map(|n| (format!("element{n}"), at(n)))
        .collect()
}

#[test]
fn members_in_any_order_are_found() {
    for count in [2, 9, 10, 100, 1000] {
        for order in [reversed, shuffled] {
            let theirs = named(count, |n| n * 32);
            let ours = order(theirs.clone());
            assert_eq!(members(Kind::Struct, &ours, &theirs), FOUND, "{count}");
            // The kernel may have others, too.
            let some = ours[..count / 2].to_vec();
            assert_eq!(members(Kind::Struct, &some, &theirs), FOUND, "{count}");
            // And none is found that is not there.
            let mut other = ours.clone();
            other[count / 2].1 += 1;
            assert_eq!(members(Kind::Struct, &other, &theirs), DIFFERS, "{count}");
            let mut other = ours;
            other[count / 2].0 += "x";
            assert_eq!(members(Kind::Struct, &other, &theirs), DIFFERS, "{count}");
        }
    }
}

/// Members of a union stand at one place: only their names tell them apart.
#[test]
fn members_of_a_union_in_any_order_are_found() {
    for count in [9, 100, 1000] {
        let theirs = named(count, |_| 0);
        let mut ours = shuffled(theirs.clone());
        assert_eq!(members(Kind::Union, &ours, &theirs), FOUND, "{count}");
        ours.push(("another".into(), 0));
        assert_eq!(members(Kind::Union, &ours, &theirs), DIFFERS, "{count}");
    }
}

#[test]
fn values_in_any_order_are_found() {
    for count in [2, 9, 10, 100, 1000] {
        for (is_wide, more) in [(false, 0), (true, 1 << 40)] {
            let theirs = named(count, |n| u64::from(n) + more);
            let ours = shuffled(theirs.clone());
            assert_eq!(values(&ours, &theirs, is_wide), FOUND, "{count}");
            let mut other = ours.clone();
            other[count / 2].1 += 5000;
            assert_eq!(values(&other, &theirs, is_wide), DIFFERS, "{count}");
        }
    }
}

/// One name may stand for several members, and one value have several names.
#[test]
fn elements_that_share_a_name_or_a_value_are_found() {
    let theirs: Vec<_> = (0..20).map(|n| (String::new(), n * 32)).collect();
    let ours = shuffled(theirs.clone());
    assert_eq!(members(Kind::Struct, &ours, &theirs), FOUND);
    let theirs = named(20, |n| u64::from(n / 2));
    let ours = shuffled(theirs.clone());
    assert_eq!(values(&ours, &theirs, false), FOUND);
}

/// Of a bitfield its size belongs to its place.
#[test]
fn bitfields_are_told_apart_by_their_size() {
    let build = |sizes: [u32; 2]| {
        let mut b = Builder::new();
        let members = [("a", 0, sizes[0] << 24), ("b", 0, (sizes[1] << 24) | 8)];
        b.composite_flagged(Kind::Struct, true, "s", 4, &members);
        b
    };
    assert_eq!(decide(&build([3, 4]), &build([3, 4])), FOUND);
    assert_eq!(decide(&build([3, 4]), &build([3, 5])), DIFFERS);
}

/// Steps that it takes to find that many in the reverse order.
fn steps(count: usize) -> u64 {
    let theirs = named(count, |n| n * 32);
    let before = facade::steps();
    assert_eq!(
        members(Kind::Struct, &reversed(theirs.clone()), &theirs),
        FOUND
    );
    facade::steps() - before
}

#[test]
fn cost_is_little_more_than_linear() {
    let (few, many) = (steps(1000), steps(32_000));
    assert!(many < 64 * few, "{few} {many}");
}

/// Types that all look in vain among the members of a large one: there is an end to it, and what is
/// beyond it differs.
#[test]
fn cost_of_looking_in_vain_is_bounded() {
    let mut kernel = Builder::new();
    let theirs = named(2000, |n| n * 32);
    let theirs: Vec<_> = theirs
        .iter()
        .map(|(name, at)| (&name[..], 0, *at))
        .collect();
    kernel.composite(Kind::Struct, "s", 4, &theirs);
    let mut base = Builder::new();
    let (s, wrong) = (base.string("s"), base.string("wrong"));
    for _ in 0..50_000 {
        base.raw(s, Kind::Struct as u32, false, 1, 4, &[wrong, 0, 0]);
    }
    let before = facade::steps();
    assert_eq!(decide(&base, &kernel), DIFFERS);
    assert!(facade::steps() - before < 20_000_000);
}
