// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What holds of every module whose copies were unified, checked on one.

use super::{
    holds::sorted,
    words::{
        describe,
        NOT_THERE, //
    },
};
use btf_reconcile::btf::{
    unify,
    Btf,
    Copies,
    Error,
    Kind,
    Offsets,
    Pair,
    Section,
    Vmlinux, //
};

/// Unifies the copies in a module and checks the result. Gives how many nominal types and typedefs
/// were copies.
///
/// # Panics
///
/// If what should hold does not.
pub fn check(kernel: &[u8], split: &[u8]) -> Result<u32, Error> {
    let vmlinux = Vmlinux::new(Btf::parse(kernel, Section::Vmlinux)?)?;
    let split = Btf::parse_split(split, &vmlinux.btf)?;
    check_on(&vmlinux, &split)
}

/// The same, for what has been read already.
///
/// # Panics
///
/// If what should hold does not.
pub fn check_on(vmlinux: &Vmlinux<'_, Offsets>, split: &Btf<'_>) -> Result<u32, Error> {
    let copies = Copies::find(vmlinux, split)?;
    let result = unify(&copies)?;
    let after = Btf::parse_split(&result.bytes, &vmlinux.btf)?;
    assert!(after.header().types.len() <= split.header().types.len());
    assert!(after.header().strs.len() <= split.header().strs.len());
    let before = copies.types();
    let after = Pair {
        base: &vmlinux.btf,
        split: &after,
    };
    let mut next = split.first();
    for id in 0..split.end() {
        let new = result.ids.get(id).expect("every type has a new id");
        assert!(new < after.split.end());
        if id < split.first() {
            assert_eq!(id, new, "the kernel's types stay");
            continue;
        }
        let record = split.record(id).expect("it is there");
        match copies.kernels(id) {
            Some(kernels) => assert_eq!(new, kernels),
            // What nothing refers to any more and has no name.
            None if new == 0 => assert!(record.name_off == 0 || record.kind() == Kind::TypeTag),
            None => {
                assert_eq!(new, next, "types keep their order");
                next += 1;
            }
        }
        if new != 0 {
            // Nothing means anything else than it did, and nothing is lost.
            let words = describe(&after, new, 6);
            assert_same(&describe(before, id, 6), &words);
            assert!(!words.contains(NOT_THERE), "{words}");
        }
    }
    assert_eq!(next, after.split.end());
    assert_eq!(result.ids.get(split.end()), None);
    if sorted(before) {
        assert!(sorted(&after));
    }
    for (id, kernels, _) in copies.differing() {
        let kind = |r: Option<btf_reconcile::btf::Record<'_>>| r.map(|r| r.kind());
        assert!(result.ids.get(id).is_some_and(|new| new >= split.first()));
        assert_eq!(kind(split.record(id)), kind(vmlinux.btf.record(kernels)));
    }
    // Once more is no harm. It may find something: two of the kernel's types are the same if they
    // are spelled so, which is less than is asked of the module's.
    let again = Copies::find(vmlinux, after.split)?;
    unify(&again)?;
    Ok(copies.count())
}

/// Checks that two types are described the same, but for what equal ones may differ in: whether the
/// record of a struct may have bitfields, none of which is one; and whether what is declared is
/// defined.
fn assert_same(before: &str, after: &str) {
    let kind = |words: &str| words.split(' ').next().unwrap_or_default().to_owned();
    let composite = |words: &str| matches!(kind(words).as_str(), "FWD" | "STRUCT" | "UNION");
    if !composite(before) || !composite(after) {
        assert_eq!(before, after);
    } else if kind(before) == "FWD" || kind(after) == "FWD" {
        let name = |words: &str| words.split(" flag=").next().unwrap_or_default().to_owned();
        let name = |words: &str| name(words).split_once(' ').map(|(_, name)| name.to_owned());
        assert_eq!(name(before), name(after));
    } else {
        // Its own flag comes first; those of what is in it stay.
        let plain = |words: &str| {
            let (head, rest) = words.split_once(" flag=").unwrap_or((words, ""));
            let rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
            format!("{head} {rest}")
        };
        assert_eq!(plain(before), plain(after));
    }
}

/// Whether the types of a module by themselves and those of the kernel are equal, according to
/// [`super::equal`], just where they were found to be copies.
///
/// # Panics
///
/// If they are not.
pub fn check_against_all_pairs(kernel: &[u8], split: &[u8]) -> Result<(), Error> {
    let vmlinux = Vmlinux::new(Btf::parse(kernel, Section::Vmlinux)?)?;
    let split = Btf::parse_split(split, &vmlinux.btf)?;
    let copies = Copies::find(&vmlinux, &split)?;
    let equal = super::equal::equal(copies.types(), |id| {
        let declares = split.record(id).is_some_and(|r| r.kind() == Kind::Fwd);
        copies.kernels(id).filter(|_| declares)
    });
    for (id, record) in split.records() {
        let nominal = matches!(
            record.kind(),
            Kind::Int | Kind::Float | Kind::Struct | Kind::Union | Kind::Enum | Kind::Enum64
        );
        let opaque = record.vlen() == 0
            && !matches!(record.kind(), Kind::Int | Kind::Float)
            && record.size_or_type != 0;
        if !nominal || opaque || record.name_off == 0 {
            continue;
        }
        let kind = |id| vmlinux.btf.record(id).map(|r| r.kind());
        let theirs = equal.iter().filter(|p| p.0 == id).map(|p| p.1);
        let theirs: std::collections::BTreeSet<u32> = theirs
            .filter(|&new| kind(new) == Some(record.kind()))
            .collect();
        // Of several that are not the same none is taken.
        if copies.kernels(id).is_some() || theirs.len() < 2 {
            let words = describe(copies.types(), id, 6);
            assert_eq!(copies.kernels(id), theirs.first().copied(), "{words}");
        }
    }
    Ok(())
}
