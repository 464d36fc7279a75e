// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Types that own all that they say.

/// What a type is, by the numbers of `include/uapi/linux/btf.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    Unknown,
    Int,
    Ptr,
    Array,
    Struct,
    Union,
    Enum,
    Fwd,
    Typedef,
    Volatile,
    Const,
    Restrict,
    Func,
    FuncProto,
    Var,
    Datasec,
    Float,
    DeclTag,
    TypeTag,
    Enum64,
}

impl Kind {
    /// All of them, in order of their numbers.
    pub const ALL: [Kind; 20] = [
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

    /// Struct or union.
    pub fn is_composite(self) -> bool {
        matches!(self, Kind::Struct | Kind::Union)
    }

    /// Enumeration of either width.
    pub fn is_enum(self) -> bool {
        matches!(self, Kind::Enum | Kind::Enum64)
    }

    /// Another name for a type, or the type with a qualifier or a tag.
    pub fn is_modifier(self) -> bool {
        matches!(
            self,
            Kind::Typedef | Kind::Volatile | Kind::Const | Kind::Restrict | Kind::TypeTag
        )
    }

    /// Such a type is something of its module: none is like another.
    pub fn is_own(self) -> bool {
        matches!(
            self,
            Kind::Unknown | Kind::Func | Kind::Var | Kind::Datasec | Kind::DeclTag
        )
    }

    /// Such types go by their names.
    pub fn goes_by_name(self) -> bool {
        self.is_composite() || self.is_enum() || matches!(self, Kind::Int | Kind::Float | Kind::Fwd)
    }
}

/// One thing that a type is made of: a member, value, parameter or variable, or what it refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: Vec<u8>,
    /// The type of it, 0 for a value.
    pub id: u32,
    /// Bit offset of a member, number of a value, number of elements of an array, place of a
    /// variable.
    pub number: u64,
    /// Size of a bitfield in bits, of a variable in bytes.
    pub size: u32,
}

/// One type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    pub kind: Kind,
    pub name: Vec<u8>,
    pub flag: bool,
    pub vlen: u32,
    /// The third word of the record, where it is no type id.
    pub size: u32,
    /// What it is made of. What a reference leads to is the one element, and the result of
    /// a prototype the first.
    pub elements: Vec<Element>,
    /// What an array is indexed by.
    pub index: u32,
    /// What else the record has: bits of an integer, linkage of a variable, all that follows
    /// a kind that is not known.
    pub rest: Vec<u8>,
}

impl Type {
    /// The same with other ids.
    pub fn renumbered(mut self, new: impl Fn(u32) -> u32) -> Self {
        for element in &mut self.elements {
            element.id = new(element.id);
        }
        self.index = new(self.index);
        self
    }

    /// Whether this is a definition of which no more than the size is known.
    pub fn is_opaque(&self) -> bool {
        let of_elements = self.kind.is_composite() || self.kind.is_enum();
        of_elements && self.elements.is_empty() && self.size != 0
    }

    /// What a declaration declares.
    pub fn declares(&self) -> Kind {
        if self.flag {
            Kind::Union
        } else {
            Kind::Struct
        }
    }
}
