// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Slots in sets: which are counted, in which order, with which flags.

use super::{
    symbols,
    Builder,
    How,
    Module,
    Sym,
    Symbol,
    BOTH,
    FIRST,
    FORMS,
    MANY,
    OWN_BOTH,
    SECOND,
    TASK, //
};

/// A set of kfuncs: the second function, the first one, one that nobody has, one that the kernel has.
const KFUNCS: [Sym<'_>; 5] = [
    ("set8__kfuncs", 0, 40),
    ("func__second__1", 8, 4),
    ("func__first__2", 16, 4),
    ("func__nobody__3", 24, 4),
    ("func__kernels__4", 32, 4),
];

/// A set without flags: the same.
const PLAIN: [Sym<'_>; 5] = [
    ("set__s", 0, 20),
    ("func__second__1", 4, 4),
    ("func__first__2", 8, 4),
    ("func__nobody__3", 12, 4),
    ("func__kernels__4", 16, 4),
];

/// The id of the kernel's function of the last slot.
const KERNELS: u32 = BOTH + 1;

/// What comes of a set in each form, given the ids of the first and the second function in the module
/// as it came; `wanted` is given those of now.
#[track_caller]
fn each_form(
    symbols: &[Sym<'_>],
    ids: impl Fn(u32, u32) -> Vec<u32>,
    wanted: impl Fn(u32, u32) -> Vec<u32>,
) {
    let symbols: Vec<Symbol> = super::symbols(symbols);
    for form in FORMS {
        let module = Module::new(form);
        let ids = ids(module.own(FIRST), module.own(SECOND));
        let (words, new) = module.words((&ids, &symbols));
        let wanted = wanted(new(FIRST), new(SECOND));
        assert_eq!(words, wanted, "{form:?} {ids:?}");
    }
}

/// Each symbol is at its place then. What nobody has is not counted, nor is a function of the kernel
/// in a set of kfuncs: the kernel would refuse the set for it.
#[test]
fn a_set_that_counts_none_is_filled() {
    each_form(
        &KFUNCS,
        |_, _| vec![0, 1, 0, 20, 0, 10, 0, 30, 0, 40],
        |first, second| vec![2, 1, first, 10, second, 20, 0, 0, 0, 0],
    );
    each_form(
        &PLAIN,
        |_, _| vec![0; 5],
        |first, second| vec![3, KERNELS, first, second, 0],
    );
    // The flags of the set are whatever they are.
    each_form(
        &KFUNCS[..2],
        |_, _| vec![0, 0, 0, 7, 0, 0, 0, 0, 0, 0],
        |_, second| vec![1, 0, second, 7, 0, 0, 0, 0, 0, 0],
    );
}

/// Then its flags are as good as they were.
#[test]
fn a_set_of_which_nothing_is_found_is_left_alone() {
    let nobody = [
        ("set8__kfuncs", 0, 24),
        ("func__nobody__1", 8, 4),
        ("struct__first__2", 16, 4),
        ("set__s", 24, 8),
        ("func__nobody__3", 28, 4),
    ];
    let ids = [0, 1, 0, 20, 0, 10, 0, 0];
    each_form(&nobody, |_, _| ids.to_vec(), |_, _| ids.to_vec());
    // Without symbols in it there is no name to find anything by.
    let ids = [0, 1, 0, 20, 0, 10];
    each_form(&nobody[..1], |_, _| ids.to_vec(), |_, _| ids.to_vec());
}

#[test]
fn empty_sets() {
    let empty = [("set__f", 0, 4), ("set8__g", 4, 8)];
    each_form(&empty, |_, _| vec![0, 0, 1], |_, _| vec![0, 0, 1]);
}

/// Three slots, of which the first function has one.
const THREE: [Sym<'_>; 4] = [
    ("set8__kfuncs", 0, 32),
    ("func__second__1", 8, 4),
    ("func__first__2", 16, 4),
    ("func__many__3", 24, 4),
];

/// Which flags are whose is clear with one zero.
#[test]
fn one_zero_that_is_counted() {
    // The module's types keep their order.
    let many = |first| first + MANY - FIRST;
    each_form(
        &THREE,
        |first, _| vec![3, 1, 0, 20, first, 10, many(first), 30],
        |first, second| vec![3, 1, first, 10, second, 20, many(first), 30],
    );
}

#[test]
fn zeros_with_the_same_flags() {
    let symbols = symbols(&THREE);
    for form in FORMS {
        let module = Module::new(form);
        let ids = [3, 1, 0, 9, 0, 9, module.own(FIRST), 10];
        let (words, new) = module.words((&ids, &symbols));
        let wanted = [3, 1, new(FIRST), 10, new(SECOND), 9, new(MANY), 9];
        assert_eq!(words, wanted, "{form:?}");
    }
}

/// Sorting has mixed them: whose flags are whose can't be told.
#[test]
fn zeros_with_different_flags_are_left_alone() {
    let symbols = symbols(&THREE);
    for form in FORMS {
        let module = Module::new(form);
        let ids = [3, 1, 0, 8, 0, 9, module.own(FIRST), 10];
        let (words, new) = module.words((&ids, &symbols));
        assert_eq!(words, [3, 1, 0, 8, 0, 9, new(FIRST), 10], "{form:?}");
        // But those beside it are not.
        let done = module.done((&ids, &symbols));
        assert_eq!(done.resolved, 0);
    }
}

/// Where there are no flags there is nothing to mix up.
#[test]
fn zeros_without_flags() {
    each_form(
        &PLAIN[..4],
        |first, _| vec![4, 0, 0, 0, first],
        |first, second| vec![4, 0, 0, first, second],
    );
}

/// What nobody has keeps its zero, and stays counted: so `resolve_btfids` has left it.
#[test]
fn a_counted_zero_that_nobody_has_stays_counted() {
    let of_two = [
        ("set8__kfuncs", 0, 24),
        ("func__first__1", 8, 4),
        ("func__nobody__2", 16, 4),
    ];
    each_form(
        &of_two,
        |first, _| vec![2, 1, 0, 20, first, 10],
        |first, _| vec![2, 1, 0, 20, first, 10],
    );
    each_form(
        &of_two,
        |_, _| vec![2, 1, 0, 20, 0, 20],
        |first, _| vec![2, 1, 0, 20, first, 20],
    );
}

/// A set that types were left out of has forgotten their flags, and its symbols still name them.
#[test]
fn what_a_set_does_not_count_stays_out() {
    let two = [
        ("set8__kfuncs", 0, 24),
        ("func__second__1", 8, 4),
        ("func__first__2", 16, 4),
    ];
    each_form(
        &two,
        |first, _| vec![1, 1, first, 10, 0, 0],
        |first, _| vec![1, 1, first, 10, 0, 0],
    );
    each_form(
        &[
            ("set__s", 0, 12),
            ("func__second__1", 4, 4),
            ("func__first__2", 8, 4),
        ],
        |first, _| vec![1, first, 0],
        |first, _| vec![1, first, 0],
    );
    // A zero among those that it counts, too.
    each_form(
        &THREE,
        |first, _| vec![2, 1, 0, 8, first, 10, 0, 0],
        |first, _| vec![2, 1, 0, 8, first, 10, 0, 0],
    );
}

/// What is behind that may be anything, and makes no sense.
#[test]
fn what_is_behind_a_count_is_nothing() {
    let two = symbols(&[
        ("set8__kfuncs", 0, 24),
        ("func__second__1", 8, 4),
        ("func__first__2", 16, 4),
    ]);
    for form in FORMS {
        let module = Module::new(form);
        for behind in [[module.own(SECOND), 0], [0, 5], [u32::MAX, 0]] {
            let ids = [1, 1, module.own(FIRST), 10, behind[0], behind[1]];
            let ran = module.run((&ids, &two), How::default());
            assert!(ran.result.is_err(), "{form:?} {behind:?}");
        }
        for count in [3, u32::MAX] {
            let ran = module.run((&[count, 1, 0, 0, 0, 0], &two), How::default());
            assert!(ran.result.is_err(), "{form:?} {count}");
        }
    }
}

/// A set that counts more zeros than there are symbols left.
#[test]
fn zeros_whose_symbols_are_gone() {
    each_form(
        &[("set8__kfuncs", 0, 24), ("func__first__1", 16, 4)],
        |_, _| vec![2, 1, 0, 7, 0, 7],
        |first, _| vec![2, 1, 0, 7, first, 7],
    );
    each_form(
        &[("set8__kfuncs", 0, 24), ("func__first__1", 8, 4)],
        |_, _| vec![2, 1, 0, 6, 0, 7],
        |_, _| vec![2, 1, 0, 6, 0, 7],
    );
    // One that counts none knows at least where each is.
    each_form(
        &[("set8__kfuncs", 0, 24), ("func__first__1", 16, 4)],
        |_, _| vec![0, 1, 0, 6, 0, 7],
        |first, _| vec![1, 1, first, 7, 0, 0],
    );
}

/// The order is that of the new ids, and of one id that of the slots.
#[test]
fn one_function_twice() {
    each_form(
        &[
            ("set8__kfuncs", 0, 32),
            ("func__first__1", 8, 4),
            ("func__kernels__2", 16, 4),
            ("func__first__3", 24, 4),
        ],
        |_, _| vec![0, 1, 0, 3, 0, 2, 0, 1],
        |first, _| vec![2, 1, first, 3, first, 1, 0, 0],
    );
}

/// Types of any kind are in sets, such as a filter looks into.
#[test]
fn sets_of_types() {
    each_form(
        &[
            ("set__s", 0, 16),
            ("func__first__1", 4, 4),
            ("struct__task__2", 8, 4),
            ("typedef__nobody__3", 12, 4),
        ],
        |_, _| vec![0; 4],
        |first, _| vec![2, TASK, first, 0],
    );
}

/// What the kernel would refuse is left out, and what was found with it.
#[test]
fn what_is_left_out_is_not_found() {
    let symbols = symbols(&[
        ("func__b d__1", 0, 4),
        ("set8__kfuncs", 4, 32),
        ("func__b d__2", 12, 4),
        ("func__both__3", 20, 4),
        ("func__first__4", 28, 4),
    ]);
    for form in FORMS {
        let module = Module::with(form, |b: &mut Builder, int| {
            let proto = b.proto(int, &[]);
            b.func("b d", proto);
        });
        let ids = [0, 0, 1, 0, 1, 0, 2, 0, 3];
        let done = module.run((&ids, &symbols), How::default()).result.unwrap();
        assert!(done.is_mended, "{form:?}");
        let new = |nth| done.ids[module.own(nth) as usize].unwrap();
        let mut found = [(new(FIRST), 3), (new(OWN_BOTH), 2)];
        found.sort();
        let [(a, a_flags), (b, b_flags)] = found;
        let wanted = [0, 2, 1, a, a_flags, b, b_flags, 0, 0];
        assert_eq!(done.slots.unwrap(), wanted, "{form:?}");
        // Nothing is said to be found that is not there.
        assert_eq!(done.resolved, 2);
    }
}
