// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! A record without the names that the kernel refuses.

use crate::{
    btf::{
        check::Identifiers,
        number::{
            New,
            Off, //
        },
        wire::{
            record::RECORD_LEN,
            words::{
                set_word,
                word, //
            },
            Kind,
            Record, //
        },
        NoMemory, //
    },
    facade::Buf,
};

/// Where the name stands in `struct btf_type` and in members and values.
const NAME: usize = 0;
/// Where kind and number of elements stand in `struct btf_type`.
const INFO: usize = 4;
/// Where the size stands.
const SIZE: usize = 8;

/// The name that `record` keeps.
pub fn remaining_name(record: &Record<'_, New>, names: &mut Identifiers<'_>) -> Option<Off<New>> {
    let name = record.name()?;
    let keeps = match record.kind() {
        Kind::Struct | Kind::Union | Kind::Enum | Kind::Enum64 | Kind::Fwd => {
            names.is_identifier(name)
        }
        Kind::Ptr
        | Kind::Volatile
        | Kind::Const
        | Kind::Restrict
        | Kind::Array
        | Kind::FuncProto => false,
        Kind::Int | Kind::Float => names.is_there(Some(name)),
        // They are nothing without it.
        _ => true,
    };
    Some(name).filter(|_| keeps)
}

/// Puts into `out`, in place of what is there, what `record` becomes without the names that the
/// kernel refuses, and says how many members or values it concerned.
///
/// # Errors
///
/// No memory.
pub fn without_bad_names(
    record: &Record<'_, New>,
    names: &mut Identifiers<'_>,
    out: &mut Buf<u8>,
) -> Result<u32, NoMemory> {
    out.clear();
    let name = remaining_name(record, names);
    let kind = record.kind();
    let mut is_identifier = |element: &[u8]| {
        let name = word(element, NAME).and_then(Off::<New>::new);
        name.map(|name| names.is_identifier(name))
    };
    let (head, tail) = record
        .bytes()
        .split_at_checked(RECORD_LEN)
        .unwrap_or((&[], &[]));
    out.extend_from_slice(head)?;
    let _ = set_word(out, NAME, name.map_or(0, Off::number));
    let mut changed = 0u32;
    match kind {
        Kind::Fwd if name.is_none() => {
            // The kernel asks for the name of a declaration, but not for that of a definition.
            let kind = if record.kind_flag() {
                Kind::Union
            } else {
                Kind::Struct
            };
            // CAST: Its number.
            let _ = set_word(out, INFO, (kind as u32) << 24);
            let _ = set_word(out, SIZE, 0);
        }
        Kind::Struct | Kind::Union => {
            out.extend_from_slice(tail)?;
            let members = out.get_mut(RECORD_LEN..).unwrap_or(&mut []);
            for member in members.chunks_exact_mut(12) {
                if is_identifier(member) == Some(false) {
                    let _ = set_word(member, NAME, 0);
                    changed = changed.saturating_add(1);
                }
            }
        }
        Kind::Enum | Kind::Enum64 => {
            let len = if kind == Kind::Enum { 8 } else { 12 };
            for value in tail.chunks_exact(len) {
                if is_identifier(value) == Some(true) {
                    out.extend_from_slice(value)?;
                } else {
                    changed = changed.saturating_add(1);
                }
            }
            // The number of elements is in the lower bits, and no fewer of them went.
            let _ = set_word(out, INFO, record.info().saturating_sub(changed));
        }
        _ => out.extend_from_slice(tail)?,
    }
    Ok(changed)
}

/// Puts into `out`, in place of what is there, a section of variables with those that stay.
///
/// # Errors
///
/// No memory.
pub fn with_variables(
    record: &Record<'_, New>,
    stays: impl Fn(u32) -> bool,
    out: &mut Buf<u8>,
) -> Result<(), NoMemory> {
    out.clear();
    let (head, tail) = record
        .bytes()
        .split_at_checked(RECORD_LEN)
        .unwrap_or((&[], &[]));
    out.extend_from_slice(head)?;
    let mut gone = 0u32;
    for variable in tail.chunks_exact(12) {
        if word(variable, 0).is_some_and(&stays) {
            out.extend_from_slice(variable)?;
        } else {
            gone = gone.saturating_add(1);
        }
    }
    // As above.
    let _ = set_word(out, INFO, record.info().saturating_sub(gone));
    Ok(())
}
