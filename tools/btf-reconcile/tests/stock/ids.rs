// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What is foretold of ids in `.BTF_ids`.

use super::{
    does,
    stock::{
        blob::{
            Blob,
            FUNC_PROTO, //
        },
        kernel,
        Does, //
    },
};
use btf_reconcile::mainline::{
    foretell,
    Ids,
    Kernel,
    Module,
    Symbol, //
};

/// A module of a few functions, and its ids.
struct WithIds {
    base: Option<Blob>,
    split: Blob,
    ids: Ids<'static>,
}

/// What functions and types it has, by their ids.
#[derive(Clone, Copy)]
struct Has {
    thing: u32,
    first: u32,
    second: u32,
    /// A function that the kernel has as well.
    kernels: u32,
    /// One without a prototype.
    bare: u32,
    dtor: u32,
}

impl WithIds {
    /// Split from a distilled base, or from the kernel.
    fn new(distilled: bool) -> (Self, Has) {
        let mut base = Blob::new();
        let (int, thing) = (base.int("int"), base.strct("thing", 16, None));
        let (base, mut split, thing) = if distilled {
            (Some(base.clone()), Blob::split(&base), thing)
        } else {
            (None, Blob::split(&kernel()), 3)
        };
        let of = split.ptr(thing);
        let proto = split.proto(int);
        let takes = split.add("", FUNC_PROTO, 1, 0, &[0, of]);
        let has = Has {
            thing,
            first: split.func("first", proto),
            second: split.func("second", proto),
            kernels: split.func("kernel_func", proto),
            bare: split.func("bare", of),
            dtor: split.func("drop_thing", takes),
        };
        let ids = Ids::default();
        (Self { base, split, ids }, has)
    }

