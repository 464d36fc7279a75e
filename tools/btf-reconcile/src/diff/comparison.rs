// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What became of each type that one of two kernels has.

use super::{
    catalog::{
        NameSpace,
        Named, //
    },
    difference::{
        Finder,
        MAX_STEPS, //
    },
    equality::{
        Both,
        Depth,
        Equality,
        Old, //
    },
    kfuncs::{
        Function,
        Functions, //
    },
    model::{
        Change,
        Count,
        Item,
        Version,
        What, //
    },
    pairing::{
        Group,
        Pairing, //
    },
    spell::spell, //
};
use crate::btf::{
    self,
    Btf,
    Id,
    Kind,
    Space, //
};
use std::collections::BTreeMap;

/// Two kernels being compared.
pub struct Comparison<'p, 'a> {
    both: Both<'p, 'a>,
    equality: Equality<'p, 'a>,
    functions: (Functions, Functions),
    /// Steps that may still be taken to say what differs.
    left: usize,
    /// What came of it so far.
    pub items: Vec<Item>,
    /// How many there are of each sort.
    pub counts: BTreeMap<What, Count>,
}

impl<'p, 'a> Comparison<'p, 'a> {
    /// Compares `pairs` of types; of functions this is known besides.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(
        both: Both<'p, 'a>,
        pairs: &[(Id<Old>, Id<btf::Kernel>)],
        functions: (Functions, Functions),
    ) -> btf::Result<Self> {
        Ok(Self {
            both,
            equality: Equality::new(both, pairs)?,
            functions,
            left: MAX_STEPS,
            items: Vec::new(),
            counts: BTreeMap::new(),
        })
    }

    /// Takes the types of one name.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn add_group(&mut self, group: Group<'_, 'a>) -> btf::Result {
        let (old, new) = &self.functions;
        let are_alike = |was, is| {
            new.get(is)
                .first_difference(&old.get(was), new, old)
                .is_none()
        };
        for pairing in group.pair(self.both, &mut self.equality, are_alike)? {
            self.add(&pairing)?;
        }
        Ok(())
    }

    /// Counts what a pairing comes to, and notes it if it is worth it.
    fn add(&mut self, pairing: &Pairing<'a>) -> btf::Result {
        let was = pairing.old.map(|named| self.functions.0.get(named.id));
        let is = pairing.new.map(|named| self.functions.1.get(named.id));
        let (change, first) = match (pairing.old, pairing.new) {
            (Some(old), Some(new)) => {
                let (was, is) = (was.as_ref(), is.as_ref());
                self.compare(old, new, was.zip(is))?
            }
            (Some(_), None) => (Some(Change::Gone), None),
            (None, _) => (Some(Change::New), None),
        };
        let is_kfunc = |function: &Option<Function>| function.as_ref().is_some_and(|f| f.is_kfunc);
        let is_kfunc = is_kfunc(&was) || is_kfunc(&is);
        let what = match (pairing.old, pairing.new) {
            (_, Some(new)) => what(self.both.new, new, is_kfunc),
            (Some(old), None) => what(self.both.old, old, is_kfunc),
            (None, None) => return Ok(()),
        };
        self.counts.entry(what).or_default().add(change);
        let Some(change) = change else {
            return Ok(());
        };
        let mut finder = Finder {
            both: self.both,
            equality: &mut self.equality,
            left: &mut self.left,
        };
        let (mut through, mut parts) = (None, Vec::new());
        if let (Some(old), Some(new)) = (pairing.old, pairing.new) {
            match change {
                Change::Through => through = finder.through(old.id, new.id)?,
                _ => parts = finder.parts(old.id, new.id)?,
            }
        }
        let name = pairing.old.map(|old| old.name);
        let (_, name) = name
            .or(pairing.new.map(|new| new.name))
            .unwrap_or((NameSpace::Tag, &[]));
        self.items.push(Item {
            change,
            what,
            name: name.escape_ascii().to_string(),
            has_rivals: pairing.has_rivals,
            first,
            through,
            old: pairing
                .old
                .map(|old| version(self.both.old, old, was.as_ref())),
            new: pairing
                .new
                .map(|new| version(self.both.new, new, is.as_ref())),
            parts,
        });
        Ok(())
    }

    /// What became of a type that both have, and the first difference; nothing if they are equal.
    fn compare(
        &mut self,
        old: Named<'a, Old>,
        new: Named<'a, btf::Kernel>,
        functions: Option<(&Function, &Function)>,
    ) -> btf::Result<(Option<Change>, Option<String>)> {
        if !self.equality.are_one(Depth::Own, old.id, new.id)? {
            let mut finder = Finder {
                both: self.both,
                equality: &mut self.equality,
                left: &mut self.left,
            };
            return Ok((Some(Change::Changed), finder.first(old.id, new.id)?));
        }
        let (ours, theirs) = &self.functions;
        let differs = functions.and_then(|(was, is)| is.first_difference(was, theirs, ours));
        if differs.is_some() {
            return Ok((Some(Change::Changed), differs));
        }
        let is_equal = self.equality.are_one(Depth::Whole, old.id, new.id)?;
        Ok(((!is_equal).then_some(Change::Through), None))
    }

    /// What could not be told.
    pub fn notes(&self) -> Vec<String> {
        let (old, new) = &self.functions;
        let mut notes = Vec::new();
        if self.equality.overflowed() {
            let note = "some types may be the same: there was too much to compare them with";
            notes.push(note.to_owned());
        }
        if old.has_kfuncs != new.has_kfuncs {
            let which = if new.has_kfuncs { "old" } else { "new" };
            notes.push(format!(
                "the {which} kernel does not tell which of its functions are kfuncs"
            ));
        } else if new.has_kfuncs && !(old.has_flags && new.has_flags) {
            let which = match (old.has_flags, new.has_flags) {
                (false, false) => "neither kernel tells",
                (false, true) => "the old kernel does not tell",
                _ => "the new kernel does not tell",
            };
            notes.push(format!(
                "{which} the flags of its kfuncs: that takes a vmlinux with .BTF_ids and symbols"
            ));
        }
        notes
    }
}

/// What a type is.
fn what<S: Space>(btf: &Btf<'_, S>, named: Named<'_, S>, is_kfunc: bool) -> What {
    let is_union = btf
        .record(named.id)
        .is_some_and(|record| record.kind_flag());
    What::of(named.kind, is_union, is_kfunc)
}

/// A type as one of the kernels has it.
fn version<S: Space>(
    btf: &Btf<'_, S>,
    named: Named<'_, S>,
    function: Option<&Function>,
) -> Version {
    let record = btf.record(named.id);
    let size = record.filter(|_| named.kind.has_size()).map(|r| r.size());
    let by_type = matches!(named.kind, Kind::Typedef | Kind::Func | Kind::Var);
    let is = record.filter(|_| by_type).map(|r| spell(btf, r.target()));
    Version {
        id: Id::number(named.id),
        kind: named.kind.name(),
        size,
        is,
        tags: function.map_or(Vec::new(), |f| f.tags.iter().cloned().collect()),
        flags: function.map_or(Vec::new(), |f| f.flags.iter().copied().collect()),
    }
}
