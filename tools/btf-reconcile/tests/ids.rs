// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What reconciling makes of `.BTF_ids`.

mod common;

use btf_reconcile::btf::{
    remap,
    rewrite,
    Btf,
    Fault,
    Kind,
    Marks,
    Mode,
    Pair,
    Place,
    Plan,
    Result,
    Section,
    Symbol,
    Vmlinux, //
};
use common::builder::Builder;

/// Ids of the module's types before reconciling: `task` of the base, two functions, a struct and
/// a typedef of its own.
const TASK: u32 = 1;
const FIRST: u32 = 4;
const SECOND: u32 = 5;
const OWN: u32 = 6;
const NUMBER: u32 = 7;

/// Remaps a section for a kernel on which the ids above become 2, 5, 6, 7 and 8.
fn remapped(section: &[u32], symbols: &[(&str, u32, u32)]) -> Result<(Vec<u32>, usize)> {
    let mut kernel = Builder::new();
    kernel.ptr(2);
    kernel.strct("task", 64);
    kernel.ptr(0);
    let mut base = Builder::new();
    base.strct("task", 64);
    let mut split = Builder::split(&base);
    split.ptr(TASK);
    split.proto(0, &[("t", 2)]);
    assert_eq!(split.func("first", 3), FIRST);
    assert_eq!(split.func("second", 3), SECOND);
    assert_eq!(split.strct("own", 8), OWN);
    assert_eq!(split.typedef("number_t", TASK), NUMBER);

    let (kernel, base, split) = (kernel.bytes(), base.bytes(), split.bytes());
    let vmlinux = Vmlinux::new(Btf::parse(&kernel, Section::Vmlinux)?)?;
    let base = Btf::parse(&base, Section::Base)?;
    let split = Btf::parse_split(&split, &base)?;
    let plan = Plan::new(&vmlinux, &base, &split, Mode::Lenient)?;
    let result = rewrite(&vmlinux.btf, &base, &split, &plan)?;
    let types = Pair {
        base: &base,
        split: &split,
    };
    let bytes: Vec<u8> = section.iter().flat_map(|w| w.to_ne_bytes()).collect();
    let mut symbols: Vec<_> = symbols
        .iter()
        .map(|&(name, at, size)| Symbol {
            name: name.as_bytes(),
            at,
            size,
        })
        .collect();
    let remapped = remap(&bytes, &mut symbols, &types, &result.ids)?;
    let words = remapped.bytes.chunks_exact(4);
    let words = words.map(|w| u32::from_ne_bytes(w.try_into().unwrap()));
    Ok((words.collect(), remapped.slots.len()))
}

fn new(old: u32) -> u32 {
    match old {
        TASK => 2,
        _ => old + 2,
    }
}

#[test]
fn list_of_every_kind() {
    let symbols = [
        ("__BTF_ID__typedef__number_t__5", 16, 4),
        ("__BTF_ID__struct__task__1", 0, 4),
        ("__BTF_ID__func__first__2", 4, 4),
        ("__BTF_ID__struct__own__3", 8, 4),
        // Never resolved, and a BTF_ID_UNUSED after it.
        ("__BTF_ID__func__gone__4", 12, 4),
    ];
    let (words, slots) = remapped(&[TASK, FIRST, OWN, 0, NUMBER, 0], &symbols).unwrap();
    assert_eq!(words, [new(TASK), new(FIRST), new(OWN), 0, new(NUMBER), 0]);
    assert_eq!(slots, 5);
}

#[test]
fn sets_are_sorted_again_flags_with_their_ids() {
    // The new ids of what the base has come before those of the module's own types, and in the
    // order of the kernel: nothing keeps the old order.
    let symbols = [
        ("__BTF_ID__set8__kfuncs", 0, 24),
        ("__BTF_ID__func__second__1", 8, 4),
        ("__BTF_ID__func__first__2", 16, 4),
        ("__BTF_ID__set__types", 24, 12),
        ("__BTF_ID__struct__own__3", 28, 4),
        ("__BTF_ID__struct__task__4", 32, 4),
    ];
    let section = [2, 1, SECOND, 20, FIRST, 10, 2, OWN, TASK];
    let (words, slots) = remapped(&section, &symbols).unwrap();
    assert_eq!(
        words,
        [
            2,
            1,
            new(FIRST),
            10,
            new(SECOND),
            20,
            2,
            new(TASK),
            new(OWN)
        ]
    );
    assert_eq!(slots, 4);
}