    /// What is foretold of it with this in `.BTF_ids`.
    fn does(&self, words: &[u32], symbols: &[(&'static str, u32, u32)]) -> Does {
        let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_ne_bytes()).collect();
        let symbols = symbols.iter().map(|&(name, at, size)| Symbol {
            name: name.as_bytes(),
            at,
            size,
        });
        let ids = Ids {
            bytes: &bytes,
            symbols: symbols.collect(),
            dtors: self.ids.dtors.clone(),
            events: self.ids.events.clone(),
            ..self.ids
        };
        let (base, split) = (self.base.as_ref().map(Blob::bytes), self.split.bytes());
        let module = Module {
            btf: Some(&split),
            base: base.as_deref(),
            ids: Some(&ids),
        };
        let vmlinux = kernel().bytes();
        let kernel = Kernel::new(&vmlinux).unwrap();
        does(&foretell(&module, &kernel))
    }
}

/// A set of kfuncs, `size` bytes long.
fn set8(size: u32) -> [(&'static str, u32, u32); 1] {
    [("__BTF_ID__set8__kfuncs", 0, size)]
}

const INVALID: Does = Does::Refuses(-22);

#[test]
fn kfuncs_are_translated_and_looked_at() {
    for distilled in [true, false] {
        let (module, has) = WithIds::new(distilled);
        let far = if distilled {
            Does::ReadsOutside
        } else {
            INVALID
        };
        for (words, expected) in [
            (&[2, 1, has.first, 0, has.second, 0][..], Does::Loads),
            (&[0, 1, 0, 0, 0, 0], Does::Loads),
            (&[2, 1, 0, 0, has.second, 0], INVALID),
            (&[1, 1, has.thing, 0], INVALID),
            (&[1, 1, has.kernels, 0], INVALID),
            (&[1, 1, has.bare, 0], INVALID),
            (&[1, 1, 900_000, 0], far),
            (&[1, 1, u32::MAX, 0], far),
            // The first that is wrong decides.
            (&[2, 1, has.thing, 0, 900_000, 0], INVALID),
            (&[3, 1, has.first, 0], Does::ReadsOutside),
            (&[u32::MAX, 1, has.first, 0], Does::ReadsOutside),
        ] {
            let size = 4 * words.len() as u32;
            let does = module.does(words, &set8(size));
            assert_eq!(does, expected, "{words:?}, {distilled}");
            // What the symbol says of the size does not matter to it.
            assert_eq!(module.does(words, &set8(0)), expected, "{words:?}");
        }
    }
}

#[test]
fn there_are_256_kfuncs_at_most() {
    let (module, has) = WithIds::new(true);
    for (count, expected) in [(256, Does::Loads), (257, Does::Refuses(-7))] {
        let mut words = vec![count, 1];
        words.extend([has.first, 0].repeat(count as usize));
        let size = 4 * words.len() as u32;
        assert_eq!(module.does(&words, &set8(size)), expected);
    }
}

#[test]
fn a_set_without_the_flag_can_not_be_registered() {
    let (mut module, has) = WithIds::new(false);
    let words = [1, 0, has.first, 0];
    assert_eq!(module.does(&words, &set8(16)), Does::Loads);
    module.ids.registers_kfuncs = true;
    assert_eq!(module.does(&words, &set8(16)), INVALID);
    // The one with it is registered then.
    let words = [1, 0, has.first, 0, 1, 1, has.first, 0];
    let both = [set8(16)[0], ("__BTF_ID__set8__others", 16, 16)];
    assert_eq!(module.does(&words, &both), Does::Loads);
}

#[test]
fn other_ids_stay_as_they_are() {
    let (module, has) = WithIds::new(true);
    let list = [("__BTF_ID__func__first__1", 0, 4)];
    assert_eq!(module.does(&[has.first], &list), Does::LoadsWrong);
    assert_eq!(module.does(&[0], &list), Does::Loads);
    assert_eq!(module.does(&[900_000], &list), Does::LoadsWrong);
    // No symbol has to say so.
    assert_eq!(module.does(&[0, has.first], &list), Does::LoadsWrong);
    let odd = [("__BTF_ID__what__first", 0, 4)];
    assert_eq!(module.does(&[has.first], &odd), Does::LoadsWrong);
    // An id that is the same in the kernel is right.
    assert_eq!(module.does(&[1], &list), Does::Loads);
    let set = [("__BTF_ID__set__filter", 0, 12)];
    assert_eq!(
        module.does(&[2, has.first, has.second], &set),
        Does::LoadsWrong
    );
    assert_eq!(module.does(&[2, 0, 0], &set), Does::Loads);
    // Neither counts nor flags are ids.
    let words = [1, 0, 0, has.first];
    assert_eq!(module.does(&words, &set8(16)), Does::Loads);
    let words = [1, 0, has.first, 7];
    assert_eq!(module.does(&words, &set8(16)), Does::LoadsWrong);
    // Without a distilled base they are right.
    let (module, has) = WithIds::new(false);
    assert_eq!(module.does(&[has.first], &list), Does::Loads);
}

#[test]
fn sets_are_told_by_their_shape_where_no_symbol_is() {
    let (mut module, has) = WithIds::new(true);
    let words = [1, 1, has.first, 0, 1, 1, has.second, 0];
    assert_eq!(module.does(&words, &[]), Does::LoadsWrong);
    module.ids.registers_kfuncs = true;
    assert_eq!(module.does(&words, &[]), Does::Loads);
    let with_list = [&words[..], &[has.first]].concat();
    assert_eq!(module.does(&with_list, &[]), Does::LoadsWrong);
    // What is behind them may be destructors.
    module.ids.registers_dtors = true;
    assert_eq!(module.does(&with_list, &[]), Does::Loads);
    assert_eq!(module.does(&[9, 1, has.first], &[]), Does::Loads);
}

#[test]
fn destructors_and_events_are_translated() {
    let symbols = [
        ("__BTF_ID__struct__thing__1", 0, 4),
        ("__BTF_ID__func__drop_thing__2", 4, 4),
    ];
    let (mut module, has) = WithIds::new(true);
    assert_eq!(
        module.does(&[has.thing, has.dtor], &symbols),
        Does::LoadsWrong
    );
    module.ids.registers_dtors = true;
    module.ids.dtors = vec![4];
    for (words, expected) in [
        ([has.thing, has.dtor], Does::Loads),
        ([has.thing, has.first], INVALID),
        ([has.thing, has.thing], INVALID),
        ([has.thing, 900_000], Does::ReadsOutside),
        ([900_000, has.dtor], Does::ReadsOutside),
    ] {
        assert_eq!(module.does(&words, &symbols), expected, "{words:?}");
    }
    let (mut module, has) = WithIds::new(true);
    module.ids.events = vec![0, 4];
    assert_eq!(module.does(&[has.thing, has.first], &symbols), Does::Loads);
    assert_eq!(
        module.does(&[has.thing, 900_000], &symbols),
        Does::ReadsOutside
    );
}
