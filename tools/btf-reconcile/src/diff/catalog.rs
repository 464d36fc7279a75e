// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What has a name in a kernel's BTF.

use crate::btf::{
    Btf,
    Id,
    Kind,
    Space, //
};

/// What names are told apart in: C knows a struct and a function of one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameSpace {
    /// Numbers.
    Number,
    /// What stands behind `struct`, `union` or `enum`.
    Tag,
    /// Typedefs.
    Typedef,
    /// Functions.
    Function,
    /// Variables.
    Variable,
}

impl NameSpace {
    /// That of types of this kind, if they are called something that tells which they are.
    pub fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::Int | Kind::Float => Some(NameSpace::Number),
            Kind::Struct | Kind::Union | Kind::Enum | Kind::Enum64 | Kind::Fwd => {
                Some(NameSpace::Tag)
            }
            Kind::Typedef => Some(NameSpace::Typedef),
            Kind::Func => Some(NameSpace::Function),
            Kind::Var => Some(NameSpace::Variable),
            _ => None,
        }
    }
}

/// A type with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<'a, S> {
    /// What it is called.
    pub name: (NameSpace, &'a [u8]),
    /// Which it is.
    pub id: Id<S>,
    /// What it is.
    pub kind: Kind,
}

/// All types with a name, in order of their names, then of their ids. Of one name there are only
/// definitions, or one declaration if there is none.
pub fn catalog<'a, S: Space>(btf: &Btf<'a, S>) -> Vec<Named<'a, S>> {
    let mut all = Vec::with_capacity(usize::try_from(btf.count()).unwrap_or(0));
    for (id, record) in btf.walk() {
        let kind = record.kind();
        let name = btf.name(record.name()).filter(|name| !name.is_empty());
        if let (Some(space), Some(name)) = (NameSpace::of(kind), name) {
            let name = (space, name);
            all.push(Named { name, id, kind });
        }
    }
    // A declaration comes behind all else of its name.
    let is_declared = |named: &Named<'_, S>| named.kind == Kind::Fwd;
    all.sort_unstable_by_key(|named| (named.name, is_declared(named), named.id));
    all.dedup_by(|named, last| is_declared(named) && named.name == last.name);
    all
}
