// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What comes of a module is a module: dealt with once more it stays as it is.

use super::{
    run,
    symbols,
    How,
    Module,
    Sections,
    FORMS, //
};
use btf_reconcile::btf::Unify;

#[test]
fn our_own_output_is_as_it_was() {
    let symbols = symbols(&[
        ("struct__task__1", 0, 4),
        ("struct__nobody__2", 4, 4),
        // Of which one is not counted.
        ("set8__kfuncs", 8, 32),
        ("func__second__3", 16, 4),
        ("func__nobody__4", 24, 4),
        ("func__first__5", 32, 4),
        // And here neither is.
        ("set8__nobody", 40, 24),
        ("func__nobody__6", 48, 4),
        ("func__nobody__7", 56, 4),
        ("set__s", 64, 12),
        ("struct__task__8", 68, 4),
        ("func__nobody__9", 72, 4),
    ]);
    let ids = [0, 0, 0, 1, 0, 5, 0, 6, 0, 7, 0, 1, 0, 3, 0, 4, 0, 0, 0];
    for form in FORMS {
        let module = Module::new(form);
        for unify in [Unify::Off, Unify::Base, Unify::All] {
            let how = How {
                strict: false,
                unify,
            };
            let once = module.run((&ids, &symbols), how).result.unwrap();
            let btf = once.btf.as_deref().unwrap_or(&module.btf);
            let slots = once.slots.as_deref().unwrap();
            assert_eq!(slots[2], 2);
            assert_eq!(slots[10..16], ids[10..16]);
            assert_eq!(slots[16], 1);
            let sections = Sections {
                btf: Some(btf),
                ids: Some((slots, &symbols)),
                ..Sections::default()
            };
            let twice = run(&sections, how);
            assert_eq!((twice.form, twice.verdict), ("plain", "fits"), "{form:?}");
            let twice = twice.result.unwrap();
            assert_eq!(twice.btf.as_deref().unwrap_or(btf), btf);
            assert_eq!(twice.slots.as_deref().unwrap_or(slots), slots);
            assert_eq!(twice.resolved, 0);
        }
    }
}

/// A set of which all was left out counts none, and its flags are gone: what its symbols name is not
/// found again with others.
#[test]
fn a_set_of_which_nothing_is_left() {
    let symbols = symbols(&[("set8__kfuncs", 0, 16), ("func__b d__1", 8, 4)]);
    for form in FORMS {
        let module = Module::with(form, |b, int| {
            let proto = b.proto(int, &[]);
            b.func("b d", proto);
        });
        let gone = module.own(super::OWN_TYPEDEF + 2);
        for id in [gone, 0] {
            let count = u32::from(id != 0);
            let ran = module.run((&[count, 1, id, 7], &symbols), How::default());
            let done = ran.result.unwrap();
            assert!(done.is_mended);
            let slots = done.slots.unwrap_or(vec![0, 1, 0, 7]);
            assert_eq!((slots[0], slots[1], slots[2]), (0, 1, 0), "{form:?}");
        }
    }
}
