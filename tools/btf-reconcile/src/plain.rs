// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether BTF that comes without a base fits a kernel.
//!
//! Its ids mean types of the one kernel that it was made against. On another one they lead
//! somewhere else, and the loading kernel does not see that as long as there is any type with
//! that id. What gives such BTF away: references of the wrong kind, members that are larger than
//! what they are in, names that start in the middle of another, functions that the module does not
//! have.

use crate::{
    btf::{
        Btf,
        Kind,
        Locate,
        Pair,
        Record, //
    },
    elf::Module,
};
use std::fmt;

/// Links of a chain of typedefs, qualifiers and arrays that are followed.
const MAX_CHAIN: u32 = 32;

/// What gives stale BTF away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The type that it was seen at.
    pub id: u32,
    /// Its kind.
    pub kind: Kind,
    /// Its name, as far as it can be read.
    pub name: String,
    /// What is wrong with it.
    pub what: What,
}

/// What is wrong with a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It refers to a type that there is not.
    NoType(u32),
    /// It refers to a type of this kind, where that can't stand.
    LeadsTo(u32, Kind),
    /// It refers to nothing where something has to stand.
    LeadsToVoid,
    /// It refers to types that refer to each other without end.
    Endless(u32),
    /// A name of it lies outside of the strings, or starts in the middle of one.
    Name(u32),
    /// Its member at this bit does not fit into it.
    Member(u32),
    /// The module has no function of this name.
    NoFunction,
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ".BTF: type [{}]: {}", self.id, self.kind.name())?;
        if !self.name.is_empty() {
            write!(f, " '{}'", self.name)?;
        }
        match self.what {
            What::NoType(id) => write!(f, " refers to [{id}], which there is not"),
            What::LeadsTo(id, kind) => write!(f, " refers to [{id}], a {}", kind.name()),
            What::LeadsToVoid => f.write_str(" refers to void, expected a type"),
            What::Endless(id) => write!(f, " refers to [{id}], which leads nowhere"),
            What::Name(off) => write!(f, " has a name at {off}, where no string starts"),
            What::Member(bit) => write!(f, " has a member at bit {bit} that does not fit into it"),
            What::NoFunction => f.write_str(" is no function of the module"),
        }
    }
}

/// Looks for the first thing that shows that `split` was not made against `vmlinux`.
pub fn misfit<L: Locate>(
    vmlinux: &Btf<'_, L>,
    split: &Btf<'_>,
    module: &Module<'_>,
) -> Option<Misfit> {
    let types = Pair {
        base: vmlinux,
        split,
    };
    let look = Look {
        types: &types,
        module,
    };
    split.records().find_map(|(id, record)| {
        let what = look.at(&record)?;
        let name = types.name(record.name_off).unwrap_or_default();
        Some(Misfit {
            id,
            kind: record.kind(),
            name: String::from_utf8_lossy(name).into_owned(),
            what,
        })
    })
}

/// What types are held against.
struct Look<'l, 'p, 'a, L> {
    types: &'l Pair<'p, 'a, L>,
    module: &'l Module<'a>,
}

