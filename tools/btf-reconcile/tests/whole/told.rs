// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What tells BTF that stands on its own from BTF that is split from the kernel's or from a base.

use super::{
    common::refusals::join,
    done,
    kernel,
    new_ids,
    run,
    run_sections,
    symbols,
    task,
    words,
    Builder,
    How,
    Kind,
    Ran,
    Sections,
    Symbol,
    INT,
    TASK, //
};

/// BTF that stands on its own, of a module with one function: an integer, a struct, a pointer,
/// a prototype and the function.
fn module() -> Builder {
    let mut m = Builder::new();
    let int = m.int("int", 4, 1);
    let task = task(&mut m, int);
    let proto = m.proto(int, &[("task", task + 1)]);
    m.func("mine", proto);
    m
}

/// What comes of this BTF beside this base.
fn with_base(btf: &[u8], base: &[u8]) -> Ran {
    let sections = Sections {
        btf: Some(btf),
        base: Some(base),
        ..Sections::default()
    };
    run_sections(&kernel(), &sections, How::default())
}

#[test]
fn what_holds_in_one_reading_is_that() {
    let whole = done(run(&kernel(), &module()));
    let new = ["kernel 1", "kernel 2", "kernel 3", "own 0", "own 1"];
    assert_eq!(new_ids(&kernel(), &whole), new);

    let mut plain = Builder::split(&kernel());
    let proto = plain.proto(INT, &[("task", TASK + 1)]);
    plain.func("mine", proto);
    let ran = run(&kernel(), &plain);
    assert_eq!(words(&ran), ("plain", "fits"));
    assert_eq!(ran.result.unwrap().btf, None);
}

#[test]
fn an_empty_base_is_none() {
    let module = module();
    let without = run(&kernel(), &module);
    let without = done(without);
    for base in [
        join(24, &[0, 0, 0, 0], &[]),
        join(24, &[0, 0, 0, 1], &[&[0]]),
        join(32, &[0, 0, 0, 0, 0, 0], &[]),
        join(32, &[0, 0, 0, 1, 0, 0], &[&[0]]),
        join(8, &[], &[]),
    ] {
        let with = done(with_base(&module.bytes(), &base));
        assert_eq!(with, without, "{base:?}");
    }
}

/// What libbpf distils has such a base where a module names none of the kernel's types. Its names go
/// on where the one string of that ends.
#[test]
fn what_is_split_from_an_empty_base_stays_that() {
    let base = Builder::new();
    let mut split = Builder::split(&base);
    let proto = split.proto(0, &[]);
    split.func("mine", proto);
    split.func("other", proto);
    let ran = with_base(&split.bytes(), &base.bytes());
    assert_eq!(words(&ran), ("base", "reconciled"));
    let done = ran.result.unwrap();
    assert_eq!(new_ids(&kernel(), &done), ["own 0", "own 1", "own 2"]);
    // Without that base it is nothing.
    let ran = run(&kernel(), &split);
    assert_eq!(words(&ran), ("plain", "stale"));
}

#[test]
fn a_base_that_has_something_stays_one() {
    let mut with_type = Builder::new();
    with_type.int("int", 4, 1);
    let mut with_string = Builder::new();
    with_string.string("x");
    for base in [with_type, with_string] {
        let ran = with_base(&module().bytes(), &base.bytes());
        assert_eq!(ran.form, "base");
    }
    // A base reference of nothing is none either.
    let (btf, base) = (module().bytes(), Builder::new().bytes());
    let sections = Sections {
        btf: Some(&btf),
        base_ref: Some(&base),
        ..Sections::default()
    };
    let ran = run_sections(&kernel(), &sections, How::default());
    assert_eq!(ran.form, "base_ref");
}

/// What is beside a broken base can't be told.
#[test]
fn a_broken_base_is_not_an_empty_one() {
    let empty = join(24, &[0, 0, 0, 0], &[]);
    for base in [
        &b"\x9f\xeb"[..],
        &[0; 24],
        &empty[..23],
        &join(24, &[0, 0, 0, 1], &[]),
        &join(24, &[0, 0, 0, 1], &[b"x"]),
    ] {
        let ran = with_base(&module().bytes(), base);
        assert_eq!(words(&ran), ("base", "broken"), "{base:?}");
    }
}

/// Nothing is meant by it.
#[test]
fn no_types_are_plain() {
    for btf in [
        join(24, &[], &[]),
        join(24, &[0, 0, 0, 1], &[&[0]]),
        join(32, &[0, 0, 0, 5], &[b"\0int\0"]),
        join(24, &[0, 0, 0, 4], &[b"int\0"]),
    ] {
        let sections = Sections {
            btf: Some(&btf),
            ..Sections::default()
        };
        let ran = run_sections(&kernel(), &sections, How::default());
        assert_eq!(words(&ran), ("plain", "fits"));
        assert_eq!(ran.result.unwrap().btf, None);
    }
}

/// The verdict on types that are good in both readings, with these ids.
fn of_both(make: impl Fn(&mut Builder), ids: (&[u32], &[Symbol])) -> Ran {
    let mut m = Builder::new();
    make(&mut m);
    let btf = m.bytes();
    let sections = Sections {
        btf: Some(&btf),
        ids: Some(ids),
        ..Sections::default()
    };
    run_sections(&kernel(), &sections, How::default())
}

