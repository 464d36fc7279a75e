// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which type of the old kernel is which of the new one.
//!
//! Those of one name are, in the same name space. A kernel may have several of a name: of these,
//! equal ones belong together first, then those that differ only in what they lead to, of both before
//! the others such functions of which the same is known besides their types; then such of one size and
//! number of parts, of one kind, and at last whatever there is, each time by their ids.
//! What is left over then is gone, or new.

use super::{
    catalog::Named,
    equality::{
        Both,
        Depth,
        Equality,
        Old, //
    }, //
};
use crate::btf::{
    self,
    goes_by_name,
    Id,
    Kernel,
    Kind, //
};
use std::cmp::Ordering;

/// Types of one name that are compared with each other. A kernel has three at the most; where there
/// are more they are taken by kind and id.
const MAX_RIVALS: usize = 16;

/// A type that both kernels have, or one of them.
pub struct Pairing<'a> {
    /// What it is in the old one.
    pub old: Option<Named<'a, Old>>,
    /// What it is in the new one.
    pub new: Option<Named<'a, Kernel>>,
    /// Whether one of them has several of its name.
    pub has_rivals: bool,
}

/// The types of one name.
#[derive(Clone, Copy)]
pub struct Group<'g, 'a> {
    old: &'g [Named<'a, Old>],
    new: &'g [Named<'a, Kernel>],
}

/// The types of each name, of two catalogs.
pub fn groups<'g, 'a>(
    mut old: &'g [Named<'a, Old>],
    mut new: &'g [Named<'a, Kernel>],
) -> impl Iterator<Item = Group<'g, 'a>> + Clone {
    std::iter::from_fn(move || {
        let least = match (old.first(), new.first()) {
            (Some(a), Some(b)) => a.name.min(b.name),
            (Some(a), None) => a.name,
            (None, Some(b)) => b.name,
            (None, None) => return None,
        };
        let ours = old.iter().take_while(|named| named.name == least).count();
        let theirs = new.iter().take_while(|named| named.name == least).count();
        let (group_old, rest) = old.split_at(ours);
        old = rest;
        let (group_new, rest) = new.split_at(theirs);
        new = rest;
        Some(Group {
            old: group_old,
            new: group_new,
        })
    })
}

impl<'g, 'a> Group<'g, 'a> {
    /// Whether there are too many to compare each with each.
    fn is_large(&self) -> bool {
        self.old.len().max(self.new.len()) > MAX_RIVALS
    }

    /// The pairs that are to be compared, if they are types that can be compared as they are.
    pub fn to_compare(self) -> impl Iterator<Item = (Id<Old>, Id<Kernel>)> + Clone + use<'g, 'a> {
        let is_large = self.is_large();
        let few = self.old.iter().filter(move |_| !is_large);
        let few = few.flat_map(move |a| self.new.iter().map(move |b| (a, b)));
        let many = is_large.then(|| self.in_order()).into_iter().flatten();
        let all = few.chain(many);
        all.filter_map(|(a, b)| {
            let is_type = a.kind == Kind::Typedef || goes_by_name(a.kind);
            (a.kind == b.kind && is_type).then_some((a.id, b.id))
        })
    }

    /// Types of one kind, in order of their ids.
    fn in_order(
        self,
    ) -> impl Iterator<Item = (&'g Named<'a, Old>, &'g Named<'a, Kernel>)> + Clone + use<'g, 'a>
    {
        let mut old: Vec<_> = self.old.iter().collect();
        let mut new: Vec<_> = self.new.iter().collect();
        old.sort_by_key(|named| (named.kind, named.id));
        new.sort_by_key(|named| (named.kind, named.id));
        let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
        std::iter::from_fn(move || loop {
            let (a, b) = (old.peek()?, new.peek()?);
            match a.kind.cmp(&b.kind) {
                Ordering::Less => drop(old.next()),
                Ordering::Greater => drop(new.next()),
                Ordering::Equal => return old.next().zip(new.next()),
            }
        })
    }

    /// Which belong together, those that are left over at last; `are_alike` tells of two functions
    /// whether the same is known of them.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn pair(
        self,
        both: Both<'_, 'a>,
        equality: &mut Equality<'_, 'a>,
        are_alike: impl Fn(Id<Old>, Id<Kernel>) -> bool,
    ) -> btf::Result<Vec<Pairing<'a>>> {
        let mut left = Left {
            has_rivals: self.old.len().max(self.new.len()) > 1,
            old: self.old.to_vec(),
            new: self.new.to_vec(),
            paired: Vec::new(),
        };
        if self.is_large() {
            left.take_in_order(self);
        } else if left.has_rivals {
            for depth in [Depth::Whole, Depth::Own] {
                left.take(
                    |a, b| Ok(are_alike(a.id, b.id) && equality.are_one(depth, a.id, b.id)?),
                )?;
                left.take(|a, b| equality.are_one(depth, a.id, b.id))?;
            }
            left.take(|a, b| {
                let (Some(x), Some(y)) = (both.old.record(a.id), both.new.record(b.id)) else {
                    return Ok(false);
                };
                let same_size = !a.kind.has_size() || x.size() == y.size();
                Ok(a.kind == b.kind && same_size && x.vlen() == y.vlen())
            })?;
            left.take(|a, b| Ok(a.kind == b.kind))?;
            left.take(|_, _| Ok(true))?;
        } else {
            left.take(|_, _| Ok(true))?;
        }
        Ok(left.finish())
    }
}

/// Types of one name that have not been paired yet.
struct Left<'a> {
    old: Vec<Named<'a, Old>>,
    new: Vec<Named<'a, Kernel>>,
    paired: Vec<Pairing<'a>>,
    has_rivals: bool,
}

impl<'a> Left<'a> {
    /// Pairs those that belong together, the first of several.
    fn take(
        &mut self,
        mut belong: impl FnMut(&Named<'a, Old>, &Named<'a, Kernel>) -> btf::Result<bool>,
    ) -> btf::Result {
        for old in std::mem::take(&mut self.old) {
            let mut found = None;
            for (at, new) in self.new.iter().enumerate() {
                if belong(&old, new)? {
                    found = Some(at);
                    break;
                }
            }
            match found {
                Some(at) => {
                    let new = self.new.remove(at);
                    self.add(Some(old), Some(new));
                }
                None => self.old.push(old),
            }
        }
        Ok(())
    }

    /// The same, where there are too many to look for the best.
    fn take_in_order(&mut self, group: Group<'_, 'a>) {
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for (a, b) in group.in_order() {
            self.add(Some(*a), Some(*b));
            old.push(a.id);
            new.push(b.id);
        }
        old.sort_unstable();
        new.sort_unstable();
        self.old
            .retain(|named| old.binary_search(&named.id).is_err());
        self.new
            .retain(|named| new.binary_search(&named.id).is_err());
    }

    fn add(&mut self, old: Option<Named<'a, Old>>, new: Option<Named<'a, Kernel>>) {
        self.paired.push(Pairing {
            old,
            new,
            has_rivals: self.has_rivals,
        });
    }

    fn finish(mut self) -> Vec<Pairing<'a>> {
        for old in std::mem::take(&mut self.old) {
            self.add(Some(old), None);
        }
        for new in std::mem::take(&mut self.new) {
            self.add(None, Some(new));
        }
        self.paired
    }
}
