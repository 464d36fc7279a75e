// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is recognised in `.BTF_ids`, and what becomes of it.

#[allow(dead_code, reason = "no test uses all of it")]
#[path = "common/builder.rs"]
mod builder;

use btf_reconcile::{
    btf::{
        Btf,
        Error,
        Fault,
        Id,
        IdMap,
        Kind,
        New,
        Pair,
        Place,
        Registers,
        Result,
        Section,
        Slots,
        Split,
        Symbol,
        Use, //
    },
    facade::steps,
};
use builder::Builder;

/// Ids of the module's types before reconciling: `task` of the base, two functions, a struct,
/// a typedef of its own, and a function that is left out.
const TASK: u32 = 1;
const FIRST: u32 = 4;
const SECOND: u32 = 5;
const OWN: u32 = 6;
const NUMBER: u32 = 7;
const GONE: u32 = 8;
const END: u32 = 9;

/// Ids afterwards: those of the module move up by two, but for the one that is left out.
fn new(old: u32) -> u32 {
    match old {
        TASK => 2,
        _ => old + 2,
    }
}

/// A symbol: its name without what all have in common, its place and its size.
type Sym<'s> = (&'s str, u32, u32);

/// Lets `with` look at the slots of a section whose ids are those above.
fn with_slots<T>(
    section: &[u32],
    symbols: &[Sym<'_>],
    registers: Registers,
    with: impl FnOnce(&mut Slots<'_, Split>, &Pair<'_, '_, Split, btf_reconcile::btf::Offsets>) -> T,
) -> T {
    let mut base = Builder::new();
    base.strct("task", 64);
    let mut split = Builder::split(&base);
    split.ptr(TASK);
    split.proto(0, &[("t", 2)]);
    assert_eq!(split.func("first", 3), FIRST);
    assert_eq!(split.func("second", 3), SECOND);
    assert_eq!(split.strct("own", 8), OWN);
    assert_eq!(split.typedef("number_t", TASK), NUMBER);
    assert_eq!(split.func("gone", 3), GONE);
    let (base, split) = (base.bytes(), split.bytes());
    let base = Btf::parse_base(&base, Section::Base).unwrap();
    let split = Btf::parse_split(&split, &base).unwrap();
    let types = Pair {
        base: &base,
        split: &split,
    };
    let bytes: Vec<u8> = section.iter().flat_map(|w| w.to_ne_bytes()).collect();
    let names: Vec<String> = symbols.iter().map(|s| full(s.0)).collect();
    let mut symbols: Vec<_> = symbols
        .iter()
        .zip(&names)
        .map(|(&(_, at, size), name)| Symbol {
            name: name.as_bytes(),
            at,
            size,
        })
        .collect();
    let mut slots = Slots::read(&bytes, &mut symbols, registers).unwrap();
    with(&mut slots, &types)
}

/// The full name of a symbol; one that starts with a colon is all of a label's.
fn full(name: &str) -> String {
    match name.strip_prefix(':') {
        Some(label) => label.into(),
        None => format!("__BTF_ID__{name}"),
    }
}

fn map() -> IdMap<Split, New> {
    let mut map = IdMap::new(Id::new(END).unwrap()).unwrap();
    for old in (1..END).filter(|&old| old != GONE) {
        map.set(Id::new(old).unwrap(), Id::new(new(old)).unwrap());
    }
    map
}

/// What translating a section gives.
fn translated(section: &[u32], symbols: &[Sym<'_>]) -> Result<Vec<u32>> {
    with_slots(section, symbols, Registers::default(), |slots, types| {
        let bytes = slots.translate(types, &map())?;
        let words = bytes.chunks_exact(4);
        let words = words.map(|w| u32::from_ne_bytes(w.try_into().unwrap()));
        Ok(words.collect())
    })
}

/// What is said against a section where nothing tells what it was made for.
fn checked(section: &[u32], symbols: &[Sym<'_>]) -> Result {
    with_slots(section, symbols, Registers::default(), |slots, types| {
        slots.check(types)
    })
}

/// What is wrong with a section, and where, for both.
fn fault(section: &[u32], symbols: &[Sym<'_>]) -> (Place, Fault) {
    let error: Error = translated(section, symbols).unwrap_err();
    assert_eq!(error.section, Section::Ids);
    let plain = checked(section, symbols);
    assert_eq!(plain.unwrap_err(), error);
    (error.place, error.fault)
}

const BOTH: [Sym<'_>; 3] = [
    ("set8__kfuncs", 0, 24),
    ("func__second__1", 8, 4),
    ("func__first__2", 16, 4),
];

#[test]
fn list_of_every_kind() {
    let symbols = [
        ("typedef__number_t__5", 16, 4),
        ("struct__task__1", 0, 4),
        ("func__first__2", 4, 4),
        // The list itself, which says nothing.
        (":list", 0, 0),
        ("struct__own__3", 8, 4),
        // Never resolved, and a BTF_ID_UNUSED after it.
        ("func__missing__4", 12, 4),
    ];
    let section = [TASK, FIRST, OWN, 0, NUMBER, 0];
    let words = translated(&section, &symbols).unwrap();
    assert_eq!(words, [new(TASK), new(FIRST), new(OWN), 0, new(NUMBER), 0]);
    checked(&section, &symbols).unwrap();
}

#[test]
fn sets_are_sorted_again_flags_with_their_ids() {
    let symbols = [
        BOTH[0],
        BOTH[1],
        BOTH[2],
        ("set__types", 24, 12),
        ("struct__own__3", 28, 4),
        ("struct__task__4", 32, 4),
    ];
    let section = [2, 1, SECOND, 20, FIRST, 10, 2, OWN, TASK];
    let words = translated(&section, &symbols).unwrap();
    let (first, second) = (new(FIRST), new(SECOND));
    let kfuncs = [2, 1, first, 10, second, 20];
    assert_eq!(words[..6], kfuncs);
    assert_eq!(words[6..], [2, new(TASK), new(OWN)]);
    // One type twice: in the order in which they were.
    let twice = [BOTH[0], BOTH[1], ("func__second__2", 16, 4)];
    let words = translated(&[2, 1, SECOND, 9, SECOND, 8], &twice).unwrap();
    assert_eq!(words, [2, 1, second, 9, second, 8]);
}

#[test]
fn symbol_in_a_set_marks_a_place_not_its_id() {
    let symbols = [
        ("set__f", 0, 12),
        ("func__second__1", 4, 4),
        ("func__first__2", 8, 4),
    ];
    let words = translated(&[2, FIRST, SECOND], &symbols).unwrap();
    assert_eq!(words, [2, new(FIRST), new(SECOND)]);
}

#[test]
fn sets_that_were_never_resolved_stay_so() {
    let section = [0, 1, 0, 7, 0, 8];
    assert_eq!(translated(&section, &BOTH).unwrap(), section);
    checked(&section, &BOTH).unwrap();
    let set = [("set__f", 0, 8), ("func__second__1", 4, 4)];
    assert_eq!(translated(&[0, 0], &set).unwrap(), [0, 0]);
    let empty = [("set__f", 0, 4), ("set8__g", 4, 8)];
    assert_eq!(translated(&[0, 0, 1], &empty).unwrap(), [0, 0, 1]);
    // One that counts none and holds some is something else.
    let size = Fault::SetSize { room: 2, count: 0 };
    assert_eq!(fault(&[0, 1, FIRST, 7, 0, 8], &BOTH).1, size);
}

#[test]
fn what_was_never_found_is_named_by_the_symbols_that_are_left() {
    let section = [2, 1, 0, 7, FIRST, 8];
    let symbols = [
        BOTH[0],
        ("func__first__1", 8, 4),
        ("func__missing__2", 16, 4),
    ];
    let words = translated(&section, &symbols).unwrap();
    assert_eq!(words, [2, 1, 0, 7, new(FIRST), 8]);
    let none = Registers::default();
    let names = with_slots(&section, &symbols, none, |slots, types| {
        slots.check(types).unwrap();
        let names = slots.kfunc_names().unwrap();
        names.iter().map(|name| name.to_vec()).collect::<Vec<_>>()
    });
    assert_eq!(names, [&b"missing"[..], b"first"]);
}

#[test]
fn a_kfunc_in_several_sets_is_named_once() {
    // By their first places; what the module itself looks at does not count.
    let section = [
        2, 1, SECOND, 7, FIRST, 8, 1, 0, OWN, 0, 2, 1, FIRST, 7, 0, 8,
    ];
    let symbols = [
        ("func__missing__6", 56, 4),
        ("func__first__5", 48, 4),
        ("set8__for_others", 40, 24),
        ("func__own__4", 32, 4),
        ("set8__own", 24, 16),
        BOTH[0],
        BOTH[1],
        BOTH[2],
    ];
    let none = Registers::default();
    with_slots(&section, &symbols, none, |slots, _| {
        assert_eq!(slots.fault(), None);
        let names = slots.kfunc_names().unwrap();
        assert_eq!(*names, [&b"second"[..], b"first", b"missing"]);
    });
}

#[test]
fn what_is_left_out_is_in_no_list_and_no_set() {
    let symbols = [
        BOTH[0],
        ("func__gone__1", 8, 4),
        ("func__first__2", 16, 4),
        ("func__gone__3", 24, 4),
    ];
    let words = translated(&[2, 1, FIRST, 7, GONE, 8, GONE], &symbols).unwrap();
    assert_eq!(words, [1, 1, new(FIRST), 7, 0, 0, 0]);
}

#[test]
fn ids_of_other_btf_are_noticed() {
    let task = [("struct__task__1", 0, 4)];
    assert_eq!(fault(&[99], &task), (Place::Slot(0), Fault::SlotId(99)));
    assert_eq!(fault(&[OWN], &task), (Place::Slot(0), Fault::SlotName(OWN)));
    let union = [("union__task__1", 0, 4)];
    let kind = Fault::SlotKind {
        id: TASK,
        kind: Kind::Struct,
        wanted: Kind::Union,
    };
    assert_eq!(fault(&[TASK], &union).1, kind);
    let set = [("set__f", 0, 8), ("func__second__1", 4, 4)];
    assert_eq!(
        fault(&[1, FIRST], &set),
        (Place::Slot(4), Fault::SetName(FIRST))
    );
    assert_eq!(
        fault(&[2, 1, FIRST, 0, FIRST, 0], &BOTH).1,
        Fault::SetName(FIRST)
    );
    assert_eq!(fault(&[2, 1, FIRST, 0, 99, 0], &BOTH).1, Fault::SlotId(99));
}

/// An id whose symbol is gone can't follow, and nothing contradicts it.
#[test]
fn ids_without_a_symbol_are_stripped() {
    let stripped = |section: &[u32], symbols: &[Sym<'_>]| {
        checked(section, symbols).unwrap();
        let error = translated(section, symbols).unwrap_err();
        (error.place, error.fault)
    };
    let task = [("struct__task__1", 0, 4)];
    let at = |at| (Place::Slot(at), Fault::NoSymbol);
    assert_eq!(stripped(&[TASK, FIRST], &task), at(4));
    assert_eq!(stripped(&[TASK, 0, FIRST], &task), at(8));
    let second = [("struct__task__1", 8, 4)];
    assert_eq!(stripped(&[0, FIRST, TASK], &second), at(4));
    assert_eq!(stripped(&[FIRST], &[]), (Place::Whole, Fault::NoSymbols));
    assert_eq!(
        stripped(&[FIRST], &[(":list", 0, 0)]),
        (Place::Whole, Fault::NoSymbols)
    );
    // Of sets that are global only the sets are left: BTF_SET_START_GLOBAL, --strip-unneeded.
    let set = [("set__f", 0, 12)];
    assert_eq!(stripped(&[2, FIRST, SECOND], &set), at(4));
    assert_eq!(stripped(&[2, FIRST, SECOND, TASK], &set), at(12));
    assert_eq!(stripped(&[2, 1, FIRST, 0, SECOND, 0], &BOTH[..2]), at(8));
    // A symbol that is of no form that is known tells nothing.
    let unknown = [("enum__task__1", 0, 4)];
    let name = (Place::Slot(0), Fault::SymbolName);
    assert_eq!(stripped(&[TASK], &unknown), name);
    assert_eq!(stripped(&[FIRST], &[("func__first", 0, 4)]), name);
    // Where all is 0 there is no id.
    assert_eq!(translated(&[0, 0], &task[..0]).unwrap(), [0, 0]);
    let words = translated(&[0, TASK, 0], &[("struct__task__1", 4, 4)]);
    assert_eq!(words.unwrap(), [0, new(TASK), 0]);
    // What a set holds beyond the symbols that are left may not be anything.
    let beyond = checked(&[2, 1, TASK, 0, OWN, 0], &BOTH[..2]);
    assert_eq!(beyond.unwrap_err().fault, Fault::SetName(OWN));
    let far = checked(&[2, FIRST, 99], &set);
    assert_eq!(far.unwrap_err().fault, Fault::SlotId(99));
}

#[test]
fn sections_that_make_no_sense_are_refused() {
    let fault = |section: &[u32], symbols: &[Sym<'_>]| fault(section, symbols).1;
    let bounds = Fault::SymbolBounds;
    assert_eq!(fault(&[TASK], &[("struct__task__1", 4, 4)]), bounds);
    let far = [("struct__task__1", u32::MAX - 3, 4)];
    assert_eq!(fault(&[TASK], &far), bounds);
    let set = [("set__f", 0, 8)];
    let size = |room, count| Fault::SetSize { room, count };
    assert_eq!(fault(&[9, FIRST], &set), size(1, 9));
    assert_eq!(fault(&[u32::MAX, FIRST], &set), size(1, u32::MAX));
    assert_eq!(fault(&[1, 1, FIRST, 7], &[("set8__k", 0, 0)]), size(0, 1));
    assert_eq!(fault(&[1, 1, FIRST, 7, SECOND, 8], &BOTH), size(2, 1));
    assert_eq!(fault(&[1], &set), bounds);
    assert_eq!(
        fault(&[1, 1, FIRST, 0], &[("set8__f", 0, u32::MAX)]),
        bounds
    );
    assert_eq!(fault(&[1], &[("set8__f", 0, 8)]), bounds);
    let over = [("func__first__1", 0, 4), ("func__first__2", 2, 4)];
    assert_eq!(fault(&[FIRST, FIRST], &over), bounds);
    let unaligned = [("func__first__1", 2, 4)];
    assert_eq!(fault(&[FIRST, 0], &unaligned), Fault::SymbolUnaligned);
    let nested = [
        ("set8__k", 0, 16),
        ("set__j", 8, 8),
        ("func__first__1", 8, 4),
    ];
    assert_eq!(fault(&[1, 1, FIRST, 7], &nested), bounds);
    // A slot over the flags of another.
    let flags = [BOTH[0], ("func__first__1", 12, 4)];
    assert_eq!(fault(&[2, 1, FIRST, 7, SECOND, 7], &flags), bounds);
}

#[test]
fn two_symbols_over_one_slot_have_to_agree() {
    let agreeing = [("func__first__1", 0, 4), ("func__first__2", 0, 4)];
    assert_eq!(translated(&[FIRST], &agreeing).unwrap(), [new(FIRST)]);
    let other = [("func__first__1", 0, 4), ("func__second__2", 0, 4)];
    assert_eq!(fault(&[FIRST], &other).1, Fault::SymbolBounds);
}

#[test]
fn uses_are_recognised() {
    let section = [
        2, 1, FIRST, 7, SECOND, 8, 1, FIRST, OWN, FIRST, TASK, FIRST, OWN,
    ];
    let symbols = [
        BOTH[0],
        BOTH[1],
        BOTH[2],
        ("set__mine", 24, 8),
        ("func__first__3", 28, 4),
        ("struct__own__4", 32, 4),
        ("func__first__5", 36, 4),
        ("struct__task__6", 40, 4),
        ("func____bpf_trace_x__7", 44, 4),
        ("struct__trace_event_raw_x__8", 48, 4),
    ];
    let uses = |registers| {
        with_slots(&section, &symbols, registers, |slots, _| {
            let of: Vec<_> = slots
                .iter()
                .filter_map(|slot| slots.dtor_of(slot))
                .collect();
            let of = of.iter().map(|of| of.at).collect::<Vec<_>>();
            (slots.iter().map(|slot| slot.used).collect::<Vec<_>>(), of)
        })
    };
    use Use::*;
    let both = Registers::of(|_| true);
    let (found, of) = uses(both);
    assert_eq!(
        found,
        [Kfunc, Kfunc, Own, DtorOf, Dtor, Own, TraceEvent, TraceEvent]
    );
    assert_eq!(of, [32]);
    let (found, of) = uses(Registers::default());
    assert_eq!(found[3..5], [Own, Own]);
    assert!(of.is_empty());
}

/// Registering asks for the flag of the set; what is registered without has forgotten it.
#[test]
fn sets_without_the_flag_are_of_kfuncs_if_no_other_is() {
    let uses = |flags: [u32; 2], kfuncs| {
        let section = [1, flags[0], FIRST, 0, 1, flags[1], SECOND, 0];
        let symbols = [("set8__a", 0, 16), ("set8__b", 16, 16)];
        let registers = Registers {
            kfuncs,
            dtors: false,
        };
        with_slots(&section, &symbols, registers, |slots, _| {
            slots
                .iter()
                .map(|s| s.used == Use::Kfunc)
                .collect::<Vec<_>>()
        })
    };
    assert_eq!(uses([1, 0], true), [true, false]);
    assert_eq!(uses([0, 0], true), [true, true]);
    assert_eq!(uses([0, 0], false), [false, false]);
}

#[test]
fn what_makes_no_sense_does_not_keep_the_rest_from_being_listed() {
    let section = [9, 1, FIRST, 7, SECOND, 8, TASK];
    let symbols = [BOTH[0], BOTH[1], BOTH[2], ("struct__task__3", 24, 4)];
    let none = Registers::default();
    with_slots(&section, &symbols, none, |slots, _| {
        assert!(slots.fault().is_some());
        assert_eq!(slots.len(), 3);
        let names = slots.kfunc_names().unwrap();
        assert_eq!(*names, [&b"second"[..], b"first"]);
        let slot = *slots.iter().next().unwrap();
        assert_eq!(slots.symbol(&slot), b"__BTF_ID__set8__kfuncs");
        assert_eq!(slots.set_name(&slot), Some(&b"kfuncs"[..]));
        assert_eq!(slots.wanted(&slot).unwrap().name, b"second");
        assert_eq!(slot.flags, Some(7));
    });
}

/// What a hostile section of many symbols costs grows with it, and no faster.
#[test]
fn cost_is_linear() {
    let cost = |n: u32| {
        // Sets that each claim the rest, and slots in all of them.
        let sets = (0..n).map(|k| ("set8__k", k * 4, (n - k) * 4));
        let slots = (0..n).map(|k| ("func__first__1", k * 4, 4));
        let symbols: Vec<_> = sets.chain(slots).collect();
        let section: Vec<u32> = (0..n).map(|_| 0).collect();
        let before = steps();
        let _ = translated(&section, &symbols);
        with_slots(&section, &symbols, Registers::default(), |slots, _| {
            slots.kfunc_names().unwrap();
        });
        steps() - before
    };
    let (small, large) = (cost(1000), cost(8000));
    assert!(large < small * 10, "{small} {large}");
}
