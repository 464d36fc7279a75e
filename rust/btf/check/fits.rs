// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether BTF that comes without a base fits a kernel, or stands on its own.
//!
//! Its ids mean types of the one kernel that it was made for, or its own only. Taken for others
//! they lead somewhere else, and the loading kernel does not see that as long as there is any type
//! with that id. What gives such BTF away: references of the wrong kind, members that are larger
//! than what they are in, names that start in the middle of another, functions that the module does
//! not have.

use super::{
    extent::{
        Extent,
        Extents, //
    },
    functions::Functions,
};
use crate::btf::{
    error::Fault,
    number::{
        Id,
        Off,
        Space, //
    },
    pace::Pace,
    wire::{
        Btf,
        Kind,
        Locate,
        Pair,
        Record, //
    },
    NoMemory,
    Result, //
};

/// Checks that `split`, which comes without a base, was made for `base`, for a module that has
/// these `functions`, on a machine with pointers of `pointer` bytes.
///
/// # Errors
///
/// The first thing that shows that it was not; no memory.
pub fn fits<S: Space, L: Locate>(
    base: &Btf<'_, S::Base, L>,
    split: &Btf<'_, S>,
    functions: &Functions,
    pointer: u32,
) -> Result {
    let types = Pair { base, split };
    let mut look = Look {
        types: &types,
        functions,
        extents: Extents::new(&types, pointer)?,
    };
    let mut pace = Pace::new();
    for (id, record) in split.walk() {
        pace.steps(record.vlen().saturating_add(1));
        look.extents.add(id, &record);
        if let Some(fault) = look.at(&record)? {
            return Err(split.at_type(id, fault));
        }
    }
    Ok(())
}

/// What types are judged by.
struct Look<'l, 'p, 'a, S: Space, L> {
    types: &'l Pair<'p, 'a, S, L>,
    functions: &'l Functions,
    extents: Extents<'l, 'p, 'a, S, L>,
}

/// What is wrong with something, if anything.
type Wrong = core::result::Result<Option<Fault>, NoMemory>;

impl<S: Space, L: Locate> Look<'_, '_, '_, S, L> {
    /// What is wrong with `record`.
    #[inline]
    fn at(&mut self, record: &Record<'_, S>) -> Wrong {
        if let Some(fault) = self.name(record.name()) {
            return Ok(Some(fault));
        }
        let target = record.target();
        Ok(match record.kind() {
            Kind::Ptr => self.wants(target, true, is_type_or_proto),
            kind if kind.is_modifier() => self.wants(target, true, is_type_or_proto),
            Kind::Array => return self.array(record),
            Kind::Struct | Kind::Union => return self.members(record),
            Kind::Enum | Kind::Enum64 => record.values().find_map(|value| self.name(value.name)),
            Kind::Func => {
                let proto = self.wants(target, false, |kind| kind == Kind::FuncProto);
                proto.or_else(|| self.function(record.name()))
            }
            Kind::FuncProto => {
                let result = self.wants(target, true, is_type);
                // The last one, of no name and type, stands for `...`.
                result.or_else(|| {
                    record.params().find_map(|param| {
                        let name = self.name(param.name);
                        name.or_else(|| self.wants(param.type_id, true, is_type))
                    })
                })
            }
            Kind::Var => self.wants(target, false, is_type),
            Kind::Datasec => {
                let mut variables = record.variables();
                variables.find_map(|v| self.wants(v.type_id, false, |kind| kind == Kind::Var))
            }
            Kind::DeclTag => self.wants(target, false, is_declared),
            _ => None,
        })
    }

    /// Whether a string starts at `off`, if there is to be one.
    #[inline]
    fn name(&self, off: Option<Off<S>>) -> Option<Fault> {
        let off = off?;
        if self.types.starts_string(off) {
            None
        } else {
            Some(Fault::NameInside(off.number()))
        }
    }

    /// Whether type `id` is of a kind that fits.
    #[inline]
    fn wants(
        &self,
        id: Option<Id<S>>,
        or_void: bool,
        fits: impl Fn(Kind) -> bool,
    ) -> Option<Fault> {
        let Some(id) = id else {
            return if or_void {
                None
            } else {
                Some(Fault::LeadsToVoid)
            };
        };
        match self.types.kind(id) {
            None => Some(Fault::Reference {
                id: id.number(),
                end: self.types.split.end().number(),
            }),
            Some(kind) if fits(kind) => None,
            Some(kind) => Some(Fault::LeadsTo(id.number(), kind)),
        }
    }

    /// Whether an array is one of values, does not embed itself, and is indexed by integers.
    fn array(&mut self, record: &Record<'_, S>) -> Wrong {
        let Some(array) = record.array() else {
            return Ok(None);
        };
        if let Some(fault) = self.wants(array.of, false, is_type) {
            return Ok(Some(fault));
        }
        if self.extents.of(array.of)? == Extent::Endless {
            return Ok(Some(Fault::Endless));
        }
        Ok(match self.extents.of(array.index)? {
            Extent::Integer { .. } => None,
            // What there is, but no integer.
            _ => self.wants(array.index, false, |_| false),
        })
    }

    /// Whether every member has a type that is not larger than what it is in.
    fn members(&mut self, record: &Record<'_, S>) -> Wrong {
        let room = u64::from(record.size()).saturating_mul(8);
        for member in record.members() {
            if let Some(fault) = self.name(member.name) {
                return Ok(Some(fault));
            }
            let extent = self.extents.of(member.type_id)?;
            let bits = match extent {
                Extent::None => return Ok(self.wants(member.type_id, false, |_| false)),
                Extent::Endless => return Ok(Some(Fault::Endless)),
                _ if member.place.bits != 0 => u64::from(member.place.bits),
                Extent::TooLarge => u64::MAX,
                Extent::Bytes(bytes) => u64::from(bytes).saturating_mul(8),
                // All of its bytes, or, in what compilers made before there was another way, the
                // few bits that are a bitfield.
                Extent::Integer { bits, .. } => u64::from(bits),
            };
            let bit = member.place.bit;
            if u64::from(bit).saturating_add(bits) > room {
                return Ok(Some(Fault::MemberSize(bit)));
            }
        }
        Ok(None)
    }

    /// Whether the module has the function with this name.
    fn function(&self, name: Option<Off<S>>) -> Option<Fault> {
        if !self.functions.tell() {
            return None;
        }
        let name = self.types.name(name)?;
        if self.functions.may_have(name) {
            None
        } else {
            Some(Fault::NoFunction)
        }
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
            | Kind::Enum64
            | Kind::Fwd
    )
}
