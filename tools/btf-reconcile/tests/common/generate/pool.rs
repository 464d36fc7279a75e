// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Types in the making.

use crate::common::oracle::{
    Element,
    Kind,
    Type, //
};

/// Types of a BTF and of what it is split from; the first one has id 1.
#[derive(Clone)]
pub struct Pool {
    pub types: Vec<Type>,
    /// Id of the first type that is not of the base.
    pub first: u32,
}

impl Pool {
    /// A BTF that stands on its own.
    pub fn new() -> Self {
        Self {
            types: vec![],
            first: 1,
        }
    }

    /// One that is split from `base`.
    pub fn split(base: &Pool) -> Self {
        Self {
            types: base.types.clone(),
            first: base.end(),
        }
    }

    /// The id of the next type.
    pub fn end(&self) -> u32 {
        self.types.len() as u32 + 1
    }

    pub fn get(&self, id: u32) -> &Type {
        &self.types[id as usize - 1]
    }

    pub fn get_mut(&mut self, id: u32) -> &mut Type {
        &mut self.types[id as usize - 1]
    }

    /// Adds a type; gives its id.
    pub fn push(&mut self, of: Type) -> u32 {
        self.types.push(of);
        self.end() - 1
    }

    /// The ids of the types for which `wanted` holds.
    pub fn ids(&self, wanted: impl Fn(u32, &Type) -> bool) -> Vec<u32> {
        let all = (1..).zip(&self.types);
        all.filter(|(id, t)| wanted(*id, t))
            .map(|(id, _)| id)
            .collect()
    }

    /// The number of types with a name that have the same kind and name as most others.
    pub fn namesakes(&self) -> usize {
        let with = |of: &Type| {
            let same = |t: &&Type| t.kind == of.kind && t.name == of.name;
            self.types.iter().filter(same).count()
        };
        let named = self.types.iter().filter(|t| !t.name.is_empty());
        named.map(with).max().unwrap_or(0)
    }

    /// Puts the types that are not of the base in order of their names.
    pub fn sort(&mut self) {
        let first = self.first;
        let mut order: Vec<u32> = (first..self.end()).collect();
        order.sort_by_key(|&id| self.get(id).name.clone());
        let new = |id: u32| {
            let place = order.iter().position(|&other| other == id);
            place.map_or(id, |place| first + place as u32)
        };
        let sorted = order.iter().map(|&id| self.get(id).clone().renumbered(new));
        let sorted: Vec<_> = sorted.collect();
        self.types.truncate(first as usize - 1);
        self.types.extend(sorted);
    }
}

/// A type of nothing but a kind and a name.
pub fn bare(kind: Kind, name: &str) -> Type {
    Type {
        kind,
        name: name.into(),
        flag: false,
        vlen: 0,
        size: 0,
        elements: vec![],
        index: 0,
        rest: vec![],
    }
}

/// A reference of any kind to `id`.
pub fn reference(kind: Kind, name: &str, id: u32) -> Type {
    let rest = match kind {
        Kind::Var => 1u32.to_ne_bytes().to_vec(),
        Kind::DeclTag => u32::MAX.to_ne_bytes().to_vec(),
        _ => vec![],
    };
    Type {
        elements: vec![element("", id, 0)],
        rest,
        ..bare(kind, name)
    }
}

/// An integer.
pub fn int(name: &str, size: u32, signed: bool) -> Type {
    Type {
        size,
        rest: ((u32::from(signed) << 24) | (size * 8))
            .to_ne_bytes()
            .to_vec(),
        ..bare(Kind::Int, name)
    }
}

/// An array.
pub fn array(of: u32, index: u32, count: u64) -> Type {
    Type {
        elements: vec![element("", of, count)],
        index,
        ..bare(Kind::Array, "")
    }
}

/// A struct or union.
pub fn composite(kind: Kind, name: &str, size: u32, elements: Vec<Element>) -> Type {
    Type {
        size,
        elements,
        ..bare(kind, name)
    }
}

/// Something that a type is made of.
pub fn element(name: &str, id: u32, number: u64) -> Element {
    Element {
        name: name.into(),
        id,
        number,
        size: 0,
    }
}
