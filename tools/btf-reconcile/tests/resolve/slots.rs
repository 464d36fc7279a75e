// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Slots that are in no set.

use super::{
    kernel,
    run,
    symbols,
    Builder,
    Form,
    How,
    Module,
    Sections,
    BOTH,
    EITHER,
    FIRST,
    FORMS,
    MANY,
    OWN,
    OWN_BOTH,
    OWN_SHARED,
    OWN_TYPEDEF,
    OWN_UNION,
    PID,
    SECOND,
    SHARED,
    TASK,
    TWICE, //
};
use btf_reconcile::btf::Unify;

/// What is found for one slot: a type of the kernel, one of the module's own, nothing.
#[derive(Clone, Copy, Debug)]
enum Found {
    Kernels(u32),
    Own(u32),
    Nothing,
}

use Found::*;

const NAMES: [(&str, Found); 22] = [
    ("struct__task__1", Kernels(TASK)),
    ("union__either__2", Kernels(EITHER)),
    ("typedef__pid_t__3", Kernels(PID)),
    ("func__kernels__4", Kernels(BOTH + 1)),
    // The module's own first.
    ("func__both__5", Own(OWN_BOTH)),
    ("func__first__6", Own(FIRST)),
    // The kernel's first.
    ("struct__shared__7", Kernels(SHARED)),
    ("struct__own__8", Own(OWN)),
    ("union__own_union__9", Own(OWN_UNION)),
    ("typedef__own_t__10", Own(OWN_TYPEDEF)),
    // Of several the first.
    ("struct__twice__11", Kernels(TWICE)),
    ("func__many__12", Own(MANY)),
    // What has the name is of another kind, or is only declared.
    ("union__task__13", Nothing),
    ("struct__either__14", Nothing),
    ("struct__pid_t__15", Nothing),
    ("typedef__task__16", Nothing),
    ("func__task__17", Nothing),
    ("struct__declared__18", Nothing),
    ("struct__colour__19", Nothing),
    ("struct__int__20", Nothing),
    ("typedef__int__21", Nothing),
    ("func__nobody__22", Nothing),
];

#[test]
fn each_is_found_by_its_name() {
    let names: Vec<_> = (0..)
        .step_by(4)
        .zip(NAMES)
        .map(|(at, n)| (n.0, at, 4))
        .collect();
    let symbols = symbols(&names);
    let ids = vec![0; NAMES.len()];
    for form in FORMS {
        let module = Module::new(form);
        let (words, new) = module.words((&ids, &symbols));
        for ((name, found), word) in NAMES.into_iter().zip(words) {
            let wanted = match found {
                Kernels(id) => id,
                Own(nth) => new(nth),
                Nothing => 0,
            };
            assert_eq!(word, wanted, "{form:?} {name}");
        }
    }
}

/// Which of them were found is told.
#[test]
fn what_was_found_is_told() {
    let symbols = symbols(&[
        ("struct__task__1", 0, 4),
        ("func__nobody__2", 4, 4),
        ("func__first__3", 8, 4),
        ("struct__twice__4", 12, 4),
        ("func__many__5", 16, 4),
    ]);
    for form in FORMS {
        let module = Module::new(form);
        let done = module.done((&[0, 0, module.own(FIRST), 0, 0], &symbols));
        let rows: Vec<_> = done
            .rows
            .iter()
            .map(|row| (row.name.as_str(), row.is_resolved, row.has_rivals))
            .collect();
        assert_eq!(
            rows,
            [
                ("task", true, false),
                ("nobody", false, false),
                ("first", false, false),
                ("twice", true, true),
                ("many", true, true),
            ]
        );
        assert_eq!(done.resolved, 3);
        assert_eq!(done.missing, ["nobody"]);
        let (nobody, first) = (&done.rows[1], &done.rows[2]);
        assert_eq!((nobody.old, nobody.new), (0, Some(0)));
        assert_eq!(first.old, module.own(FIRST));
    }
}

#[test]
fn what_holds_an_id_is_not_touched() {
    // Of several of one name another one than would be found; and ids of the kernel's.
    let symbols = symbols(&[
        ("func__many__1", 0, 4),
        ("func__many__2", 4, 4),
        ("func__both__3", 8, 4),
    ]);
    for form in FORMS {
        let module = Module::new(form);
        let of_kernel = if form == Form::Plain {
            BOTH
        } else {
            module.own(OWN_BOTH)
        };
        let ids = [module.own(MANY + 1), 0, of_kernel];
        let (words, new) = module.words((&ids, &symbols));
        let kept = if form == Form::Plain {
            BOTH
        } else {
            new(OWN_BOTH)
        };
        assert_eq!(words, [new(MANY + 1), new(MANY), kept], "{form:?}");
    }
}

#[test]
fn one_name_in_several_slots() {
    let symbols = symbols(&[
        ("struct__task__1", 0, 4),
        ("struct__task__2", 4, 4),
        ("func__first__3", 8, 4),
        ("func__first__4", 12, 4),
    ]);
    for form in FORMS {
        let (words, new) = Module::new(form).words((&[0; 4], &symbols));
        assert_eq!(words, [TASK, TASK, new(FIRST), new(FIRST)]);
    }
}

