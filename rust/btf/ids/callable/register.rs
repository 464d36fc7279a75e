// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What the kernel asks of kfuncs before it registers the set that they are in, all or none: the
//! `btf_check_kfunc_protos()` of `kernel/bpf/btf.c`.

use super::{
    barrier::Barrier,
    view::{
        Found,
        Node,
        Steps,
        Type,
        View, //
    },
    Passed, //
};
use crate::btf::{
    number::Space,
    wire::{
        Kind,
        Locate, //
    },
};

/// `KF_ITER_NEW`.
const ITER_NEW: u32 = 1 << 8;
/// `KF_ITER_NEXT`.
const ITER_NEXT: u32 = 1 << 9;
/// `KF_ITER_DESTROY`.
const ITER_DESTROY: u32 = 1 << 10;

/// What a struct is named that is the state of an iterator.
const ITER_PREFIX: &[u8] = b"bpf_iter_";

/// Whether a kfunc with these flags is one of an iterator's.
pub(super) fn is_of_iterator(flags: u32) -> bool {
    flags & (ITER_NEW | ITER_NEXT | ITER_DESTROY) != 0
}

/// Whether a kfunc with these flags makes an iterator.
pub(super) fn makes_iterator(flags: u32) -> bool {
    flags & ITER_NEW != 0
}

/// The prototype of function `node`.
///
/// # Errors
///
/// It is no function, or has none.
pub(super) fn prototype<'a, S: Space, L: Locate, B: Locate>(
    view: &View<'_, 'a, S, L, B>,
    node: Node<S>,
) -> Passed<Type<'a, S>, S> {
    let function = view.record(node).ok_or(Barrier::NoType)?;
    if function.kind() != Kind::Func {
        return Err(Barrier::NoFunction(function.kind()));
    }
    let proto = view.target(&function).and_then(|node| view.record(node));
    proto
        .filter(|proto| proto.kind() == Kind::FuncProto)
        .ok_or(Barrier::NoPrototype)
}

/// Checks the kfunc `node` with these flags.
///
/// # Errors
///
/// What is in the way.
pub(super) fn check<S: Space, L: Locate, B: Locate>(
    view: &View<'_, '_, S, L, B>,
    steps: &mut Steps,
    node: Node<S>,
    flags: u32,
) -> Passed<(), S> {
    steps.step()?;
    let proto = prototype(view, node)?;
    let name = view.record(node).map_or(&[][..], |r| view.name(&r));
    if name.is_empty() {
        return Err(Barrier::NoName);
    }
    let mut namesake = None;
    // More of them than are looked at: one of those that were will do.
    let _ = view.vmlinux.named_any(name, |id, record| {
        if record.kind() == Kind::Func {
            namesake = namesake.or(Some(id));
        }
    });
    if let Some(id) = namesake {
        return Err(Barrier::Namesake(id));
    }
    if is_of_iterator(flags) {
        check_iterator(view, steps, &proto, name, flags)?;
    }
    Ok(())
}

/// Checks that a kfunc of an iterator is one.
fn check_iterator<'a, S: Space, L: Locate, B: Locate>(
    view: &View<'_, 'a, S, L, B>,
    steps: &mut Steps,
    proto: &Type<'a, S>,
    name: &[u8],
    flags: u32,
) -> Passed<(), S> {
    let fail = |what| Err(Barrier::Iterator(what));
    let flags = flags & (ITER_NEW | ITER_NEXT | ITER_DESTROY);
    let suffix: &[u8] = match flags {
        ITER_NEW => b"_new",
        ITER_NEXT => b"_next",
        ITER_DESTROY => b"_destroy",
        _ => return fail("its flags say that it is several kfuncs of an iterator"),
    };
    let first = view.param(proto, 0).and_then(|param| param.node);
    let Some((_, state)) = state(view, steps.pointed_to(view, first)?) else {
        return fail("its first argument is no pointer to a struct named bpf_iter_...");
    };
    if state.size() == 0 || state.size() & 7 != 0 {
        return fail("the struct of its iterator has a size that is no multiple of 8");
    }
    if name.strip_prefix(view.name(&state)) != Some(suffix) {
        return fail("it is not named after the struct of its iterator");
    }
    if flags != ITER_NEW && proto.vlen() != 1 {
        return fail("it takes more than an iterator");
    }
    let result = view.target(proto);
    if flags == ITER_NEXT {
        let result = steps.plain(view, result)?;
        if result.is_none_or(|(_, r)| r.kind() != Kind::Ptr) {
            return fail("it goes on to the next, and gives no pointer");
        }
    }
    if flags == ITER_DESTROY && result.is_some() {
        return fail("it destroys an iterator, and gives a result");
    }
    Ok(())
}

/// `to`, if it is a struct that is the state of an iterator.
pub(super) fn state<'a, S: Space, L: Locate, B: Locate>(
    view: &View<'_, 'a, S, L, B>,
    to: Found<'a, S>,
) -> Found<'a, S> {
    to.filter(|(_, to)| to.kind() == Kind::Struct && view.name(to).starts_with(ITER_PREFIX))
}
