// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which bytes a program can give: the `btf_type_is_scalar()`, `__btf_type_is_scalar_struct()` and
//! `btf_resolve_size()` of the kernel.

use super::{
    view::{
        Node,
        Steps,
        Type,
        View, //
    },
    Passed, //
};
use crate::btf::{
    limits::{
        MAX_NESTING,
        MAX_RESOLVE, //
    },
    number::Space,
    wire::{
        Kind,
        Locate, //
    },
};

/// Whether this is a number. Enumerations of 64 bits are none to the verifier.
pub(super) fn is_number<S: Space>(record: &Type<'_, S>) -> bool {
    matches!(record.kind(), Kind::Int | Kind::Enum)
}

/// Whether this is a struct or union made of numbers, arrays of these and structs and unions of
/// both, [`MAX_NESTING`] in one another.
///
/// # Errors
///
/// As [`Steps::plain`].
pub(super) fn is_of_numbers<'a, S: Space, L: Locate, B: Locate>(
    view: &View<'_, 'a, S, L, B>,
    steps: &mut Steps,
    record: Type<'a, S>,
) -> Passed<bool, S> {
    if !record.kind().is_composite() {
        return Ok(false);
    }
    // What it is in, with the number of the next member to look at.
    let mut open = [None; MAX_NESTING];
    let (mut record, mut nth, mut depth) = (record, 0, 0usize);
    loop {
        let Some(member) = view.member(&record, nth) else {
            // All of it has been looked at: back to what it is in.
            let outer = depth.checked_sub(1);
            match outer.and_then(|outer| open.get(outer).copied().flatten()) {
                Some(outer) => (record, nth) = outer,
                None => return Ok(true),
            }
            depth = depth.saturating_sub(1);
            continue;
        };
        nth = nth.saturating_add(1);
        let Some((_, member)) = steps.plain(view, member)? else {
            return Ok(false);
        };
        if member.kind().is_composite() {
            if depth.saturating_add(1) >= MAX_NESTING {
                return Ok(false);
            }
            if let Some(place) = open.get_mut(depth) {
                *place = Some((record, nth));
            }
            depth = depth.saturating_add(1);
            (record, nth) = (member, 0);
        } else if !is_number_or_some(view, steps, &member)? {
            return Ok(false);
        }
    }
}

/// Whether this is a number or an array of some.
fn is_number_or_some<'a, S: Space, L: Locate, B: Locate>(
    view: &View<'_, 'a, S, L, B>,
    steps: &mut Steps,
    member: &Type<'a, S>,
) -> Passed<bool, S> {
    let Some((of, count)) = view.array(member) else {
        return Ok(is_number(member));
    };
    let of = steps.plain(view, of)?;
    Ok(count != 0 && of.is_some_and(|(_, of)| is_number(&of)))
}

/// Whether the size of `node` is known, below 4 GiB.
///
/// # Errors
///
/// No step is left.
pub(super) fn has_size<S: Space, L: Locate, B: Locate>(
    view: &View<'_, '_, S, L, B>,
    steps: &mut Steps,
    mut node: Option<Node<S>>,
) -> Passed<bool, S> {
    let mut count = 1u32;
    for _ in 0..MAX_RESOLVE {
        steps.step()?;
        let Some(record) = node.and_then(|node| view.record(node)) else {
            return Ok(false);
        };
        if let Some((of, elements)) = view.array(&record) {
            let Some(all) = count.checked_mul(elements) else {
                return Ok(false);
            };
            (count, node) = (all, of);
            continue;
        }
        if record.kind().is_modifier() {
            node = view.target(&record);
            continue;
        }
        let size = match record.kind() {
            Kind::Ptr => 8,
            kind if kind.has_size() => record.size(),
            _ => return Ok(false),
        };
        return Ok(count.checked_mul(size).is_some());
    }
    Ok(false)
}
