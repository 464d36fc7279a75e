// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which types of a module are copies of the kernel's.

use super::{
    equal::{
        ids,
        Equal, //
    },
    matching::{
        declared,
        one_of,
        Decision,
        Form, //
    },
    wire::{
        Kind,
        Type,
        Types, //
    }, //
};
use std::collections::{
    BTreeMap,
    BTreeSet,
    HashMap,
    HashSet, //
};

/// The copies in a BTF that is split from the kernel's.
pub struct Copies<'t> {
    kernel: &'t Types<'t>,
    split: &'t Types<'t>,
    /// Of the types that go by their names those that are copies, with the kernel's.
    named: BTreeMap<u32, u32>,
    /// Those that might have been.
    differing: BTreeSet<u32>,
    /// What is the kernel's to the id.
    exact: Equal<'t>,
}

impl<'t> Copies<'t> {
    /// Finds them.
    pub fn find(split: &'t Types<'t>) -> Self {
        let kernel = split.base.expect("it is split from the kernel's");
        let mut twins = Equal::within(kernel);
        let declarations = declarations(kernel, split, &mut twins);
        let stands_for: HashMap<_, _> = declarations.clone().into_iter().collect();
        // Wherever such a declaration stands, it is the kernel's type.
        let mut equal = Equal::sharing_base(split, kernel).standing_for(stands_for);
        let mut named = declarations;
        let mut differing = BTreeSet::new();
        for (id, of) in split.iter() {
            if !goes_by_name(of) || of.kind == Kind::Fwd || of.is_opaque() {
                continue;
            }
            let same_kind = |k: &&u32| kernel.get(**k).is_some_and(|t| t.kind == of.kind);
            let namesakes: Vec<_> = kernel.named(&of.name).iter().filter(same_kind).collect();
            let alike = namesakes.iter().filter(|&&&k| equal.equal(id, k));
            let alike: Vec<_> = alike.map(|&&k| k).collect();
            if let Some(kernels) = one_of(&mut twins, &alike) {
                named.insert(id, kernels);
            } else if !namesakes.is_empty() {
                differing.insert(id);
            }
        }
        let of = named.clone();
        let exact = Equal::knowing(split, kernel, move |a, b| {
            let by_name = || split.get(a).is_some_and(goes_by_name);
            if a < split.first {
                Some(a == b)
            } else {
                by_name().then(|| of.get(&a) == Some(&b))
            }
        });
        Self {
            kernel,
            split,
            named,
            differing,
            exact,
        }
    }

    /// The type of the kernel that type `id` of the module, which goes by its name, is a copy of.
    pub fn of_named(&self, id: u32) -> Option<u32> {
        self.named.get(&id).copied()
    }

    /// The types that go by their names, are not copies, but might have been.
    pub fn differing(&self) -> &BTreeSet<u32> {
        &self.differing
    }

    /// Whether type `id` may give way to one of the kernel.
    pub fn may_be(&mut self, id: u32, kernels: u32) -> bool {
        if self.split.get(id).is_some_and(goes_by_name) {
            self.of_named(id) == Some(kernels)
        } else {
            self.exact.equal(id, kernels)
        }
    }

    /// Those that do not go by their names but have to give way, since a copy leads to them; with
    /// what each may give way to.
    pub fn led_to(&mut self) -> BTreeMap<u32, BTreeSet<u32>> {
        let mut led_to = BTreeMap::<_, BTreeSet<_>>::new();
        let mut waiting: Vec<_> = self.named.iter().map(|(&a, &b)| (a, b)).collect();
        let mut found: HashSet<_> = waiting.iter().copied().collect();
        while let Some((a, b)) = waiting.pop() {
            let (Some(x), Some(y)) = (self.split.get(a), self.kernel.get(b)) else {
                continue;
            };
            // Nothing is below a declaration.
            for (a, b) in ids(x).zip(ids(y)) {
                let below = self.split.get(a).filter(|_| a >= self.split.first);
                if below.is_none_or(goes_by_name) || !found.insert((a, b)) {
                    continue;
                }
                waiting.push((a, b));
                if self.exact.equal(a, b) {
                    led_to.entry(a).or_default().insert(b);
                }
            }
        }
        led_to
    }
}

/// The declarations of `split` that are the kernel's: such of whose name the module has no
/// definition itself.
fn declarations(
    kernel: &Types<'_>,
    split: &Types<'_>,
    twins: &mut Equal<'_>,
) -> BTreeMap<u32, u32> {
    let defined: HashSet<_> = split
        .iter()
        .filter(|(_, t)| t.kind.is_composite())
        .map(|(_, t)| &t.name)
        .collect();
    let mut found = BTreeMap::new();
    for (id, of) in split.iter() {
        if of.kind != Kind::Fwd || of.name.is_empty() || defined.contains(&of.name) {
            continue;
        }
        if let Decision::Mapped(kernels, _) = declared(kernel, twins, of, Form::Base) {
            found.insert(id, kernels);
        }
    }
    found
}

fn goes_by_name(of: &Type) -> bool {
    of.kind.goes_by_name() && !of.name.is_empty()
}
