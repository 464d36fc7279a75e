// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `diff`: what became of a kernel's types in another kernel.
//!
//! [`catalog`] has what has a name, [`pairing`] tells which type of the one kernel is which of the
//! other, [`equality`] whether they are equal, which the core decides; [`comparison`] puts that
//! together. [`difference`] and [`parts`] say what differs, [`kfuncs`] what is known of functions
//! besides, and [`spell`] writes types as C does. [`modules`] finds the modules that depend on what
//! differs, by what each [`needs`]. [`words`] has all of it in words, of which [`text`], [`json`] and
//! [`page`] are made.

mod catalog;
mod comparison;
mod difference;
mod equality;
mod json;
mod kfuncs;
mod model;
mod modules;
mod needs;
mod page;
mod pairing;
mod parts;
mod spell;
mod text;
mod words;

pub use self::{
    difference::Through,
    equality::Old,
    model::{
        Change,
        Count,
        Item,
        Version,
        What, //
    },
    modules::{
        Known,
        Module,
        Modules, //
    },
    needs::How,
    parts::{
        PartChange,
        Shape, //
    },
    text::Text, //
};

use self::{
    catalog::catalog,
    comparison::Comparison,
    equality::Both,
    kfuncs::Functions,
    pairing::groups, //
};
use crate::{
    base::Kernel,
    btf::{
        self,
        Btf, //
    },
    elf::Ids,
    error::Result,
};
use std::collections::BTreeMap;

/// A kernel that is compared.
pub struct Input<'i, 'k> {
    /// It.
    pub kernel: &'i Kernel<'k>,
    /// Its `.BTF_ids`, if there are symbols that tell what is in it.
    pub ids: Option<Ids<'i>>,
}

/// What became of the types of a kernel in another one.
pub struct Diff {
    /// What the old kernel is called, and the new one.
    pub kernels: [String; 2],
    /// Those that are gone, new or not what they were, in order of that, of what they are and of their
    /// names.
    pub items: Vec<Item>,
    /// How many there are, of each sort that there is.
    pub counts: BTreeMap<What, Count>,
    /// What could not be told, in words.
    pub notes: Vec<String>,
}

impl Diff {
    /// Compares the types of two kernels, which are called so.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn new(
        kernels: Vec<String>,
        mut old: Input<'_, '_>,
        mut new: Input<'_, '_>,
    ) -> btf::Result<Self> {
        let nothing = Btf::nothing()?;
        let old_btf = old.kernel.vmlinux.btf.onto::<Old, _>(&nothing)?;
        let both = Both {
            old: &old_btf,
            new: &new.kernel.vmlinux.btf,
            are_identical: old.kernel.blob == new.kernel.blob,
        };
        let (ours, theirs) = rayon::join(
            || {
                (
                    catalog(both.old),
                    Functions::new(both.old, old.ids.as_mut()),
                )
            },
            || {
                (
                    catalog(both.new),
                    Functions::new(both.new, new.ids.as_mut()),
                )
            },
        );
        let groups = groups(&ours.0, &theirs.0);
        let to_compare = groups.clone().flat_map(|group| group.to_compare());
        let to_compare: Vec<_> = to_compare.collect();
        let mut comparison = Comparison::new(both, &to_compare, (ours.1, theirs.1))?;
        for group in groups {
            comparison.add_group(group)?;
        }
        let mut notes = comparison.notes();
        let targets = (&old.kernel.target, &new.kernel.target);
        if targets.0.is_unlike(targets.1) {
            notes.push(format!(
                "the old kernel is for {}, the new one for {}",
                targets.0, targets.1
            ));
        }
        let Comparison {
            mut items, counts, ..
        } = comparison;
        items.sort_by(|a, b| {
            let key = |item: &Item| (item.change, item.what);
            key(a).cmp(&key(b)).then_with(|| a.name.cmp(&b.name))
        });
        let mut kernels = kernels.into_iter();
        let mut name = || kernels.next().unwrap_or_default();
        Ok(Self {
            kernels: [name(), name()],
            items,
            counts,
            notes,
        })
    }

    /// Whether the types of both are the same.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// A page that shows it in a browser, with the modules that depend on what differs if there are
    /// some.
    ///
    /// # Errors
    ///
    /// There is no memory for it.
    pub fn page(&self, modules: Option<&Modules>) -> Result<Vec<u8>> {
        page::page(self, modules)
    }
}
