// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What holds of every reconciled module, checked on one.

use super::words::{
    describe,
    NOT_THERE, //
};
use btf_reconcile::btf::{
    rewrite,
    Btf,
    Decision,
    Error,
    Locate,
    Mode,
    Pair,
    Plan,
    Section,
    Vmlinux, //
};

/// Reconciles a module and checks the result.
///
/// # Panics
///
/// If what should hold does not.
pub fn reconcile(kernel: &[u8], base: &[u8], split: &[u8], form: Section) -> Result<(), Error> {
    let vmlinux = Vmlinux::new(Btf::parse(kernel, Section::Vmlinux)?)?;
    let base = Btf::parse(base, form)?;
    let split = Btf::parse_split(split, &base)?;
    let plan = Plan::new(&vmlinux, &base, &split, Mode::Lenient)?;
    let strict = Plan::new(&vmlinux, &base, &split, Mode::Strict);
    assert_eq!(strict.is_ok(), plan.counts().carried == 0);
    let result = rewrite(&vmlinux.btf, &base, &split, &plan)?;

    // The result can be read, and is no larger than what went in and what was carried.
    let after = Btf::parse_split(&result.bytes, &vmlinux.btf)?;
    let (b, s, a) = (base.header(), split.header(), after.header());
    assert!(a.types.len() <= b.types.len() + s.types.len());
    assert!(a.strs.len() <= b.strs.len() + s.strs.len());
    let counts = plan.counts();
    assert_eq!(after.count(), split.count() + counts.carried + counts.moved);

    let before = Pair {
        base: &base,
        split: &split,
    };
    let after = Pair {
        base: &vmlinux.btf,
        split: &after,
    };
    // Nothing refers to a type or a string that there is not.
    for (id, _) in after.split.records() {
        let words = describe(&after, id, 6);
        assert!(!words.contains(NOT_THERE), "{words}");
    }
    // What a type says of itself has not changed, and no two became one.
    let mut seen = std::collections::HashSet::new();
    for id in 1..split.end() {
        let new = result.ids.get(id).expect("every type has a new id");
        assert!(new < after.split.end());
        match plan.get(id) {
            Some(Decision::Mapped(mapped, _)) => assert_eq!(new, mapped),
            _ => {
                assert!(seen.insert(new) && new >= vmlinux.btf.end());
                let words = |words: String| match form {
                    // A declaration there may be of an enumeration.
                    Section::BaseRef => words.replace("(ENUM ", "(STRUCT "),
                    _ => words,
                };
                assert_eq!(
                    words(describe(&before, id, 6)),
                    words(describe(&after, new, 6))
                );
            }
        }
    }
    assert_eq!(result.ids.get(split.end()), None);
    // Sorted stays sorted.
    if sorted(&before) {
        assert!(sorted(&after));
    }
    super::unified::check_on(&vmlinux, after.split)?;
    Ok(())
}

/// Whether the split types stand in order of their names.
pub fn sorted<L: Locate>(types: &Pair<'_, '_, L>) -> bool {
    let name = |r: btf_reconcile::btf::Record<'_>| types.name(r.name_off).unwrap_or(&[]).to_vec();
    let names: Vec<_> = types.split.records().map(|(_, r)| name(r)).collect();
    names.is_sorted()
}
