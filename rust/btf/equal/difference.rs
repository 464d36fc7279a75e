// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What tells a type of a module from the kernel's.

use crate::btf::{
    number::{
        Id,
        New, //
    },
    reconcile::IdMap,
    wire::Kind,
};
use core::fmt;

/// What a type is made of, one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Of a struct or a union.
    Member,
    /// Of an enumeration.
    Value,
    /// Of a prototype.
    Parameter,
    /// Of an array.
    Element,
}

impl Part {
    /// What a type of this kind is made of.
    pub fn of(kind: Kind) -> Self {
        match kind {
            Kind::Struct | Kind::Union => Part::Member,
            Kind::Enum | Kind::Enum64 => Part::Value,
            Kind::FuncProto => Part::Parameter,
            _ => Part::Element,
        }
    }

    /// The word for one of them.
    fn name(self) -> &'static str {
        match self {
            Part::Member => "member",
            Part::Value => "value",
            Part::Parameter => "parameter",
            Part::Element => "element",
        }
    }
}

/// The first thing in which a type differs from the kernel's. First what stands in the type itself,
/// then the types that it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Difference<'n> {
    /// The kernel's is of this kind.
    Kind(Kind),
    /// The kernel's has another name.
    Name,
    /// Its kind flag, which is part of what a type of its kind says.
    Flag,
    /// It is a thing of the module, of this kind, and like no other.
    Own(Kind),
    /// Its size in bytes, and the kernel's.
    Size(u32, u32),
    /// Number of parts, and the kernel's.
    Count(Part, u32, u32),
    /// Encoding of an integer, signedness of an enumeration.
    Encoding,
    /// A part where the kernel has another one.
    Part(Part, &'n [u8], &'n [u8]),
    /// A member, the bit where it lies and the kernel's.
    Place(&'n [u8], u32, u32),
    /// A bitfield, its number of bits and the kernel's.
    Bits(&'n [u8], u32, u32),
    /// A value, what it is and what it is for the kernel; whether these are signed.
    Value(&'n [u8], u64, u64, bool),
    /// The type of a part, or where that has no name of what the type is made of.
    Type(Part, &'n [u8]),
    /// The same, that being this type, which differs from the kernel's of its name.
    Through(Part, &'n [u8], Id<New>),
    /// None, but the kernel has several of its name that differ from each other.
    Several,
}

impl Difference<'_> {
    /// The same, with the ids that `ids` gives to the module's types.
    pub fn renumbered(self, ids: &IdMap<New, New>) -> Self {
        match self {
            Difference::Through(part, name, id) => match ids.get(id) {
                Some(id) => Difference::Through(part, name, id),
                None => Difference::Type(part, name),
            },
            difference => difference,
        }
    }
}

/// For instance: member 'name'.
struct Named<'n>(Part, &'n [u8]);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Named(part, name) = *self;
        if name.is_empty() {
            write!(f, "a {} without a name", part.name())
        } else {
            write!(f, "{} '{}'", part.name(), name.escape_ascii())
        }
    }
}

impl fmt::Display for Difference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Difference::Kind(kind) => write!(f, "the kernel's is a {}", kind.name()),
            Difference::Name => f.write_str("the kernel's has another name"),
            Difference::Flag => f.write_str("its kind flag differs from the kernel's"),
            Difference::Own(kind) => write!(f, "a {} is the module's own", kind.name()),
            Difference::Size(ours, theirs) => {
                write!(f, "it has {ours} bytes, the kernel's has {theirs}")
            }
            Difference::Count(part, ours, theirs) => {
                let part = part.name();
                write!(f, "its number of {part}s is {ours}, the kernel's {theirs}")
            }
            Difference::Encoding => f.write_str("it is encoded otherwise than the kernel's"),
            Difference::Part(part, ours, theirs) => {
                let (ours, theirs) = (Named(part, ours), Named(part, theirs));
                write!(f, "it has {ours} where the kernel's has {theirs}")
            }
            Difference::Place(name, ours, theirs) => {
                let name = Named(Part::Member, name);
                write!(
                    f,
                    "{name} is at bit {ours}, in the kernel's at bit {theirs}"
                )
            }
            Difference::Bits(name, ours, theirs) => {
                let name = Named(Part::Member, name);
                write!(
                    f,
                    "{name} has {ours} bits, in the kernel's {theirs}; 0 is no bitfield"
                )
            }
            Difference::Value(name, ours, theirs, is_signed) => {
                let name = Named(Part::Value, name);
                if is_signed {
                    let (ours, theirs) = (signed(ours), signed(theirs));
                    write!(f, "{name} is {ours}, in the kernel's {theirs}")
                } else {
                    write!(f, "{name} is {ours}, in the kernel's {theirs}")
                }
            }
            Difference::Type(_, []) => f.write_str("it is made of another type than the kernel's"),
            Difference::Type(part, name) => {
                let name = Named(part, name);
                write!(f, "{name} is of another type than in the kernel's")
            }
            Difference::Through(_, [], id) => {
                write!(
                    f,
                    "it leads to [{}], which differs from the kernel's",
                    id.number()
                )
            }
            Difference::Through(part, name, id) => {
                let (name, id) = (Named(part, name), id.number());
                write!(f, "{name} leads to [{id}], which differs from the kernel's")
            }
            Difference::Several => {
                f.write_str("the kernel has several of this name, which differ from each other")
            }
        }
    }
}

/// The number whose bits these are.
fn signed(value: u64) -> i64 {
    i64::from_ne_bytes(value.to_ne_bytes())
}
