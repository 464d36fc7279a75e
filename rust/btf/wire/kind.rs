// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Kinds of types.
//!
//! C header: [`include/uapi/linux/btf.h`](srctree/include/uapi/linux/btf.h)

use super::words::index;

/// Kind of a type record, `BTF_KIND_*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    /// A kind that this code does not know.
    Unknown = 0,
    /// Integer.
    Int = 1,
    /// Pointer.
    Ptr = 2,
    /// Array.
    Array = 3,
    /// Struct.
    Struct = 4,
    /// Union.
    Union = 5,
    /// Enumeration with values of up to 32 bits.
    Enum = 6,
    /// Forward declaration of a struct or (kind flag set) of a union.
    Fwd = 7,
    /// Typedef.
    Typedef = 8,
    /// `volatile`.
    Volatile = 9,
    /// `const`.
    Const = 10,
    /// `restrict`.
    Restrict = 11,
    /// Function.
    Func = 12,
    /// Function prototype.
    FuncProto = 13,
    /// Variable.
    Var = 14,
    /// Section of variables.
    Datasec = 15,
    /// Floating point number.
    Float = 16,
    /// Tag on a declaration.
    DeclTag = 17,
    /// Tag on a type.
    TypeTag = 18,
    /// Enumeration with values of up to 64 bits.
    Enum64 = 19,
}

impl Kind {
    /// One more than the largest number of a kind that is known.
    pub const COUNT: usize = Kind::Enum64 as usize + 1;

    /// Every kind, at the place of its number.
    const ALL: [Kind; Kind::COUNT] = [
        Kind::Unknown,
        Kind::Int,
        Kind::Ptr,
        Kind::Array,
        Kind::Struct,
        Kind::Union,
        Kind::Enum,
        Kind::Fwd,
        Kind::Typedef,
        Kind::Volatile,
        Kind::Const,
        Kind::Restrict,
        Kind::Func,
        Kind::FuncProto,
        Kind::Var,
        Kind::Datasec,
        Kind::Float,
        Kind::DeclTag,
        Kind::TypeTag,
        Kind::Enum64,
    ];

    /// The kind that bits 24 to 30 of `info` give.
    #[inline]
    pub const fn of_info(info: u32) -> Kind {
        let number = index(Kind::number_of_info(info));
        if number < Kind::COUNT {
            Kind::ALL[number]
        } else {
            Kind::Unknown
        }
    }

    /// The number of that kind, known or not.
    #[inline]
    pub const fn number_of_info(info: u32) -> u32 {
        (info >> 24) & 0x7f
    }

    /// The name that BTF dumps give the kind.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Unknown => "UNKNOWN",
            Kind::Int => "INT",
            Kind::Ptr => "PTR",
            Kind::Array => "ARRAY",
            Kind::Struct => "STRUCT",
            Kind::Union => "UNION",
            Kind::Enum => "ENUM",
            Kind::Fwd => "FWD",
            Kind::Typedef => "TYPEDEF",
            Kind::Volatile => "VOLATILE",
            Kind::Const => "CONST",
            Kind::Restrict => "RESTRICT",
            Kind::Func => "FUNC",
            Kind::FuncProto => "FUNC_PROTO",
            Kind::Var => "VAR",
            Kind::Datasec => "DATASEC",
            Kind::Float => "FLOAT",
            Kind::DeclTag => "DECL_TAG",
            Kind::TypeTag => "TYPE_TAG",
            Kind::Enum64 => "ENUM64",
        }
    }

    /// Whether this is a struct or a union.
    #[inline]
    pub fn is_composite(self) -> bool {
        matches!(self, Kind::Struct | Kind::Union)
    }

    /// Whether this is an enumeration of either width.
    #[inline]
    pub fn is_enum(self) -> bool {
        matches!(self, Kind::Enum | Kind::Enum64)
    }

    /// Whether the third word of such a record is a size in bytes.
    #[inline]
    pub fn has_size(self) -> bool {
        self.is_composite() || self.is_enum() || matches!(self, Kind::Int | Kind::Float)
    }

    /// Whether this names the same object as the type it refers to, under another name or with
    /// qualifiers.
    #[inline]
    pub fn is_modifier(self) -> bool {
        matches!(
            self,
            Kind::Typedef | Kind::Volatile | Kind::Const | Kind::Restrict | Kind::TypeTag
        )
    }
}
