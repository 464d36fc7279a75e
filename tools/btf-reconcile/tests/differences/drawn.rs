// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What holds of kernels drawn by lot: what is told to differ does, and the rest does not, as the
//! oracle has it.

use super::{
    common::{
        generate::{
            alone,
            Ids, //
        },
        oracle::{
            Equal,
            Kind,
            Types, //
        },
    },
    diff_of,
    line, //
};
use arbitrary::Unstructured;
use btf_reconcile::diff::Diff;
use proptest::{
    collection::vec,
    prelude::*, //
};
use std::collections::HashSet;

/// Whether two types of a name are one; functions and variables by what they are of.
fn are_one(equal: &mut Equal<'_>, kind: Kind, old: u32, new: u32) -> bool {
    if matches!(kind, Kind::Func | Kind::Var) {
        equal.equal_below(old, new)
    } else {
        equal.equal(old, new)
    }
}

/// Judges what is told of two kernels, in one direction.
fn judge(blobs: [&[u8]; 2]) -> Result<(), TestCaseError> {
    let [Some(old), Some(new)] = blobs.map(|blob| Types::read(blob, None)) else {
        return Ok(());
    };
    let Some(Diff { items, .. }) = diff_of(blobs) else {
        return Ok(());
    };
    let mut equal = Equal::between(&old, &new);
    let mut listed = [HashSet::new(), HashSet::new()];
    let mut retagged = [HashSet::new(), HashSet::new()];
    for item in &items {
        for (listed, version) in listed.iter_mut().zip([&item.old, &item.new]) {
            listed.extend(version.iter().map(|version| version.id));
        }
        if let (Some(a), Some(b)) = (&item.old, &item.new) {
            // Tags on functions are not a matter of equality.
            if a.tags != b.tags {
                retagged[0].insert(a.id);
                retagged[1].insert(b.id);
                continue;
            }
            let kinds = [old.get(a.id), new.get(b.id)].map(|found| found.unwrap().kind);
            let same = kinds[0] == kinds[1] && are_one(&mut equal, kinds[0], a.id, b.id);
            prop_assert!(!same, "{}", line(item));
        }
    }
    for (id, of) in old.iter() {
        let has_name =
            of.kind.goes_by_name() || matches!(of.kind, Kind::Typedef | Kind::Func | Kind::Var);
        if !has_name || of.name.is_empty() || of.kind == Kind::Fwd || retagged[0].contains(&id) {
            continue;
        }
        // What is not told is equal to something that is not told either; what is gone to nothing
        // that is new, unless that has another one already, of other tags.
        let gone = listed[0].contains(&id);
        let left = new.iter().filter(|(other, theirs)| {
            theirs.kind == of.kind
                && theirs.name == of.name
                && listed[1].contains(other) == gone
                && !retagged[1].contains(other)
        });
        let left: Vec<_> = left.map(|(other, _)| other).collect();
        let mut same = left
            .iter()
            .filter(|&&other| are_one(&mut equal, of.kind, id, other));
        let found = same.next().is_some();
        prop_assert_eq!(found, !gone, "{} {:?}", id, of);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Of two kernels of which one has most of what the other has.
    #[test]
    fn what_differs_is_told(bytes in vec(any::<u8>(), 0..4000)) {
        if let Ok(case) = alone(&mut Unstructured::new(&bytes), Ids::Resolved) {
            judge([&case.btf, &case.kernel])?;
            judge([&case.kernel, &case.btf])?;
        }
    }
}
