// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! How the kernel gives a module's types its own as a base, in place of the distilled one.
//!
//! `tools/lib/bpf/btf_relocate.c`, step by step. The one thing done in another way is the lookup:
//! the kernel walks its types and asks for each which types of the base it fits. The result depends
//! on one type of the base at a time, so that it can be told from the kernel's types of its name,
//! in order of their ids.

use super::{
    embedded::embedded,
    kind::{
        self,
        *, //
    },
    stop::{
        Stop,
        EINVAL,
        ENOENT, //
    },
    table::{
        Table,
        Type, //
    },
    wire::size,
    Kernel,
    Loaded, //
};
use std::collections::HashMap;

/// What the kernel makes of one type of a distilled base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relocated {
    /// It takes it for this type of its own.
    To(u32),
    /// It takes it for this type, whose kind is another.
    ToWrongKind(u32),
    /// It finds these two, and refuses the module.
    Several(u32, u32),
    /// It finds none, and refuses the module.
    Nowhere,
    /// Such a type can't be in a distilled base, and it refuses the module.
    NotDistilled,
}

/// Gives `split`, whose own strings these are, the types of `kernel` in place of those of `base`;
/// `found` then says what each of those was taken for.
///
/// # Errors
///
/// Where the kernel stops.
pub fn relocate<'k>(
    kernel: &'k Kernel<'_>,
    base: &Table<'_>,
    split: &Table<'_>,
    strings: &'k [u8],
    found: &mut Vec<Relocated>,
) -> Result<Loaded<'k>, Stop> {
    let (embedded, stop) = embedded(base, split);
    for (id, t) in base.own() {
        let embedded = embedded.get(size(id)).is_some_and(|&embedded| embedded);
        found.push(find(kernel, base, &t, embedded));
    }
    refuse(base, found, |found| match found {
        Relocated::NotDistilled => Some("can't be in a distilled base".to_owned()),
        _ => None,
    })?;
    if let Some(stop) = stop {
        return Err(stop);
    }
    refuse(base, found, |found| match found {
        Relocated::Nowhere => Some("is not found".to_owned()),
        Relocated::Several(a, b) => {
            let size = |id| kernel.table.get(id).map(|t| t.third());
            let same = size(a) == size(b);
            Some(if same {
                format!("is found twice, [{b}] and [{a}]")
            } else {
                format!("is found as [{b}] and as [{a}]")
            })
        }
        _ => None,
    })?;
    let map = map(kernel, base, split, found);
    let mut types = split.types.to_vec();
    rewrite_ids(split, &map, &mut types)?;
    rewrite_strings(kernel, base, split, found, &mut types)?;
    let wrong = wrong(kernel, base, split, found);
    Ok(Loaded {
        types: Table::rebased(split, types, strings, &kernel.table),
        map: Some(map),
        wrong,
    })
}

/// Stops with a line for each type of the base that there is a reason for.
fn refuse(
    base: &Table<'_>,
    found: &[Relocated],
    why: impl Fn(Relocated) -> Option<String>,
) -> Result<(), Stop> {
    let why = lines(base, found, why);
    if why.is_empty() {
        return Ok(());
    }
    let mut stop = Stop::refuses(EINVAL, "");
    stop.why = why;
    Err(stop)
}

/// A line for each type of the base that there is something to say of.
fn lines(
    base: &Table<'_>,
    found: &[Relocated],
    what: impl Fn(Relocated) -> Option<String>,
) -> Vec<String> {
    let lines = base.own().zip(found).filter_map(|((id, t), &found)| {
        let what = what(found)?;
        let (section, kind) = (base.section, kind::name(t.kind()));
        let name = base.strings.at(t.name_off()).escape_ascii();
        Some(format!("{section}: type [{id}]: {kind} '{name}' {what}"))
    });
    lines.collect()
}

/// Decides about one type of the base.
fn find(kernel: &Kernel<'_>, base: &Table<'_>, t: &Type<'_>, embedded: bool) -> Relocated {
    let may_be = matches!(t.kind(), INT | FLOAT | ENUM | STRUCT | UNION | FWD);
    if !may_be || t.name_off() == 0 {
        return Relocated::NotDistilled;
    }
    let ids = kernel.named(base.strings.at(t.name_off()));
    let candidates = || {
        let candidates = ids.iter();
        candidates.filter_map(|&id| Some((id, kernel.table.get(id)?)))
    };
    let mut to = None;
    for (id, candidate) in candidates() {
        let by_size = match candidate.kind() {
            FWD => false,
            STRUCT | UNION => {
                let same = |t: &Type<'_>| {
                    kind::is_composite(t.kind()) && t.name_off() == candidate.name_off()
                };
                candidates().filter(|(_, t)| same(t)).count() > 1
            }
            _ => true,
        };
        // The kernel compares 31 bits.
        let sizes_differ = (candidate.third() ^ t.third()) << 1 != 0;
        // Whether it is embedded is forgotten with the first that is found.
        let embedded = embedded && to.is_none();
        if (by_size && sizes_differ) || !is_compatible(t, &candidate, embedded) {
            continue;
        }
        if let Some((first, _)) = to {
            return Relocated::Several(id, first);
        }
        to = Some((id, candidate.kind()));
    }
    match to {
        None => Relocated::Nowhere,
        Some((id, kind)) if is_meant(t, kind) => Relocated::To(id),
        Some((id, _)) => Relocated::ToWrongKind(id),
    }
}

