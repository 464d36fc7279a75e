// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Functions, and kfuncs among them.

use super::{
    common::builder::Builder,
    diff,
    line,
    told, //
};
use btf_reconcile::{
    base::Kernel,
    btf::{
        Kind,
        Symbol, //
    },
    diff::{
        Diff,
        Input, //
    },
    elf::Ids,
};

/// A kernel with a function of this result and these parameters, and these tags on it; 1 is `int`, 2
/// `long`, 3 a pointer to a function that takes `int`.
fn with(result: u32, parameters: &[(&str, u32)], tags: &[&str]) -> Builder {
    let mut kernel = Builder::new();
    kernel.int("int", 4, 1); // 1
    kernel.int("long", 8, 1); // 2
    kernel.ptr(4); // 3
    kernel.proto(0, &[("", 1)]); // 4
    kernel.proto(result, parameters); // 5
    kernel.func("foo", 5); // 6
    for tag in tags {
        let text = kernel.string(tag);
        kernel.raw(text, Kind::DeclTag as u32, false, 0, 6, &[u32::MAX]);
    }
    kernel
}

#[test]
fn prototypes() {
    let old = with(1, &[("a", 1), ("cb", 3)], &[]);
    for (new, expected) in [
        (
            with(2, &[("a", 1), ("cb", 3)], &[]),
            "its result is 'long', was 'int'",
        ),
        (
            with(0, &[("a", 1), ("cb", 3)], &[]),
            "its result is 'void', was 'int'",
        ),
        (with(1, &[("a", 1)], &[]), "has 1 parameter, had 2"),
        (
            with(1, &[("b", 1), ("cb", 3)], &[]),
            "has parameter 'b' where it had parameter 'a'",
        ),
        (
            with(1, &[("a", 2), ("cb", 3)], &[]),
            "parameter 'a' is 'long', was 'int'",
        ),
        (
            with(1, &[("a", 1), ("cb", 2)], &[]),
            "parameter 'cb' is 'long', was 'void (*)(int)'",
        ),
    ] {
        assert_eq!(told(&old, &new), [format!("~ function foo: {expected}")]);
    }
    let changed = diff(&old, &with(1, &[("a", 2)], &[]));
    let is = |version: &Option<btf_reconcile::diff::Version>| version.as_ref().unwrap().is.clone();
    let [item] = &changed.items[..] else {
        panic!("{:?}", changed.items);
    };
    assert_eq!(is(&item.old).unwrap(), "int (int a, void (*cb)(int))");
    assert_eq!(is(&item.new).unwrap(), "int (long a)");
}

#[test]
fn kfuncs_are_told_by_their_tag() {
    let (kfunc, fast) = ("bpf_kfunc", "bpf_fastcall");
    // One that has it shows that tags are there.
    let other = |mut kernel: Builder| {
        let text = kernel.string(kfunc);
        let bar = kernel.func("bar", 5);
        kernel.raw(text, Kind::DeclTag as u32, false, 0, bar, &[u32::MAX]);
        kernel
    };
    let plain = other(with(1, &[], &[]));
    let tagged = other(with(1, &[], &[kfunc]));
    let both = other(with(1, &[], &[kfunc, fast]));
    for (old, new, expected) in [
        (&plain, &tagged, "is a kfunc, was none"),
        (&tagged, &plain, "is no kfunc, was one"),
        (&tagged, &both, "has tag 'bpf_fastcall', had it not"),
        (&both, &tagged, "has not tag 'bpf_fastcall', had it"),
    ] {
        assert_eq!(told(old, new), [format!("~ kfunc foo: {expected}")]);
    }
    // A kernel without any such tag does not tell.
    let diff = diff(&with(1, &[], &[]), &with(1, &[], &[kfunc]));
    assert!(diff.is_empty());
    assert_eq!(
        diff.notes,
        ["the old kernel does not tell which of its functions are kfuncs"]
    );
}

/// Of several functions of a name those belong together that have the same tags.
#[test]
fn tags_tell_which_function_of_a_name_is_which() {
    let tag = "bpf_kfunc";
    let mut old = Builder::new();
    old.proto(0, &[]); // 1
    old.func("foo", 1);
    let mut new = old.clone();
    for kernel in [&mut old, &mut new] {
        let tagged = kernel.func("foo", 1);
        let text = kernel.string(tag);
        kernel.raw(text, Kind::DeclTag as u32, false, 0, tagged, &[u32::MAX]);
    }
    assert!(told(&old, &new).is_empty());
    let mut new = Builder::new();
    new.proto(0, &[]); // 1
    let tagged = new.func("foo", 1);
    let text = new.string(tag);
    new.raw(text, Kind::DeclTag as u32, false, 0, tagged, &[u32::MAX]);
    assert_eq!(told(&old, &new), ["- function foo"]);
    assert_eq!(told(&new, &old), ["+ function foo"]);
}

#[test]
fn flags_of_kfuncs_are_compared_where_both_tell_them() {
    let blob = with(1, &[], &["bpf_kfunc"]).bytes();
    let kernel = Kernel::new("", &blob).unwrap();
    let section = |flags: u32| -> Vec<u8> {
        let words = [1, 1, 6, flags];
        words
            .iter()
            .flat_map(|word: &u32| word.to_ne_bytes())
            .collect()
    };
    let compare = |old: Option<u32>, new: Option<u32>| -> Diff {
        let sections = [old, new].map(|flags| flags.map(section));
        let [old, new] = sections.each_ref().map(|section| Input {
            kernel: &kernel,
            ids: section.as_ref().map(|bytes| Ids {
                bytes,
                symbols: vec![
                    Symbol {
                        name: b"__BTF_ID__set8__some",
                        at: 0,
                        size: 16,
                    },
                    Symbol {
                        name: b"__BTF_ID__func__foo__1",
                        at: 8,
                        size: 4,
                    },
                ],
            }),
        });
        Diff::new(vec![], old, new).unwrap()
    };
    let lines = |diff: Diff| diff.items.iter().map(line).collect::<Vec<_>>();
    assert_eq!(
        lines(compare(Some(1), Some((1 << 31) | 6))),
        ["~ kfunc foo: has flags KF_RELEASE | KF_RET_NULL | 0x80000000, had KF_ACQUIRE"]
    );
    assert_eq!(
        lines(compare(Some(32), Some(0))),
        ["~ kfunc foo: has flags none, had KF_SLEEPABLE"]
    );
    assert!(compare(Some(1), Some(1)).notes.is_empty());
    let diff = compare(Some(1), None);
    assert!(diff.is_empty());
    assert!(
        diff.notes[0].starts_with("the new kernel does not tell the flags"),
        "{:?}",
        diff.notes
    );
}
