// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Destructors.

use super::{
    kernel,
    plain,
    Builder,
    FREE,
    FWD,
    INT,
    TASK,
    TASK_PTR,
    VOID_PTR, //
};

/// What is in the way of a destructor with this prototype for type `of`.
fn dtor(cfi: bool, of: u32, result: u32, params: &[u32]) -> String {
    let kernel = kernel();
    let mut m = Builder::split(&kernel);
    let params: Vec<(&str, u32)> = params.iter().map(|&id| ("p", id)).collect();
    let proto = m.proto(result, &params);
    let id = m.func("dtor", proto);
    dtor_of(&kernel, &m, cfi, of, id)
}

fn dtor_of(kernel: &Builder, m: &Builder, cfi: bool, of: u32, id: u32) -> String {
    let symbols = [
        ("__BTF_ID__struct__task__1", 0, 4),
        ("__BTF_ID__func__dtor__2", 4, 4),
    ];
    let told = plain(kernel, m, &[of, id], &symbols, cfi);
    told.into_iter().flatten().next().unwrap_or_default()
}

#[test]
fn destructors() {
    assert_eq!(dtor(false, TASK, 0, &[VOID_PTR]), FREE);
    assert_eq!(dtor(false, TASK, 0, &[TASK_PTR]), FREE);
    assert_eq!(dtor(true, TASK, 0, &[VOID_PTR]), FREE);
    assert_eq!(
        dtor(true, TASK, 0, &[TASK_PTR]),
        "its argument is not void *, as CONFIG_CFI asks"
    );
    assert_eq!(dtor(false, FWD, 0, &[VOID_PTR]), "it is for a FWD 'opaque'");
    assert_eq!(
        dtor(false, 0, 0, &[VOID_PTR]),
        "what it is for was never found"
    );
    assert_eq!(
        dtor(false, TASK, INT, &[VOID_PTR]),
        "it gives a result, expected none"
    );
    assert_eq!(dtor(false, TASK, 0, &[INT]), "its argument is no pointer");
    assert_eq!(dtor(false, TASK, 0, &[0]), "its argument is no pointer");
    assert_eq!(
        dtor(false, TASK, 0, &[]),
        "it takes 0 arguments, expected 1"
    );
    let two = dtor(false, TASK, 0, &[VOID_PTR, VOID_PTR]);
    assert_eq!(two, "it takes 2 arguments, expected 1");
    let kernel = kernel();
    let m = Builder::split(&kernel);
    let id = |id| dtor_of(&kernel, &m, false, TASK, id);
    assert_eq!(id(0), "its id was never found");
    assert_eq!(id(TASK), "its id is that of a STRUCT, expected a FUNC");
}
