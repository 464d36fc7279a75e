// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What has come of a module.

use super::{
    Form,
    Verdict, //
};
use crate::{
    btf::{
        error::{
            Error,
            Fault,
            Section, //
        },
        ids::{
            Slots,
            Wanted, //
        },
        mend::Mending,
        number::{
            New,
            Split, //
        },
        reconcile::{
            Counts,
            IdMap,
            Plan, //
        },
        unify::Copies,
        wire::{
            Offsets,
            Pair, //
        },
    },
    facade::Buf,
};

/// What has come of a module.
pub struct Outcome<'o, L> {
    /// How the module says which types it means; none if it has no BTF.
    pub form: Option<Form>,
    /// What was done, or why nothing can be: the BTF is of no use then, and its ids of none either.
    pub result: Result<Done<'o, L>, Error>,
    /// What is in `.BTF_ids` of a module whose BTF is of no use.
    pub lost: Option<&'o Slots<'o, New>>,
}

/// A module that has been reconciled, or that fits.
pub struct Done<'o, L> {
    /// Its types as they came, and what has become of them.
    pub types: Types<'o, L>,
    /// Its new `.BTF`, which needs no base; [`None`] if the one that it has fits as it is.
    pub btf: Option<Buf<u8>>,
    /// The new contents of `.BTF_ids`, if they change; they may where its BTF does not.
    pub new_slots: Option<Buf<u8>>,
    /// The copies of the kernel's types that were looked for, with what has become of all types
    /// that were in question.
    pub copies: Option<(&'o Copies<'o, 'o, L>, &'o IdMap<New, New>)>,
    /// What the kernel would have refused.
    pub mending: Mending,
    /// Bytes of BTF less for the copies.
    pub bytes_unified: usize,
    /// Why copies stay in it that should not.
    pub not_unified: Option<Error>,
}

/// A module's types, and what has become of them.
pub enum Types<'o, L> {
    /// They were the kernel's by number.
    Plain {
        /// The kernel's types, and the module's as they came.
        types: Pair<'o, 'o, New, L>,
        /// Their ids now.
        ids: &'o IdMap<New, New>,
        /// What is in `.BTF_ids`.
        slots: Option<&'o Slots<'o, New>>,
    },
    /// They came with a base, or stand on their own, which is to say on a base of nothing.
    Based {
        /// The base, and the module's types.
        types: Pair<'o, 'o, Split, Offsets>,
        /// What becomes of the base's types.
        plan: &'o Plan,
        /// Their ids now.
        ids: &'o IdMap<Split, New>,
        /// What is in `.BTF_ids`.
        slots: Option<&'o Slots<'o, Split>>,
    },
}

impl<L> Outcome<'_, L> {
    /// It in one word.
    pub fn verdict(&self) -> Verdict {
        match &self.result {
            // Its ids may be stale all the same.
            _ if self.form.is_none() => Verdict::NoBtf,
            Err(error) => Verdict::of_error(error, self.form),
            Ok(done) => match &done.types {
                Types::Plain { .. } => Verdict::Fits,
                Types::Based { plan, .. } if plan.counts().carried != 0 => Verdict::Carries,
                Types::Based { .. } => Verdict::Reconciled,
            },
        }
    }

    /// How many types of the base met which fate.
    pub fn counts(&self) -> Counts {
        match &self.result {
            Ok(Done {
                types: Types::Based { plan, .. },
                ..
            }) => plan.counts(),
            _ => Counts::default(),
        }
    }

    /// Whether the module means types that are not the kernel's. That can't be if it was built
    /// against this kernel: its BTF, or what says so, is of another one.
    pub fn has_other_types(&self) -> bool {
        match &self.result {
            Ok(_) => {
                let counts = self.counts();
                // A kernel may have several that are meant, its own modules' as well.
                counts.resized != 0 || counts.carried > counts.ambiguous
            }
            // With two readings what it means can't be told, and its ids may be wrong by
            // themselves.
            Err(error) => {
                let is_told = error.section != Section::Ids && error.fault != Fault::TwoReadings;
                self.verdict() == Verdict::Stale && is_told
            }
        }
    }

    /// Number of slots in `.BTF_ids`.
    pub fn slots_len(&self) -> usize {
        match &self.result {
            Err(_) => self.lost.map_or(0, Slots::len),
            Ok(done) => match &done.types {
                Types::Plain { slots, .. } => slots.map_or(0, Slots::len),
                Types::Based { slots, .. } => slots.map_or(0, Slots::len),
            },
        }
    }

    /// Tells of the types that nobody has resolved in `.BTF_ids` and nobody has, in order of their
    /// slots. A module without BTF has nothing to resolve them by.
    pub fn list_missing<'s>(&'s self, each: &mut dyn FnMut(Wanted<'s>)) {
        let (Some(_), Ok(done)) = (self.form, &self.result) else {
            return;
        };
        match &done.types {
            Types::Plain { slots, .. } => slots.iter().flat_map(|s| s.missing()).for_each(each),
            Types::Based { slots, .. } => slots.iter().flat_map(|s| s.missing()).for_each(each),
        }
    }
}

impl<L> Done<'_, L> {
    /// Number of slots in `.BTF_ids` that nobody had resolved, and whose types were found.
    pub fn resolved(&self) -> usize {
        match &self.types {
            Types::Plain { ids, slots, .. } => slots.map_or(0, |slots| slots.resolved(ids)),
            Types::Based { ids, slots, .. } => slots.map_or(0, |slots| slots.resolved(ids)),
        }
    }
}
