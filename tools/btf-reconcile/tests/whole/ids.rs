// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Ids of BTF that stands on its own, where they were resolved.

use super::{
    done,
    kernel,
    run_sections,
    symbols,
    task,
    words,
    Builder,
    How,
    Ran,
    Sections,
    Symbol,
    TASK, //
};

/// Ids in [`module`].
const OWN_TASK: u32 = 2;
const FIRST: u32 = 5;
const SECOND: u32 = 6;
const END: u32 = 7;

fn module() -> Builder {
    let mut m = Builder::new();
    let int = m.int("int", 4, 1);
    assert_eq!(task(&mut m, int), OWN_TASK);
    let proto = m.proto(int, &[("task", OWN_TASK + 1)]);
    assert_eq!(m.func("first", proto), FIRST);
    assert_eq!(m.func("second", proto), SECOND);
    assert_eq!(m.next(), END);
    m
}

fn with_ids(ids: &[u32], symbols: &[Symbol]) -> Ran {
    let btf = module().bytes();
    let sections = Sections {
        btf: Some(&btf),
        ids: Some((ids, symbols)),
        ..Sections::default()
    };
    run_sections(&kernel(), &sections, How::default())
}

#[test]
fn ids_follow_their_types() {
    let symbols = symbols(&[
        ("struct__task__1", 0, 4),
        ("func__second__2", 4, 4),
        ("set8__kfuncs", 8, 24),
        ("func__first__3", 16, 4),
        ("func__second__4", 24, 4),
        ("set__both", 32, 12),
        ("func__first__5", 36, 4),
        ("struct__task__6", 40, 4),
    ]);
    let ids = [
        OWN_TASK, SECOND, 2, 1, FIRST, 7, SECOND, 8, 2, OWN_TASK, FIRST,
    ];
    let done = done(with_ids(&ids, &symbols));
    // The kernel's types, then the prototype.
    let first = kernel().next() + 1;
    let second = first + 1;
    let wanted = [TASK, second, 2, 1, first, 7, second, 8, 2, TASK, first];
    assert_eq!(done.slots.unwrap(), wanted);
    let rows: Vec<_> = done.rows.iter().map(|row| (row.old, row.new)).collect();
    assert_eq!(rows[0], (OWN_TASK, Some(TASK)));
    assert_eq!(rows[1], (SECOND, Some(second)));
}

#[test]
fn stale_ids_withhold_all_of_it() {
    let task = symbols(&[("struct__task__1", 0, 4)]);
    let union = symbols(&[("union__task__1", 0, 4)]);
    let set = symbols(&[("set__s", 0, 8), ("func__first__1", 4, 4)]);
    for (ids, symbols) in [
        // Beyond, of another kind, of another name; and those of the kernel's types.
        (&[END][..], &task),
        (&[0x000f_ffff], &task),
        (&[u32::MAX], &task),
        (&[kernel().next()], &task),
        (&[FIRST], &task),
        (&[OWN_TASK], &union),
        (&[1, SECOND], &set),
        (&[1, END], &set),
        // Without a symbol.
        (&[OWN_TASK, FIRST], &task),
        (&[OWN_TASK], &vec![]),
    ] {
        let ran = with_ids(ids, symbols);
        assert_eq!(words(&ran), ("whole", "stale"), "{ids:?}");
    }
    for ids in [&[2, FIRST][..], &[0, FIRST]] {
        let ran = with_ids(ids, &set);
        assert!(matches!(words(&ran).1, "stale" | "broken"), "{ids:?}");
    }
    // What is listed of it then are places.
    assert_eq!(with_ids(&[END], &task).lost, [0]);
}

/// What was never resolved is, and the rest follows.
#[test]
fn some_may_be_resolved_and_others_not() {
    let symbols = symbols(&[
        ("func__first__1", 0, 4),
        ("struct__task__2", 4, 4),
        ("func__second__3", 8, 4),
    ]);
    let done = done(with_ids(&[FIRST, 0, 0], &symbols));
    let first = kernel().next() + 1;
    assert_eq!(done.slots.unwrap(), [first, TASK, first + 1]);
}
