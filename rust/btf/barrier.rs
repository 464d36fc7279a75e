// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What keeps programs from using a kfunc.

use super::{
    decision::Decision,
    idmap::IdMap,
    kind::Kind,
    parse::{
        Locate,
        Offsets,
        Pair, //
    },
    reconcile::Plan,
    record::Record,
    vmlinux::Vmlinux,
};

/// Links of a chain of typedefs and qualifiers that are followed, as the kernel does.
const MAX_CHAIN: usize = 32;

/// Why programs can't use a kfunc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// It takes or gives the type of the base with this id, which is carried.
    Carried(u32),
    /// It takes or gives the type of the module with this id, of which the kernel has one of its
    /// own.
    Copy(u32),
}

/// Why programs can't call `function`, `ids` telling what becomes of the types: its arguments or its result are of a struct or union that
/// only the module has, or point to one, and a program has the kernel's.
pub fn barrier<L: Locate>(
    vmlinux: &Vmlinux<'_, L>,
    types: &Pair<'_, '_, Offsets>,
    plan: &Plan,
    ids: &IdMap,
    function: &Record<'_>,
) -> Option<Barrier> {
    let proto = types.record(function.size_or_type)?;
    let params = proto.params().map(|(_, of)| of);
    core::iter::once(proto.size_or_type)
        .chain(params)
        .find_map(|id| {
            let (id, record) = pointed_to(types, id)?;
            match plan.get(id) {
                Some(Decision::Carried(_)) => Some(Barrier::Carried(id)),
                Some(_) => None,
                // A copy whose place the kernel's has taken.
                None if ids.get(id).is_some_and(|new| new < vmlinux.btf.end()) => None,
                None => is_kernels(vmlinux, types, &record).then_some(Barrier::Copy(id)),
            }
        })
}

/// Whether the kernel has a type of the kind and name of `record`.
fn is_kernels<L: Locate>(
    vmlinux: &Vmlinux<'_, L>,
    types: &Pair<'_, '_, Offsets>,
    record: &Record<'_>,
) -> bool {
    let mut found = false;
    if let Some(name) = types.name(record.name_off).filter(|n| !n.is_empty()) {
        vmlinux.names.find(&vmlinux.btf, name, |_, r| {
            found |= r.kind() == record.kind();
        });
    }
    found
}

/// The struct or union that type `id` is, or points to.
fn pointed_to<'a, L: Locate>(types: &Pair<'_, 'a, L>, id: u32) -> Option<(u32, Record<'a>)> {
    let (id, record) = plain(types, id)?;
    let (id, record) = match record.kind() {
        Kind::Ptr => plain(types, record.size_or_type)?,
        _ => (id, record),
    };
    matches!(record.kind(), Kind::Struct | Kind::Union | Kind::Fwd).then_some((id, record))
}

/// What type `id` is under typedefs and qualifiers.
fn plain<'a, L: Locate>(types: &Pair<'_, 'a, L>, mut id: u32) -> Option<(u32, Record<'a>)> {
    for _ in 0..MAX_CHAIN {
        let record = types.record(id)?;
        if !record.kind().is_modifier() {
            return Some((id, record));
        }
        id = record.size_or_type;
    }
    None
}