impl<L: Locate> Look<'_, '_, '_, L> {
    /// What is wrong with `record`, if anything.
    fn at(&self, record: &Record<'_>) -> Option<What> {
        let names = self.names(record);
        names.or_else(|| match record.kind() {
            Kind::Ptr => self.wants(record.size_or_type, true, is_type_or_proto),
            kind if kind.is_modifier() => self.wants(record.size_or_type, true, is_type_or_proto),
            Kind::Array => {
                let (of, index, _) = record.array()?;
                let of = self.wants(of, false, is_type);
                of.or_else(|| self.wants_integer(index))
            }
            Kind::Struct | Kind::Union => self.members(record),
            Kind::Func => {
                let proto = self.wants(record.size_or_type, false, |k| k == Kind::FuncProto);
                proto.or_else(|| self.function(record))
            }
            Kind::FuncProto => {
                let result = self.wants(record.size_or_type, true, is_type);
                let mut params = record.params();
                // The last one, of no name and type, stands for `...`.
                result.or_else(|| params.find_map(|(_, id)| self.wants(id, true, is_type)))
            }
            Kind::Var => self.wants(record.size_or_type, false, is_type),
            Kind::Datasec => {
                let mut variables = record.tail().chunks_exact(12);
                variables.find_map(|v| {
                    let id = u32::from_ne_bytes(*v.first_chunk()?);
                    self.wants(id, false, |k| k == Kind::Var)
                })
            }
            Kind::DeclTag => self.wants(record.size_or_type, false, is_declared),
            _ => None,
        })
    }

    /// Whether all names of `record` are whole strings.
    fn names(&self, record: &Record<'_>) -> Option<What> {
        let whole = |off: u32| {
            let split = self.types.split;
            match off < split.str_start() {
                true => self.types.base.starts_string(off),
                false => split.starts_string(off) && split.strs_from(off).is_some(),
            }
        };
        let members = record.members().map(|m| m.name_off);
        let values = record.values().map(|v| v.0);
        let params = record.params().map(|p| p.0);
        let mut all = std::iter::once(record.name_off)
            .chain(members)
            .chain(values)
            .chain(params);
        all.find(|&off| !whole(off)).map(What::Name)
    }

    /// Whether type `id` is of a kind that fits.
    fn wants(&self, id: u32, or_void: bool, fits: impl Fn(Kind) -> bool) -> Option<What> {
        if id == 0 {
            return (!or_void).then_some(What::LeadsToVoid);
        }
        match self.types.record(id) {
            None => Some(What::NoType(id)),
            Some(r) if fits(r.kind()) => None,
            Some(r) => Some(What::LeadsTo(id, r.kind())),
        }
    }

    /// Whether type `id` is an integer, maybe by another name.
    fn wants_integer(&self, id: u32) -> Option<What> {
        let mut at = id;
        for _ in 0..MAX_CHAIN {
            match self.types.record(at) {
                None => return Some(What::NoType(at)),
                Some(r) if r.kind().is_modifier() => at = r.size_or_type,
                Some(r) if r.kind() == Kind::Int => return None,
                Some(r) => return Some(What::LeadsTo(at, r.kind())),
            }
        }
        Some(What::Endless(id))
    }

    /// Whether every member has a type that is not larger than what it is in.
    fn members(&self, record: &Record<'_>) -> Option<What> {
        record.members().find_map(|m| {
            if let Some(what) = self.wants(m.type_id, false, is_type) {
                return Some(what);
            }
            let (bit, bits) = match record.kind_flag() {
                true => (m.offset & 0x00ff_ffff, m.offset >> 24),
                false => (m.offset, 0),
            };
            let bits = match bits {
                0 => match self.size(m.type_id) {
                    Some(size) => size.checked_mul(8)?,
                    None => return Some(What::Endless(m.type_id)),
                },
                bits => u64::from(bits),
            };
            let end = u64::from(bit).checked_add(bits)?;
            let room = u64::from(record.size_or_type) * 8;
            (end > room).then_some(What::Member(bit))
        })
    }

    /// Bytes that type `id` takes, in something else; [`None`] for a type without size.
    fn size(&self, mut id: u32) -> Option<u64> {
        let mut times = 1u64;
        for _ in 0..MAX_CHAIN {
            let record = self.types.record(id)?;
            let size = match record.kind() {
                Kind::Ptr => self.module.pointer,
                Kind::Array => {
                    let (of, _, n) = record.array()?;
                    times = times.checked_mul(u64::from(n))?;
                    id = of;
                    continue;
                }
                kind if kind.is_modifier() => {
                    id = record.size_or_type;
                    continue;
                }
                Kind::Int
                | Kind::Struct
                | Kind::Union
                | Kind::Enum
                | Kind::Enum64
                | Kind::Float => record.size_or_type,
                _ => return None,
            };
            return times.checked_mul(u64::from(size));
        }
        None
    }

    /// Whether the module has the function that `record` is.
    fn function(&self, record: &Record<'_>) -> Option<What> {
        let name = self.types.name(record.name_off)?;
        (!self.module.has_function(name)).then_some(What::NoFunction)
    }
}

/// Kinds that a value can be of.
fn is_type(kind: Kind) -> bool {
    !matches!(
        kind,
        Kind::Func | Kind::FuncProto | Kind::Var | Kind::Datasec | Kind::DeclTag
    )
}

/// Kinds that a pointer can lead to.
fn is_type_or_proto(kind: Kind) -> bool {
    is_type(kind) || kind == Kind::FuncProto
}

/// Kinds that a tag can be on.
fn is_declared(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Struct
            | Kind::Union
            | Kind::Typedef
            | Kind::Func
            | Kind::Var
            | Kind::Enum
            | Kind::Fwd
    )
}
