// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Giving the names and type ids of a record other numbers, where the table of [`super::fields`]
//! says that they stand.

use super::{
    fields::{
        Fields,
        Form,
        TARGET, //
    },
    record::RECORD_LEN,
    words::{
        set_word,
        word, //
    },
};
use crate::btf::number::{
    number_of,
    Id,
    Off,
    Space, //
};

/// Where the name offset of `struct btf_type` stands.
const NAME: usize = 0;
/// Where `info` stands.
const INFO: usize = 4;

/// Puts what `name` and `id` make of it in place of each name and type id in `record`, which is in
/// its wire form. `void` and no name stay what they are.
///
/// # Errors
///
/// The first of `name` or `id`; fields from there on are as they were.
#[inline(always)]
pub fn translate<S: Space, T: Space, E>(
    record: &mut [u8],
    mut name: impl FnMut(Off<S>) -> Result<Option<Off<T>>, E>,
    mut id: impl FnMut(Id<S>) -> Result<Option<Id<T>>, E>,
) -> Result<(), E> {
    let Some((head, tail)) = record.split_first_chunk_mut::<RECORD_LEN>() else {
        return Ok(());
    };
    replace_name(head, NAME, &mut name)?;
    let fields = Fields::of_info(word(head, INFO).unwrap_or(0));
    if fields.target {
        replace_id(head, TARGET, &mut id)?;
    }
    // Nearly all that there is to do is in one of two loops.
    match fields.form {
        Form::Plain => Ok(()),
        Form::NameIdMore => {
            for member in tail.chunks_exact_mut(12) {
                replace_name(member, 0, &mut name)?;
                replace_id(member, 4, &mut id)?;
            }
            Ok(())
        }
        Form::NameId => {
            for param in tail.chunks_exact_mut(8) {
                replace_name(param, 0, &mut name)?;
                replace_id(param, 4, &mut id)?;
            }
            Ok(())
        }
        Form::Other => translate_other(fields, tail, &mut name, &mut id),
    }
}

/// Translates what follows `struct btf_type` in a record of any kind.
#[inline(always)]
fn translate_other<S: Space, T: Space, E>(
    fields: Fields,
    tail: &mut [u8],
    name: &mut impl FnMut(Off<S>) -> Result<Option<Off<T>>, E>,
    id: &mut impl FnMut(Id<S>) -> Result<Option<Id<T>>, E>,
) -> Result<(), E> {
    let fixed = usize::from(fields.fixed).min(tail.len());
    let Some((fixed, elements)) = tail.split_at_mut_checked(fixed) else {
        return Ok(());
    };
    for word in fixed
        .chunks_exact_mut(4)
        .take(usize::from(fields.fixed_ids))
    {
        replace_id(word, 0, id)?;
    }
    for element in elements.chunks_exact_mut(fields.stride()) {
        if fields.each_name {
            replace_name(element, 0, name)?;
        }
        if let Some(at) = fields.each_id {
            replace_id(element, usize::from(at), id)?;
        }
    }
    Ok(())
}

/// Replaces the name at `at`.
#[inline(always)]
fn replace_name<S: Space, T: Space, E>(
    bytes: &mut [u8],
    at: usize,
    new: &mut impl FnMut(Off<S>) -> Result<Option<Off<T>>, E>,
) -> Result<(), E> {
    if let Some(old) = word(bytes, at).and_then(Off::new) {
        let _ = set_word(bytes, at, new(old)?.map_or(0, Off::number));
    }
    Ok(())
}

/// Replaces the type id at `at`.
#[inline(always)]
fn replace_id<S: Space, T: Space, E>(
    bytes: &mut [u8],
    at: usize,
    new: &mut impl FnMut(Id<S>) -> Result<Option<Id<T>>, E>,
) -> Result<(), E> {
    if let Some(old) = word(bytes, at).and_then(Id::new) {
        let _ = set_word(bytes, at, number_of(new(old)?));
    }
    Ok(())
}
