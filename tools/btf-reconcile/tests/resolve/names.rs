// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Names in symbols, and what looking for them costs.

use super::{
    adapter,
    kernel,
    run,
    symbols,
    Builder,
    Form,
    How,
    Kind,
    Module,
    Sections,
    Symbol,
    FIRST,
    FORMS,
    INT,
    OWN_TYPEDEF,
    TASK, //
};
use btf_reconcile::facade;

/// A counter is behind the last two underscores, a name may have some itself, and the linker may add
/// something.
#[test]
fn odd_names() {
    let names = [
        "a__b",
        "_x",
        "x_",
        "__x__",
        "a__1",
        "set__x",
        "kind__func",
        "x.isra.0",
        "\u{e9}",
    ];
    for form in FORMS {
        let module = Module::with(form, |b, int| {
            for name in names {
                b.composite(Kind::Struct, name, 4, &[("a", int, 0)]);
            }
        });
        for (nth, name) in (1..).zip(names) {
            for counter in ["0", "12", "1234", "7.llvm.123456", "7.123"] {
                let name = format!("struct__{name}__{counter}");
                let symbols = symbols(&[(&name, 0, 4)]);
                let ran = module.run((&[0], &symbols), How::default());
                let done = ran.result.unwrap();
                let id = done.ids[module.own(OWN_TYPEDEF + nth) as usize].unwrap();
                assert_eq!(done.slots.as_deref(), Some(&[id][..]), "{form:?} {name}");
            }
        }
    }
}

/// A symbol without a counter, or of another kind, tells nothing; what is under it is nobody's.
#[test]
fn names_that_are_none() {
    for name in [
        "func__first",
        "struct__",
        "struct____1",
        "func____1",
        "enum__colour__1",
        "fn__first__1",
        "struct_task__1",
        "",
        "__",
    ] {
        for form in FORMS {
            let symbols = symbols(&[(name, 0, 4)]);
            let ran = Module::new(form).run((&[0], &symbols), How::default());
            let done = ran.result.unwrap();
            assert_eq!(done.slots.as_deref().unwrap_or(&[0]), [0], "{name}");
            assert_eq!(done.resolved, 0);
        }
    }
    // A label is no symbol of a slot.
    let label = [Symbol {
        name: "struct__task__1".into(),
        at: 0,
        size: 4,
    }];
    let done = Module::new(Form::Whole).done((&[0], &label));
    assert_eq!(done.slots, Some(vec![0]));
}

/// Two symbols over one slot have to agree.
#[test]
fn two_names_over_one_slot() {
    for form in FORMS {
        let module = Module::new(form);
        let agreeing = symbols(&[("func__first__1", 0, 4), ("func__first__2", 0, 4)]);
        let (words, new) = module.words((&[0], &agreeing));
        assert_eq!(words, [new(FIRST)]);
        for other in ["func__second__2", "struct__first__2", "struct__task__2"] {
            let symbols = symbols(&[("func__first__1", 0, 4), (other, 0, 4)]);
            let ran = module.run((&[0], &symbols), How::default());
            assert!(ran.result.is_err(), "{other}");
        }
        // In a set, too.
        for (at, other) in [(4, "func__second__2"), (6, "func__first__2")] {
            let symbols = symbols(&[("set__s", 0, 8), ("func__first__1", 4, 4), (other, at, 4)]);
            let ran = module.run((&[0, 0], &symbols), How::default());
            assert!(ran.result.is_err(), "{other} at {at}");
        }
    }
}

/// A name that is longer than any is nobody's.
#[test]
fn long_names() {
    for (len, is_found) in [(200, true), (512, true), (513, false), (70_000, false)] {
        let name = "n".repeat(len);
        let symbols = symbols(&[(&format!("struct__{name}__1"), 0, 4)]);
        for form in [Form::Plain, Form::Whole] {
            let module = Module::with(form, |b, int| {
                b.composite(Kind::Struct, &name, 4, &[("a", int, 0)]);
            });
            let ran = module.run((&[0], &symbols), How::default());
            let slots = ran.result.unwrap().slots.unwrap_or(vec![0]);
            assert_eq!(slots[0] != 0, is_found, "{form:?} {len}");
        }
    }
}