#[test]
fn what_holds_in_both_readings_is_withheld() {
    let none = (&[][..], &[][..]);
    let no_names = |b: &mut Builder| {
        b.ptr(0);
        b.reference(Kind::Const, "", 1);
    };
    let one_name = |b: &mut Builder| {
        b.int("int", 4, 1);
    };
    let anonymous = |b: &mut Builder| {
        b.int("", 4, 1);
        b.composite(Kind::Struct, "", 8, &[("", 1, 0), ("", 1, 32)]);
    };
    for make in [&no_names as &dyn Fn(&mut Builder), &one_name, &anonymous] {
        let ran = of_both(make, none);
        assert_eq!(words(&ran), ("plain", "stale"));
        let error = ran.result.unwrap_err().to_string();
        assert!(error.contains("can't be told"), "{error}");
    }
    // Its ids were not resolved, and tell nothing.
    let symbols = symbols(&[("struct__task__1", 0, 4)]);
    let ran = of_both(one_name, (&[0], &symbols));
    assert_eq!(words(&ran), ("plain", "stale"));
    assert_eq!(ran.lost, [0]);
}

/// An id can be of one type only.
#[test]
fn ids_tell_what_types_do_not() {
    // Split from the kernel's it is type 6, else type 1; its name is at the start of the kernel's first.
    let named = |b: &mut Builder| {
        b.composite(Kind::Struct, "task", 16, &[]);
    };
    let own = symbols(&[("struct__task__1", 0, 4)]);
    // The kernel's type 2 has the name, and there is none of its own.
    let ran = of_both(named, (&[2], &own));
    assert_eq!(words(&ran), ("plain", "fits"));
    // The kernel's type 1 does not.
    let ran = of_both(named, (&[1], &own));
    assert_eq!(words(&ran), ("whole", "reconciled"));
    let both = symbols(&[("struct__task__1", 0, 4), ("struct__task__2", 4, 4)]);
    for (ids, withheld) in [
        ([1, 1], false),
        ([2, 2], false),
        ([1, 2], true),
        ([7, 9], true),
    ] {
        let ran = of_both(named, (&ids, &both));
        assert_eq!(ran.result.is_err(), withheld, "{ids:?}");
        assert_eq!(ran.verdict == "stale", withheld);
    }
    // Both of them have the name.
    let mut k = Builder::new();
    k.string(&"long".repeat(500));
    k.composite(Kind::Struct, "task", 16, &[]);
    let mut m = Builder::new();
    named(&mut m);
    let btf = m.bytes();
    let sections = Sections {
        btf: Some(&btf),
        ids: Some((&[1], &own)),
        ..Sections::default()
    };
    let ran = run_sections(&k, &sections, How::default());
    assert_eq!(words(&ran), ("plain", "stale"));
}

#[test]
fn functions_tell_in_both_readings() {
    let module = module().bytes();
    let with = |names: &[&str]| {
        let names: Vec<_> = names.iter().map(|name| name.as_bytes().to_vec()).collect();
        let sections = Sections {
            btf: Some(&module),
            functions: Some(&names),
            ..Sections::default()
        };
        run_sections(&kernel(), &sections, How::default())
    };
    for names in [&["mine"][..], &["other", "mine"], &["mine.isra.0"]] {
        assert_eq!(words(&with(names)), ("whole", "reconciled"));
    }
    assert_eq!(words(&with(&["other"])), ("plain", "stale"));
    // What has a function that the module has not is no doubt.
    let mut either = Builder::new();
    either.proto(0, &[]);
    either.func("mine", 1);
    let bytes = either.bytes();
    let gone = [b"other".to_vec()];
    let sections = Sections {
        btf: Some(&bytes),
        functions: Some(&gone),
        ..Sections::default()
    };
    let ran = run_sections(&kernel(), &sections, How::default());
    assert_eq!(ran.verdict, "stale");
}

/// It has the empty string, and that first.
#[test]
fn strings_have_to_stand_on_their_own() {
    let mut m = module();
    let (types, strs) = {
        let bytes = m.bytes();
        let parts = super::common::refusals::Parts::of(&bytes);
        (parts.types, parts.strs)
    };
    m.string("behind");
    let t = types.len() as u32;
    for strs in [
        &b""[..],
        b"x\0",
        &strs[1..],
        &[&b"x"[..], &strs[1..]].concat(),
    ] {
        let btf = join(24, &[0, t, t, strs.len() as u32], &[&types, strs]);
        let sections = Sections {
            btf: Some(&btf),
            ..Sections::default()
        };
        let ran = run_sections(&kernel(), &sections, How::default());
        assert!(ran.result.is_err());
        assert_eq!(ran.form, "plain");
    }
}

/// What is behind the header may be in any order, as far as the kernel takes it.
#[test]
fn sections_may_be_in_another_order() {
    let bytes = module().bytes();
    let parts = super::common::refusals::Parts::of(&bytes);
    let (t, s) = (parts.types.len() as u32, parts.strs.len() as u32);
    let swapped = join(32, &[s, t, 0, s, 0, 0], &[&parts.strs, &parts.types]);
    let sections = Sections {
        btf: Some(&swapped),
        ..Sections::default()
    };
    let ran = run_sections(&kernel(), &sections, How::default());
    let new = ["kernel 1", "kernel 2", "kernel 3", "own 0", "own 1"];
    assert_eq!(new_ids(&kernel(), &done(ran)), new);
}

/// What it is read as on the way does not matter: its own result is split from the kernel's BTF.
#[test]
fn what_has_come_of_it_is_plain() {
    let done = done(run(&kernel(), &module()));
    let btf = done.btf.unwrap();
    let sections = Sections {
        btf: Some(&btf),
        ..Sections::default()
    };
    let ran = run_sections(&kernel(), &sections, How::default());
    assert_eq!(words(&ran), ("plain", "fits"));
    assert_eq!(ran.result.unwrap().btf, None);
}
