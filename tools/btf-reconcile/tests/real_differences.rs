// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What became of types between two real kernels, which lie where `tests/real.rs` has them.

#[path = "common/testdata.rs"]
mod testdata;

use btf_reconcile::{
    base::{
        Kernel,
        Source, //
    },
    btf::Kind,
    diff::{
        Change,
        Count,
        Diff,
        Input,
        Item,
        Known,
        Modules, //
    },
    folders, //
};
fn open(which: &str) -> Option<Source> {
    let vmlinux = testdata::folder(which)?.join("vmlinux");
    Some(Source::open(vmlinux.to_str().unwrap()).unwrap())
}

fn diff(old: (&Kernel<'_>, &Source), new: (&Kernel<'_>, &Source)) -> Diff {
    Diff::new(vec![], input(old), input(new)).unwrap()
}

fn input<'i, 'k>((kernel, source): (&'i Kernel<'k>, &'i Source)) -> Input<'i, 'k> {
    Input {
        kernel,
        ids: source.ids(),
    }
}

fn all(diff: &Diff) -> Count {
    let mut all = Count::default();
    for count in diff.counts.values() {
        all.gone += count.gone;
        all.new += count.new;
        all.changed += count.changed;
        all.through += count.through;
        all.same += count.same;
    }
    all
}

/// Names of what met this fate, with what it is.
fn names(diff: &Diff, change: Change) -> Vec<String> {
    let those = diff.items.iter().filter(|item| item.change == change);
    let name = |item: &Item| format!("{} {}", item.what.name(), item.name);
    let mut names: Vec<_> = those.map(name).collect();
    names.sort();
    names
}

#[test]
fn what_is_gone_one_way_is_new_the_other() {
    let (Some(old), Some(new)) = (open("other"), open("running")) else {
        return;
    };
    let kernels = (old.kernel().unwrap(), new.kernel().unwrap());
    let (a, b) = ((&kernels.0, &old), (&kernels.1, &new));
    let (there, back) = (diff(a, b), diff(b, a));
    // Limits are far from what kernels have.
    let is_of_limits = |note: &String| note.starts_with("some types may be the same");
    assert!(!there.notes.iter().any(is_of_limits), "{:?}", there.notes);
    for (one, other) in [
        (Change::Gone, Change::New),
        (Change::New, Change::Gone),
        (Change::Changed, Change::Changed),
        (Change::Through, Change::Through),
    ] {
        assert_eq!(names(&there, one), names(&back, other), "{one:?}");
    }
    let (there_all, back_all) = (all(&there), all(&back));
    assert_eq!(there_all.same, back_all.same);
    assert!(there_all.same > there_all.changed + there_all.gone + there_all.new);
    for item in &there.items {
        match item.change {
            Change::Gone | Change::New => assert_eq!(item.first, None),
            Change::Changed => assert!(item.first.is_some(), "{item:?}"),
            Change::Through => assert!(item.through.is_some(), "{item:?}"),
        }
        if item.change == Change::Gone && !item.has_rivals {
            let kind = item.old.as_ref().unwrap().kind;
            let mut found = false;
            let _ = kernels
                .1
                .vmlinux
                .named_any(item.name.as_bytes(), |_, record| {
                    found |= record.kind().name() == kind;
                });
            assert!(!found, "{item:?}");
        }
    }
}

#[test]
fn a_kernel_is_itself() {
    let Some(source) = open("running") else {
        return;
    };
    let kernel = source.kernel().unwrap();
    // One more string, so that it is not the same byte for byte.
    let mut blob = kernel.blob.to_vec();
    let len = u32::from_ne_bytes(blob[20..24].try_into().unwrap()) + 2;
    blob[20..24].copy_from_slice(&len.to_ne_bytes());
    blob.extend_from_slice(b"x\0");
    let other = Kernel::new("", &blob).unwrap();
    let diff = diff((&kernel, &source), (&other, &source));
    assert!(diff.is_empty(), "{:?}", diff.items.first());
    let functions = kernel.vmlinux.btf.records();
    let functions = functions.filter(|(_, record)| record.kind() == Kind::Func);
    assert!(all(&diff).same > functions.count());
}

#[test]
fn modules_depend_on_what_their_kernel_has() {
    let (Some(old), Some(new)) = (open("other"), open("running")) else {
        return;
    };
    let kernels = (old.kernel().unwrap(), new.kernel().unwrap());
    let diff = diff((&kernels.0, &old), (&kernels.1, &new));
    let found =
        folders::modules(&[testdata::folder("other").unwrap().join("modules")], false).unwrap();
    let paths: Vec<_> = found.found.into_iter().map(|found| found.path).collect();
    let modules = Modules::new(&paths, &kernels.0, &diff);
    for known in [Known::Stale, Known::Unreadable] {
        assert_eq!(modules.known(known).count(), 0);
    }
    let used = diff.items.iter().zip(&modules.users);
    let used = used.filter(|(item, users)| item.change == Change::Changed && !users.is_empty());
    assert!(used.count() > 0);
    for (item, users) in diff.items.iter().zip(&modules.users) {
        assert!(users.is_empty() || item.old.is_some(), "{item:?}");
    }
}
