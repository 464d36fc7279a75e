// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What may be a result, and what kfuncs of iterators take and give.

use super::{
    barriers,
    kernel,
    why,
    Builder,
    Kfunc,
    ACQUIRE,
    CHAR_PTR,
    ENUM,
    ENUM64,
    FLOAT,
    FREE,
    FWD,
    INT,
    NUMBERS,
    TASK_PTR,
    VOID_PTR, //
};

const ITER_NEW: u32 = 1 << 8;
const ITER_NEXT: u32 = 1 << 9;
const ITER_DESTROY: u32 = 1 << 10;

#[test]
fn results() {
    let gives = |make: fn(&mut Builder) -> u32| why(0, |m| (make(m), vec![]));
    for id in [0, INT, ENUM, ENUM64, VOID_PTR, TASK_PTR, CHAR_PTR] {
        assert_eq!(why(0, |_| (id, vec![])), FREE, "{id}");
    }
    assert_eq!(gives(|m| m.ptr(TASK_PTR)), FREE);
    assert_eq!(gives(|m| m.ptr(FLOAT)), FREE);
    assert_eq!(gives(|m| m.ptr(ENUM64)), FREE);
    assert_eq!(gives(|_| NUMBERS), "its result is a STRUCT 'numbers'");
    assert_eq!(gives(|_| FLOAT), "its result is a FLOAT 'double'");
    assert_eq!(
        gives(|m| m.typedef("nothing", 0)),
        "its result is a TYPEDEF 'nothing'"
    );
    let size = |what: &str| format!("its result is a pointer to {what}, of unknown size");
    assert_eq!(gives(|m| m.ptr(FWD)), size("FWD 'opaque'"));
    let proto = gives(|m| {
        let proto = m.proto(0, &[]);
        m.ptr(proto)
    });
    assert_eq!(proto, size("FUNC_PROTO"));
    let array = |count: u32| {
        why(0, |m| {
            let array = m.array(INT, INT, count);
            (m.ptr(array), vec![])
        })
    };
    assert_eq!(array(4), FREE);
    assert_eq!(array(u32::MAX), size("ARRAY"));
    // An argument may say how many bytes there are.
    for name in ["rdonly_buf_size", "rdwr_buf_size"] {
        let sized = why(0, |m| (m.ptr(FWD), vec![(name, INT)]));
        assert_eq!(sized, FREE);
    }
    let acquires = "it acquires its result, which is no pointer to a struct";
    for id in [0, INT, VOID_PTR, CHAR_PTR] {
        assert_eq!(why(ACQUIRE, |_| (id, vec![])), acquires, "{id}");
    }
    assert_eq!(why(ACQUIRE, |_| (TASK_PTR, vec![])), FREE);
}

#[test]
fn iterators() {
    let kernel = kernel();
    let mut m = Builder::split(&kernel);
    let state = m.strct("bpf_iter_own", 16);
    let odd = m.strct("bpf_iter_odd", 12);
    let (state, odd) = (m.ptr(state), m.ptr(odd));
    let (it, task) = ([("it", state)], [("it", TASK_PTR)]);
    let two = [("it", state), ("n", INT)];
    let kfuncs: [Kfunc<'_>; 3] = [
        ("bpf_iter_own_new", ITER_NEW, INT, &two),
        ("bpf_iter_own_next", ITER_NEXT, CHAR_PTR, &it),
        ("bpf_iter_own_destroy", ITER_DESTROY, 0, &it),
    ];
    assert_eq!(barriers(&kernel, m.clone(), &kfuncs), [None, None, None]);
    let one = |kfunc: Kfunc<'_>| {
        let why = barriers(&kernel, m.clone(), &[kfunc]);
        why[0].clone().unwrap_or_default()
    };
    let why = one(("bpf_iter_own_new", ITER_NEW | ITER_NEXT, INT, &it));
    assert_eq!(
        why,
        "its flags say that it is several kfuncs of an iterator"
    );
    let why = one(("bpf_iter_own_new", ITER_NEW, INT, &task));
    assert!(
        why.contains("its first argument is no pointer to a struct"),
        "{why}"
    );
    let why = one(("bpf_iter_odd_new", ITER_NEW, INT, &[("it", odd)]));
    assert!(why.contains("no multiple of 8"), "{why}");
    let why = one(("bpf_iter_other_new", ITER_NEW, INT, &it));
    assert!(why.contains("not named after"), "{why}");
    let why = one(("bpf_iter_own_next", ITER_NEXT, CHAR_PTR, &two));
    assert_eq!(why, "it takes more than an iterator");
    let why = one(("bpf_iter_own_next", ITER_NEXT, INT, &it));
    assert!(why.contains("gives no pointer"), "{why}");
    let why = one(("bpf_iter_own_destroy", ITER_DESTROY, INT, &it));
    assert!(why.contains("gives a result"), "{why}");
}
