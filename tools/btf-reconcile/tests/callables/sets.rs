// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a set, and the other kfuncs in it, do to a kfunc.

use super::{
    barriers,
    barriers_of,
    kernel,
    Builder,
    Kfunc,
    Kind,
    ACQUIRE,
    RELEASE,
    TASK,
    VOID_PTR, //
};

#[test]
fn what_one_kfunc_gives_another_takes() {
    let kernel = kernel();
    let mut m = Builder::split(&kernel);
    let task = m.composite(Kind::Struct, "task", 8, &[("p", VOID_PTR, 0)]);
    let task = m.ptr(task);
    let taking: Kfunc<'_> = ("take", RELEASE, 0, &[("t", task)]);
    let alone = barriers(&kernel, m.clone(), &[taking]);
    assert!(alone[0].is_some());
    let giving: Kfunc<'_> = ("give", ACQUIRE, task, &[]);
    assert_eq!(barriers(&kernel, m, &[giving, taking]), [None, None]);
}

/// The kernel registers all of a set, or none.
#[test]
fn one_kfunc_that_is_not_registered_costs_its_set() {
    let kernel = kernel();
    let mut m = Builder::split(&kernel);
    let proto = m.proto(0, &[]);
    let good = m.func("good", proto);
    let strange = m.func("strange", TASK);
    let set = Some("its set is not registered, for the kfunc in slot 8".to_owned());
    for (bad, why) in [
        (0, "its id was never found"),
        (TASK, "its id is that of a STRUCT, expected a FUNC"),
        (strange, "it leads to no FUNC_PROTO"),
        (99, "its types lead to none, or through too many typedefs"),
    ] {
        let found = barriers_of(&kernel, &m, &[2, 1, bad, 0, good, 0]);
        assert_eq!(found, [Some(why.to_owned()), set.clone()]);
    }
    // What can't be called can be registered.
    let uncallable = m.proto(0, &[("a", VOID_PTR)]);
    let uncallable = m.func("uncallable", uncallable);
    let found = barriers_of(&kernel, &m, &[2, 1, uncallable, 0, good, 0]);
    assert!(found[0].is_some() && found[1].is_none());
    // A set that was never resolved counts none.
    let found = barriers_of(&kernel, &m, &[0, 1, 0, 0, 0, 0]);
    assert_eq!(
        found,
        [
            Some("its id was never found".to_owned()),
            Some("its id was never found".into())
        ]
    );
    let flags = "its set does not have the flag BTF_SET8_KFUNCS, and is not registered";
    let found = barriers_of(&kernel, &m, &[1, 0, good, 0]);
    assert_eq!(found, [Some(flags.to_owned())]);
    let many = |n: u32| {
        let pairs = (0..n).flat_map(|_| [good, 0]);
        let section: Vec<u32> = [n, 1].into_iter().chain(pairs).collect();
        barriers_of(&kernel, &m, &section)[0].clone()
    };
    assert_eq!(many(256), None);
    assert_eq!(many(257).unwrap(), "its set has 257 kfuncs, at most 256");
}

#[test]
fn a_kfunc_of_the_kernels_name_is_not_registered() {
    // Functions are found where the types are sorted.
    let mut kernel = Builder::new();
    let proto = kernel.proto(0, &[]);
    let theirs = kernel.func("taken", proto);
    let m = Builder::split(&kernel);
    let found = barriers(&kernel, m, &[("taken", 0, 0, &[]), ("free", 0, 0, &[])]);
    let why = format!("the kernel has a function of this name, [{theirs}]");
    assert_eq!(found[0].as_deref(), Some(&why[..]));
    assert!(found[1].is_some());
}
