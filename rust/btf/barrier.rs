// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What keeps programs from using a kfunc or a destructor.

use super::{
    decision::Decision,
    idmap::IdMap,
    kind::Kind,
    parse::{
        Locate,
        Pair, //
    },
    reconcile::Plan,
    record::Record,
    sort::heapsort,
    vmlinux::Vmlinux,
    Result, //
};
use crate::facade::Buf;
use core::fmt;

/// Links of a chain of typedefs and qualifiers that are followed, as the kernel does.
const MAX_CHAIN: usize = 32;

/// Arguments that the verifier lets a function have, `MAX_BPF_FUNC_ARGS`.
pub const MAX_ARGUMENTS: u32 = 12;

/// Why programs can't use a kfunc, or the kernel does not take a destructor.
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
    /// It takes so many arguments, more than [`MAX_ARGUMENTS`].
    TooMany(u32),
    /// A destructor gives a result.
    Result,
    /// It takes another number of arguments than one.
    Arguments(u32),
    /// Its argument is no pointer.
    NoPointer,
    /// It is a pointer, but not to `void`.
    NotVoid,
    /// It is for no struct or union, but for this.
    OfKind(Kind),
}

impl fmt::Display for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Barrier::NoId => f.write_str("its id was never found"),
            Barrier::NoPrototype => f.write_str("it leads to no FUNC_PROTO"),
            Barrier::Carried(id) => write!(f, "it takes type [{id}], which is carried"),
            Barrier::Copy(id) => {
                write!(
                    f,
                    "it takes type [{id}], the module's own and not the kernel's"
                )
            }
            Barrier::TooMany(n) => write!(f, "it takes {n} arguments, at most {MAX_ARGUMENTS}"),
            Barrier::Result => f.write_str("it gives a result, expected none"),
            Barrier::Arguments(n) => write!(f, "it takes {n} arguments, expected 1"),
            Barrier::NoPointer => f.write_str("its argument is no pointer"),
            Barrier::NotVoid => f.write_str("its argument is not void *, as CONFIG_CFI asks"),
            Barrier::OfKind(Kind::Unknown) => f.write_str("what it is for was never found"),
            Barrier::OfKind(kind) => write!(f, "it is for a {}", kind.name()),
        }
    }
}

/// What is in the way of destructor `id` for a type that becomes one of kind `of`: what
/// `btf_check_dtor_kfuncs()` in `kernel/bpf/btf.c` refuses, with `CONFIG_CFI` or without, and types
/// that programs can't keep.
pub fn dtor_barrier<L: Locate>(
    types: &Pair<'_, '_, L>,
    id: u32,
    of: Kind,
    cfi: bool,
) -> Option<Barrier> {
    if id == 0 {
        return Some(Barrier::NoId);
    }
    let Some(proto) = prototype(types, id) else {
        return Some(Barrier::NoPrototype);
    };
    if proto.size_or_type != 0 {
        return Some(Barrier::Result);
    }
    let mut params = proto.params();
    let (Some((_, param)), None) = (params.next(), params.next()) else {
        return Some(Barrier::Arguments(proto.vlen()));
    };
    match types.record(param).filter(|r| r.kind() == Kind::Ptr) {
        None => Some(Barrier::NoPointer),
        Some(pointer) if cfi && pointer.size_or_type != 0 => Some(Barrier::NotVoid),
        Some(_) => (!of.is_composite()).then_some(Barrier::OfKind(of)),
    }
}

/// What becomes of a module's types, and what its kfuncs give to programs: these can pass that on
/// to others, whosever type it is.
pub struct Callers<'c, 'p, 'a, 'v, L, B> {
    vmlinux: &'c Vmlinux<'v, L>,
    types: &'c Pair<'p, 'a, B>,
    /// What becomes of a base's types, if there is a base.
    plan: Option<&'c Plan>,
    ids: &'c IdMap,
    /// Types that kfuncs give pointers to.
    given: Buf<u32>,
}

impl<'c, 'p, 'a, 'v, L: Locate, B: Locate> Callers<'c, 'p, 'a, 'v, L, B> {
    /// Looks at the results of `kfuncs`, of which these are the ids in `types`.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(
        vmlinux: &'c Vmlinux<'v, L>,
        types: &'c Pair<'p, 'a, B>,
        plan: Option<&'c Plan>,
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
        if proto.vlen() > MAX_ARGUMENTS {
            return Some(Barrier::TooMany(proto.vlen()));
        }
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
            match self.plan.and_then(|plan| plan.get(id)) {
                Some(Decision::Carried(_)) => Some(Barrier::Carried(id)),
                Some(_) => None,
                None => is_kernels(self.vmlinux, self.types, &record).then_some(Barrier::Copy(id)),
            }
        })
    }
}

/// The prototype of function `id`.
fn prototype<'a, L: Locate>(types: &Pair<'_, 'a, L>, id: u32) -> Option<Record<'a>> {
    let function = types.record(id).filter(|r| r.kind() == Kind::Func)?;
    let proto = types.record(function.size_or_type);
    proto.filter(|r| r.kind() == Kind::FuncProto)
}

/// Whether the kernel has a type of the kind and name of `record`.
fn is_kernels<L: Locate, B: Locate>(
    vmlinux: &Vmlinux<'_, L>,
    types: &Pair<'_, '_, B>,
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
