// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! How mainline looks up the types of a distilled base, as of Linux 7.3.
//!
//! Its decisions, not its ways: it walks the types of the kernel and asks for each which types of the base it fits. The result
//! depends on one type of the base at a time, so that it can be told from the kernel's types of its
//! name, in order of their ids.
//!
//! Reference: [`tools/lib/bpf/btf_relocate.c`](srctree/tools/lib/bpf/btf_relocate.c)

use crate::btf::{
    Btf,
    Kind,
    Locate,
    Pair,
    Record,
    Vmlinux, //
};
use std::collections::HashSet;

/// What mainline makes of one type of a distilled base.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relocated {
    /// It takes it for this type of the kernel.
    To(u32),
    /// It takes it for this type, whose kind is another.
    ToWrongKind(u32, Kind),
    /// It finds these two, and refuses the module.
    Several(u32, u32),
    /// It finds none, and refuses the module.
    Nowhere,
    /// Such a type can't be in a distilled base, and it refuses the module.
    NotDistilled,
}

impl Relocated {
    /// Whether the module is refused for this type.
    pub fn refuses(self) -> bool {
        matches!(
            self,
            Relocated::Several(..) | Relocated::Nowhere | Relocated::NotDistilled
        )
    }
}

/// Decides about every type of `base`, in order of their ids, from 1.
pub fn relocate<L: Locate>(
    vmlinux: &Vmlinux<'_, L>,
    base: &Btf<'_>,
    split: &Btf<'_>,
) -> Vec<Relocated> {
    let embedded = embedded(&Pair { base, split });
    base.records()
        .map(|(id, record)| one(vmlinux, base, &record, embedded.contains(&id)))
        .collect()
}

/// Decides about one type.
fn one<L: Locate>(
    vmlinux: &Vmlinux<'_, L>,
    base: &Btf<'_>,
    record: &Record<'_>,
    embedded: bool,
) -> Relocated {
    let name = match base.name(record.name_off) {
        Some(name) if !name.is_empty() && is_distilled(record.kind()) => name,
        _ => return Relocated::NotDistilled,
    };
    let mut found = Vec::new();
    // Beyond as many as are looked at, two of one size are found long since.
    vmlinux.names.find(&vmlinux.btf, name, |id, r| {
        found.push((id, r));
    });
    let composites = found.iter().filter(|(_, r)| r.kind().is_composite());
    let several_composites = composites.count() > 1;
    let mut to = None;
    for (id, candidate) in &found {
        let by_size = match candidate.kind() {
            Kind::Int | Kind::Float | Kind::Enum | Kind::Enum64 => true,
            Kind::Struct | Kind::Union => several_composites,
            Kind::Fwd => false,
            _ => continue,
        };
        if by_size && candidate.size_or_type != record.size_or_type {
            continue;
        }
        if !is_compatible(record, candidate, embedded) {
            continue;
        }
        if let Some((first, _)) = to {
            return Relocated::Several(*id, first);
        }
        to = Some((*id, candidate.kind()));
    }
    match to {
        None => Relocated::Nowhere,
        Some((id, kind)) if is_same_kind(record, kind) => Relocated::To(id),
        Some((id, kind)) => Relocated::ToWrongKind(id, kind),
    }
}

/// Kinds that mainline accepts in a distilled base.
fn is_distilled(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Int | Kind::Float | Kind::Enum | Kind::Struct | Kind::Union | Kind::Fwd
    )
}

/// Whether mainline takes a type for a kernel's type of the same name.
fn is_compatible(record: &Record<'_>, candidate: &Record<'_>, embedded: bool) -> bool {
    match record.kind() {
        // The kind flag of a struct means bitfields, but mainline reads it as of a declaration.
        Kind::Fwd => match candidate.kind() {
            Kind::Fwd => record.kind_flag() == candidate.kind_flag(),
            Kind::Struct => !candidate.kind_flag(),
            Kind::Union => candidate.kind_flag(),
            _ => false,
        },
        Kind::Int => candidate.kind() == Kind::Int && encoding(record) == encoding(candidate),
        Kind::Float => candidate.kind() == Kind::Float,
        Kind::Enum => candidate.kind().is_enum(),
        // Of any kind: this is not checked.
        Kind::Struct | Kind::Union => !embedded || candidate.size_or_type == record.size_or_type,
        _ => false,
    }
}

/// Whether `kind` is what `record` stands for.
fn is_same_kind(record: &Record<'_>, kind: Kind) -> bool {
    match record.kind() {
        Kind::Enum => kind.is_enum(),
        Kind::Fwd => match record.kind_flag() {
            true => matches!(kind, Kind::Union | Kind::Fwd),
            false => matches!(kind, Kind::Struct | Kind::Fwd),
        },
        own => kind == own,
    }
}

/// The encoding of an integer: signed, character, boolean.
fn encoding(record: &Record<'_>) -> u32 {
    let data = record.tail().first_chunk().map(|d| u32::from_ne_bytes(*d));
    (data.unwrap_or(0) >> 24) & 0xf
}

/// Structs and unions of the base that structs and unions of the split part have inside.
fn embedded(types: &Pair<'_, '_, crate::btf::Offsets>) -> HashSet<u32> {
    let mut embedded = HashSet::new();
    for (_, record) in types.split.records() {
        for member in record.members() {
            let mut id = member.type_id;
            // As many links as a chain can have without a loop.
            for _ in 0..types.split.end() {
                let Some(record) = types.record(id) else {
                    break;
                };
                match record.kind() {
                    Kind::Array => id = record.array().map_or(0, |(of, ..)| of),
                    kind if kind.is_modifier() => id = record.size_or_type,
                    Kind::Struct | Kind::Union if id < types.split.first() => {
                        embedded.insert(id);
                        break;
                    }
                    _ => break,
                }
            }
        }
    }
    embedded
}
