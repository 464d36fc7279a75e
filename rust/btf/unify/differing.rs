// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Why types of a module are no copies, though the kernel has some of their names.

use super::copies::{
    Copies,
    Namesake, //
};
use crate::btf::{
    equal::{
        compare,
        is_nominal,
        Difference,
        Names, //
    },
    limits::MAX_TOLD,
    number::{
        Id,
        Kernel,
        New, //
    },
    wire::{
        Kind,
        Locate, //
    },
};

impl<'p, 'a, L: Locate> Copies<'p, 'a, L> {
    /// Number of types that [`Self::differing`] gives.
    pub fn differing_count(&self) -> usize {
        let differs = |namesake: &&Namesake| self.differs(namesake);
        self.found.namesakes.iter().filter(differs).count()
    }

    /// The types of the module that are not the kernel's of their name and kind: each with that
    /// one's id, and the first difference.
    pub fn differing(
        &self,
    ) -> impl Iterator<Item = (Id<New>, Id<Kernel>, Difference<'a>)> + use<'_, 'p, 'a, L> {
        self.found.namesakes.iter().filter_map(|namesake| {
            if !self.differs(namesake) {
                return None;
            }
            let Namesake { ours, kernels, .. } = *namesake;
            let difference = if namesake.is_ambiguous {
                None
            } else {
                self.difference(ours, kernels)
            };
            Some((ours, kernels, difference.unwrap_or(Difference::Several)))
        })
    }

    /// Whether a type is not the kernel's of its name and kind. One that says more than that does
    /// not differ from it.
    fn differs(&self, namesake: &Namesake) -> bool {
        let Namesake { ours, kernels, .. } = *namesake;
        self.kernels(ours).is_none()
            && (self.types.split.kind(ours) != Some(Kind::Typedef)
                || self.found.pairs.are_equal(ours, kernels, false) != Some(true))
    }

    /// The first difference between a type of the module and one of the kernel, if there is any.
    fn difference(&self, ours: Id<New>, kernels: Id<Kernel>) -> Option<Difference<'a>> {
        let types = self.types;
        let (a, b) = (types.split.record(ours)?, types.base.record(kernels)?);
        let mut through = None;
        let names = (Names::of_split(&types), Names::of_kernel(types.base));
        let difference = compare(&a, &b, &names.0, &names.1, |a, b| {
            let equal = self.are_equal(a, b);
            if !equal {
                through = a.and_then(|a| self.blame(a));
            }
            equal
        });
        match (difference, through) {
            (Some(Difference::Type(part, name)), Some(id)) => {
                Some(Difference::Through(part, name, id))
            }
            (difference, _) => difference,
        }
    }

    /// Whether two types were found to be equal, no pointer leading to them.
    fn are_equal(&self, ours: Option<Id<New>>, kernels: Option<Id<Kernel>>) -> bool {
        let (Some(ours), Some(kernels)) = (ours, kernels) else {
            return ours.is_none() && kernels.is_none();
        };
        let types = self.types;
        let declared = || {
            self.kernels(ours)
                .filter(|_| types.kind(ours) == Some(Kind::Fwd))
        };
        match types.in_base(ours).or_else(declared) {
            Some(id) => self.twins.are_known(id, kernels, false),
            None => self.found.pairs.are_equal(ours, kernels, false) == Some(true),
        }
    }

    /// The type of the module that goes by its name and is no copy, which type `id` leads to, if it
    /// is that simple.
    fn blame(&self, mut id: Id<New>) -> Option<Id<New>> {
        for _ in 0..MAX_TOLD {
            let record = self.types.split.record(id)?;
            if is_nominal(&record) {
                return self.kernels(id).is_none().then_some(id);
            }
            id = match record.kind() {
                Kind::Ptr => record.target()?,
                _ => record.wraps()??,
            };
        }
        None
    }
}