/// `BTF_ID_UNUSED` leaves a word that no symbol is over.
#[test]
fn what_no_symbol_names_stays() {
    let symbols = symbols(&[("struct__task__1", 4, 4), ("func__first__2", 12, 4)]);
    for form in FORMS {
        let (words, new) = Module::new(form).words((&[0; 5], &symbols));
        assert_eq!(words, [0, TASK, 0, new(FIRST), 0]);
    }
}

/// A word without a symbol may be an id: then nothing can follow. In plain BTF nothing has to, and
/// what has a symbol is found.
#[test]
fn a_word_without_a_symbol_is_stale_where_it_would_have_to_change() {
    let symbols = symbols(&[("struct__task__1", 0, 4)]);
    for form in FORMS {
        let module = Module::new(form);
        let ran = module.run((&[0, module.own(FIRST)], &symbols), How::default());
        if form == Form::Plain {
            let done = ran.result.unwrap();
            assert_eq!(done.slots.unwrap(), [TASK, module.own(FIRST)]);
        } else {
            assert_eq!(ran.verdict, "stale");
        }
    }
}

/// Where nothing is found nothing changes.
#[test]
fn plain_btf_is_not_touched_for_nothing() {
    let symbols = symbols(&[
        ("struct__nobody__1", 0, 4),
        ("set__s", 4, 8),
        ("func__nobody__2", 8, 4),
    ]);
    let done = Module::new(Form::Plain).done((&[0, 0, 0], &symbols));
    assert_eq!((done.btf, done.slots), (None, None));
}

#[test]
fn withheld_btf_has_nothing_found() {
    let symbols = symbols(&[("struct__task__1", 0, 4), ("func__first__2", 4, 4)]);
    for form in FORMS {
        let module = Module::new(form);
        let ran = module.run((&[0, module.own(SECOND)], &symbols), How::default());
        assert_eq!(ran.verdict, "stale", "{form:?}");
        assert_eq!(ran.lost, [0, 4]);
    }
    // Plain BTF that fits no more.
    let mut split = Builder::split(&kernel());
    split.func("mine", TASK);
    let btf = split.bytes();
    let sections = Sections {
        btf: Some(&btf),
        ids: Some((&[0, 0], &symbols)),
        ..Sections::default()
    };
    let ran = run(&sections, How::default());
    assert_eq!(ran.verdict, "stale");
    assert_eq!(ran.lost, [0, 4]);
}

/// A module without BTF would have none to register anything with.
#[test]
fn a_module_without_btf_keeps_its_zeros() {
    let symbols = symbols(&[
        ("struct__task__1", 0, 4),
        ("set8__kfuncs", 4, 16),
        ("func__both__2", 12, 4),
    ]);
    let sections = Sections {
        ids: Some((&[0, 0, 1, 0, 7], &symbols)),
        ..Sections::default()
    };
    let done = run(&sections, How::default()).result.unwrap();
    assert_eq!((done.btf, done.slots, done.resolved), (None, None, 0));
}

/// One that has BTF of no types has it to be found in.
#[test]
fn btf_without_types_will_do() {
    let symbols = symbols(&[("struct__task__1", 0, 4), ("func__first__2", 4, 4)]);
    let btf = Builder::split(&kernel()).bytes();
    let sections = Sections {
        btf: Some(&btf),
        ids: Some((&[0, 0], &symbols)),
        ..Sections::default()
    };
    let done = run(&sections, How::default()).result.unwrap();
    assert_eq!((done.btf, done.slots), (None, Some(vec![TASK, 0])));
}

/// What is found is the type as it is in the end, whatever is unified.
#[test]
fn what_is_unified_is_found_where_it_went() {
    let symbols = symbols(&[
        ("struct__task__1", 0, 4),
        ("func__first__2", 4, 4),
        ("struct__own__3", 8, 4),
    ]);
    for form in FORMS {
        for unify in [Unify::Off, Unify::Base, Unify::All] {
            // Copies of the kernel's types in front of all that is its own.
            let module = Module::with(form, |b, int| {
                b.composite(super::Kind::Struct, "task", 4, &[("pid", int, 0)]);
            });
            let how = How {
                strict: false,
                unify,
            };
            let done = module.run((&[0; 3], &symbols), how).result.unwrap();
            let new = |nth| done.ids[module.own(nth) as usize].unwrap();
            let wanted = [TASK, new(FIRST), new(OWN)];
            assert_eq!(done.slots.unwrap(), wanted, "{form:?} {unify:?}");
            assert!(new(FIRST) >= kernel().next());
            // The copy itself is no other type than the kernel's, if it is unified.
            let copy = new(OWN_TYPEDEF + 1);
            let is_unified = match form {
                Form::Plain => unify == Unify::All,
                _ => unify != Unify::Off,
            };
            assert_eq!(copy == TASK, is_unified);
            assert_ne!(new(OWN_SHARED), SHARED);
        }
    }
}
