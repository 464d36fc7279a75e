// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What there is to say of the types of two kernels.

use super::{
    catalog::NameSpace,
    difference::Through,
    parts::PartChange, //
};
use crate::btf::Kind;
use serde::Serialize;

/// What became of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Only the old kernel has it.
    Gone,
    /// Only the new one has it.
    New,
    /// It is not what it was.
    Changed,
    /// Only something that it leads to is not what it was.
    Through,
}

/// What a type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs)]
pub enum What {
    Struct,
    Union,
    Enum,
    Typedef,
    Integer,
    Float,
    Function,
    Kfunc,
    Variable,
}

impl What {
    /// All of them, in the order in which they are told.
    pub const ALL: [What; 9] = [
        What::Struct,
        What::Union,
        What::Enum,
        What::Typedef,
        What::Integer,
        What::Float,
        What::Function,
        What::Kfunc,
        What::Variable,
    ];

    /// What one of this kind is, which flag tells of a declaration that it is one of a union.
    pub fn of(kind: Kind, is_union: bool, is_kfunc: bool) -> Self {
        match kind {
            Kind::Union => What::Union,
            Kind::Fwd if is_union => What::Union,
            Kind::Enum | Kind::Enum64 => What::Enum,
            Kind::Typedef => What::Typedef,
            Kind::Int => What::Integer,
            Kind::Float => What::Float,
            Kind::Func if is_kfunc => What::Kfunc,
            Kind::Func => What::Function,
            Kind::Var => What::Variable,
            _ => What::Struct,
        }
    }

    /// Where its name is told from others.
    pub fn space(self) -> NameSpace {
        match self {
            What::Struct | What::Union | What::Enum => NameSpace::Tag,
            What::Typedef => NameSpace::Typedef,
            What::Integer | What::Float => NameSpace::Number,
            What::Function | What::Kfunc => NameSpace::Function,
            What::Variable => NameSpace::Variable,
        }
    }

    /// The word for one.
    pub fn name(self) -> &'static str {
        match self {
            What::Struct => "struct",
            What::Union => "union",
            What::Enum => "enum",
            What::Typedef => "typedef",
            What::Integer => "integer",
            What::Float => "float",
            What::Function => "function",
            What::Kfunc => "kfunc",
            What::Variable => "variable",
        }
    }
}

/// A type as one of the kernels has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Version {
    /// Its id there.
    pub id: u32,
    /// Its kind, as BTF dumps have it.
    pub kind: &'static str,
    /// Its size in bytes, if it has one.
    pub size: Option<u32>,
    /// What it is as C has it, of a function or a variable or a typedef.
    pub is: Option<String>,
    /// Tags of a function, but for that of kfuncs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Flags of a kfunc, if they are known; more than one if its sets have it with others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<u32>,
}

/// A type that is gone, new or not what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    /// What became of it.
    pub change: Change,
    /// What it is.
    pub what: What,
    /// Its name.
    pub name: String,
    /// Whether one of the kernels has several of its name.
    pub has_rivals: bool,
    /// The first difference, in words.
    pub first: Option<String>,
    /// What it leads to that differs, if it does not itself.
    pub through: Option<Through>,
    /// What it was.
    pub old: Option<Version>,
    /// What it is.
    pub new: Option<Version>,
    /// Its members or values that are not what they were.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartChange>,
}

impl Item {
    /// What its parts are.
    pub fn part(&self) -> &'static str {
        if self.what == What::Enum {
            "value"
        } else {
            "member"
        }
    }
}

/// How many of one sort met which fate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Only in the old kernel.
    pub gone: usize,
    /// Only in the new one.
    pub new: usize,
    /// Changed.
    pub changed: usize,
    /// Unchanged, but for what they lead to.
    pub through: usize,
    /// Equal.
    pub same: usize,
}

impl Count {
    /// Counts one more; `None` for one that is equal.
    pub fn add(&mut self, change: Option<Change>) {
        let count = match change {
            Some(Change::Gone) => &mut self.gone,
            Some(Change::New) => &mut self.new,
            Some(Change::Changed) => &mut self.changed,
            Some(Change::Through) => &mut self.through,
            None => &mut self.same,
        };
        *count += 1;
    }

    /// All of them.
    pub fn all(&self) -> usize {
        self.gone + self.new + self.changed + self.through + self.same
    }
}