#[test]
fn symbol_in_a_set_marks_a_place_not_its_id() {
    let symbols = [
        ("__BTF_ID__set__f", 0, 12),
        ("__BTF_ID__func__second__1", 4, 4),
        ("__BTF_ID__func__first__2", 8, 4),
    ];
    let (words, _) = remapped(&[2, FIRST, SECOND], &symbols).unwrap();
    assert_eq!(words, [2, new(FIRST), new(SECOND)]);
}

#[test]
fn ids_of_other_btf_are_noticed() {
    let fault = |section: &[u32], symbols: &[(&str, u32, u32)]| {
        let error = remapped(section, symbols).unwrap_err();
        assert_eq!(error.section, Section::Ids);
        (error.place, error.fault)
    };
    let task = [("__BTF_ID__struct__task__1", 0, 4)];
    assert_eq!(fault(&[99], &task), (Place::Slot(0), Fault::SlotId(99)));
    assert_eq!(fault(&[OWN], &task), (Place::Slot(0), Fault::SlotName(OWN)));
    let union = [("__BTF_ID__union__task__1", 0, 4)];
    assert_eq!(fault(&[TASK], &union).1, Fault::SlotName(TASK));
    let set = [
        ("__BTF_ID__set__f", 0, 8),
        ("__BTF_ID__func__second__1", 4, 4),
    ];
    assert_eq!(fault(&[1, FIRST], &set).1, Fault::SetName);
}

#[test]
fn sections_that_make_no_sense_are_refused() {
    let fault = |section: &[u32], symbols: &[(&str, u32, u32)]| {
        remapped(section, symbols).unwrap_err().fault
    };
    assert_eq!(
        fault(&[TASK], &[("__BTF_ID__struct__task__1", 4, 4)]),
        Fault::SymbolBounds
    );
    assert_eq!(
        fault(&[TASK], &[("__BTF_ID__struct__task__1", u32::MAX - 1, 4)]),
        Fault::SymbolBounds
    );
    assert_eq!(
        fault(&[TASK], &[("__BTF_ID__task", 0, 4)]),
        Fault::SymbolName
    );
    let set = [("__BTF_ID__set__f", 0, 8)];
    let size = Fault::SetSize { room: 1, count: 9 };
    assert_eq!(fault(&[9, FIRST], &set), size);
    assert_eq!(fault(&[1], &set), Fault::SymbolBounds);
    let set8 = [("__BTF_ID__set8__f", 0, u32::MAX)];
    assert_eq!(fault(&[1, 1, FIRST, 0], &set8), Fault::SymbolBounds);
    let over = [
        ("__BTF_ID__func__first__1", 0, 4),
        ("__BTF_ID__func__first__2", 2, 4),
    ];
    assert_eq!(fault(&[FIRST, FIRST], &over), Fault::SymbolBounds);
}

#[test]
fn names_of_symbols_are_read_as_the_linker_tool_does() {
    let marks = |name: &'static str| {
        let name = name.as_bytes();
        Symbol {
            name,
            at: 0,
            size: 4,
        }
        .marks()
    };
    assert_eq!(
        marks("__BTF_ID__func__a__b___c__12"),
        Some(Marks::Slot(Kind::Func, b"a__b___c"))
    );
    assert_eq!(marks("__BTF_ID__set8__x"), Some(Marks::Set8(b"x")));
    assert_eq!(marks("__BTF_ID__set__x"), Some(Marks::Set(b"x")));
    assert_eq!(marks("__BTF_ID__func__x"), None);
    assert_eq!(marks("__BTF_ID__enum__x__1"), None);
    assert_eq!(marks("other"), None);
}
