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
    sort::heapsort,
    vmlinux::Vmlinux,
    Result, //
};
use crate::facade::Buf;

/// Links of a chain of typedefs and qualifiers that are followed, as the kernel does.
const MAX_CHAIN: usize = 32;

/// Why programs can't use a kfunc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barrier {
    /// Its id was never found, when the module was built.
    NoId,
    /// Its id is that of no function with a prototype.
    NoPrototype,
    /// It takes the type of the base with this id, which is carried.
    Carried(u32),
    /// It takes the type of the module with this id, of which the kernel has one of its own.
    Copy(u32),
}

/// What becomes of a module's types, and what its kfuncs give to programs: these can pass that on
/// to others, whosever type it is.
pub struct Callers<'c, 'p, 'a, 'v, L> {
    vmlinux: &'c Vmlinux<'v, L>,
    types: &'c Pair<'p, 'a, Offsets>,
    plan: &'c Plan,
    ids: &'c IdMap,
    /// Types that kfuncs give pointers to.
    given: Buf<u32>,
}

impl<'c, 'p, 'a, 'v, L: Locate> Callers<'c, 'p, 'a, 'v, L> {
    /// Looks at the results of `kfuncs`, of which these are the ids in `types`.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(
        vmlinux: &'c Vmlinux<'v, L>,
        types: &'c Pair<'p, 'a, Offsets>,
        plan: &'c Plan,
        ids: &'c IdMap,
        kfuncs: impl Iterator<Item = u32>,
    ) -> Result<Self> {
        let mut given = Buf::new();
        for id in kfuncs {
            let to = prototype(types, id).and_then(|proto| {
                let (_, result) = plain(types, proto.size_or_type)?;
                let (to, _) = plain(types, result.size_or_type)?;
                (result.kind() == Kind::Ptr).then_some(to)
            });
            if let Some(to) = to {
                given.push(to)?;
            }
        }
        heapsort(&mut given, |a, b| a < b);
        Ok(Self {
            vmlinux,
            types,
            plan,
            ids,
            given,
        })
    }

    /// Why programs can't call the kfunc with this id: one of its arguments is of a struct or union
    /// that only the module has, or points to one, and a program has the kernel's.
    pub fn barrier(&self, id: u32) -> Option<Barrier> {
        if id == 0 {
            return Some(Barrier::NoId);
        }
        let Some(proto) = prototype(self.types, id) else {
            return Some(Barrier::NoPrototype);
        };
        let mut params = proto.params();
        params.find_map(|(_, id)| {
            let (id, record) = pointed_to(self.types, id)?;
            if self.given.binary_search(&id).is_ok() {
                return None;
            }
            // What is the kernel's, be it that a copy has given way to it.
            if self.ids.get(id) < Some(self.vmlinux.btf.end()) {
                return None;
            }
            match self.plan.get(id) {
                Some(Decision::Carried(_)) => Some(Barrier::Carried(id)),
                Some(_) => None,
                None => is_kernels(self.vmlinux, self.types, &record).then_some(Barrier::Copy(id)),
            }
        })
    }
}

/// The prototype of function `id`.
fn prototype<'a>(types: &Pair<'_, 'a, Offsets>, id: u32) -> Option<Record<'a>> {
    let function = types.record(id).filter(|r| r.kind() == Kind::Func)?;
    let proto = types.record(function.size_or_type);
    proto.filter(|r| r.kind() == Kind::FuncProto)
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