/// Whether the kernel takes a type for one of its own with the same name.
fn is_compatible(t: &Type<'_>, candidate: &Type<'_>, embedded: bool) -> bool {
    match t.kind() {
        // The flag of a struct means bitfields, but is read as if of a declaration.
        FWD => match candidate.kind() {
            FWD => t.flag() == candidate.flag(),
            STRUCT => !candidate.flag(),
            UNION => candidate.flag(),
            _ => false,
        },
        // Their bits are not compared.
        INT => candidate.kind() == INT && t.encoding() == candidate.encoding(),
        FLOAT => candidate.kind() == FLOAT,
        ENUM => matches!(candidate.kind(), ENUM | ENUM64),
        // Of any kind: this is not checked.
        STRUCT | UNION => !embedded || candidate.third() == t.third(),
        _ => false,
    }
}

/// Whether `kind` is what a type of the base stands for.
fn is_meant(t: &Type<'_>, kind: u32) -> bool {
    match t.kind() {
        ENUM => matches!(kind, ENUM | ENUM64),
        FWD if t.flag() => matches!(kind, UNION | FWD),
        FWD => matches!(kind, STRUCT | FWD),
        own => kind == own,
    }
}

/// The new id for each old one.
fn map(kernel: &Kernel<'_>, base: &Table<'_>, split: &Table<'_>, found: &[Relocated]) -> Vec<u32> {
    let new = |found: &Relocated| match *found {
        Relocated::To(id) | Relocated::ToWrongKind(id) => id,
        _ => 0,
    };
    let void = (base.end() != 0).then_some(0);
    let own = kernel.table.end()..;
    let of_base = void.into_iter().chain(found.iter().map(new));
    of_base.chain(own).take(size(split.end())).collect()
}

/// `btf_relocate_rewrite_type_id()`, for all types.
fn rewrite_ids(split: &Table<'_>, map: &[u32], types: &mut [u8]) -> Result<(), Stop> {
    for ((id, t), &start) in split.own().zip(split.starts()) {
        for at in t.ids() {
            let old = t.at(at);
            let new = map.get(size(old)).ok_or_else(|| {
                let there_are = map.len();
                let why = format!("type [{old}] is looked up in a map of {there_are}");
                Stop::outside(why).at(format!("{}: type [{id}]", split.section))
            })?;
            set(types, size(start) + at, *new);
        }
    }
    Ok(())
}

/// `btf_relocate_rewrite_strs()`, for all types. Of the strings of a base only names of its types
/// have one in the kernel.
fn rewrite_strings(
    kernel: &Kernel<'_>,
    base: &Table<'_>,
    split: &Table<'_>,
    found: &[Relocated],
    types: &mut [u8],
) -> Result<(), Stop> {
    let mut names: Vec<(u32, u32)> = Vec::new();
    for ((_, t), found) in base.own().zip(found) {
        if let Relocated::To(id) | Relocated::ToWrongKind(id) = *found {
            names.push((id, t.name_off()));
        }
    }
    // In the order of the kernel's types, of which the last decides.
    names.sort_by_key(|&(id, _)| id);
    let names = names.into_iter();
    let names: HashMap<u32, u32> = names
        .map(|(id, off)| (off, kernel.table.get(id).map_or(0, |t| t.name_off())))
        .collect();
    let old_len = base.strings.own.len();
    let grown = kernel.table.strings.own.len().wrapping_sub(old_len);
    for ((id, t), &start) in split.own().zip(split.starts()) {
        for at in t.strings() {
            let old = t.at(at);
            let new = if old == 0 {
                continue;
            } else if size(old) >= old_len {
                // CAST: Counted in 32 bits, like the kernel's.
                old.wrapping_add(grown as u32)
            } else {
                *names.get(&old).ok_or_else(|| {
                    let string = base.strings.at(old).escape_ascii();
                    let why = format!("string '{string}' is the name of no type of the base");
                    Stop::refuses(ENOENT, why).at(format!("{}: type [{id}]", split.section))
                })?
            };
            set(types, size(start) + at, new);
        }
    }
    Ok(())
}

/// What now means something else than it did.
fn wrong(
    kernel: &Kernel<'_>,
    base: &Table<'_>,
    split: &Table<'_>,
    found: &[Relocated],
) -> Vec<String> {
    let mut wrong = lines(base, found, |found| match found {
        Relocated::ToWrongKind(id) => {
            let kind = kernel.table.get(id).map_or(VOID, |t| t.kind());
            Some(format!("is taken for {} [{id}]", kind::name(kind)))
        }
        _ => None,
    });
    // Without any type it has no void either, and the module's types count from 0.
    let mut referring = split.own().filter(|(_, t)| t.kind() != FWD);
    if base.end() == 0 && referring.any(|(_, t)| t.ids().next().is_some()) {
        let section = base.section;
        wrong.push(format!(
            "{section}: no types: all ids are taken for those of the next type"
        ));
    }
    wrong
}

/// Sets the `u32` at byte offset `at`.
fn set(bytes: &mut [u8], at: usize, value: u32) {
    let place = bytes.get_mut(at..).and_then(|rest| rest.first_chunk_mut());
    if let Some(place) = place {
        *place = value.to_ne_bytes();
    }
}