/// Whatever symbols there are, all of what holds no id stays so in a module that is stripped of them.
#[test]
fn without_symbols_nothing_is_found() {
    for form in FORMS {
        let done = Module::new(form).done((&[0, 0, 1, 0].map(|_| 0), &[]));
        assert_eq!(done.slots.unwrap_or(vec![0; 4]), [0; 4]);
    }
}

/// Of the kernel's types of one name the first is found, however they stand.
#[test]
fn the_first_of_the_kernels() {
    let symbols = symbols(&[("struct__s__1", 0, 4), ("func__f__2", 4, 4)]);
    for count in [1u32, 2, 100, 512] {
        for sorted in [true, false] {
            let mut k = Builder::new();
            k.string(&"long".repeat(500));
            let proto = k.proto(0, &[]);
            if !sorted {
                k.int("zebra", 4, 1);
            }
            let funcs = if count > 100 { 1 } else { count };
            let of_func = k.next();
            for _ in 0..funcs {
                k.func("f", proto);
            }
            let of_struct = k.next();
            for size in 1..=count {
                k.strct("s", size);
            }
            let btf = Builder::split(&k).bytes();
            let sections = Sections {
                btf: Some(&btf),
                ids: Some((&[0, 0], &symbols)),
                ..Sections::default()
            };
            let kernel = k.bytes();
            let kernel = adapter::kernel(&kernel).unwrap();
            let done = adapter::run(&kernel, &sections, How::default())
                .result
                .unwrap();
            assert_eq!(
                done.slots,
                Some(vec![of_struct, of_func]),
                "{count} {sorted}"
            );
        }
    }
}

/// More of one name than are looked at: which is the first can't be told.
#[test]
fn more_of_a_name_than_are_looked_at() {
    let symbols = symbols(&[("struct__s__1", 0, 4)]);
    let mut k = Builder::new();
    for size in 1..=600 {
        k.strct("s", size);
    }
    let btf = Builder::split(&k).bytes();
    let sections = Sections {
        btf: Some(&btf),
        ids: Some((&[0], &symbols)),
        ..Sections::default()
    };
    let kernel = k.bytes();
    let kernel = adapter::kernel(&kernel).unwrap();
    let done = adapter::run(&kernel, &sections, How::default())
        .result
        .unwrap();
    assert_eq!(done.slots.unwrap_or(vec![0]), [0]);
}

/// Names cost what there are of them and of the module's types, and not the one times the other.
#[test]
fn the_cost_is_linear() {
    let cost = |types: u32, slots: u32| {
        let mut b = Builder::split(&kernel());
        for nth in 0..types {
            b.composite(Kind::Struct, &format!("s{nth:06}"), 4, &[("a", INT, 0)]);
        }
        let names: Vec<_> = (0..slots).map(|n| format!("struct__s{n:06}__1")).collect();
        let places: Vec<_> = (0..)
            .zip(&names)
            .map(|(n, s)| (s.as_str(), n * 4, 4))
            .collect();
        let (btf, symbols) = (b.bytes(), symbols(&places));
        let ids = vec![0; slots as usize];
        let sections = Sections {
            btf: Some(&btf),
            ids: Some((&ids, &symbols)),
            ..Sections::default()
        };
        let before = facade::steps();
        let done = run(&sections, How::default()).result.unwrap();
        assert_eq!(done.resolved as u32, types.min(slots));
        facade::steps() - before
    };
    for (types, slots) in [(1000, 1000), (10, 2000), (2000, 10)] {
        let (once, four_times) = (cost(types, slots), cost(4 * types, 4 * slots));
        assert!(four_times < once * 6, "{once} {four_times}");
    }
    assert_eq!(TASK, 2);
}
