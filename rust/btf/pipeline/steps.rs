// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The steps that each form takes, up to those that all do.

use super::{
    finish::Draft,
    outcome::{
        Outcome,
        Types, //
    },
    whole::Whole,
    Form,
    Module,
    Options,
    Then,
    Unify, //
};
use crate::btf::{
    check::fits,
    equal::Twins,
    error::{
        Error,
        Fault,
        Place,
        Section, //
    },
    kernel::Vmlinux,
    mend::{
        mend,
        Mending, //
    },
    number::Split,
    reconcile::{
        rewrite,
        IdMap,
        Plan,
        Rewritten, //
    },
    wire::{
        Btf,
        Locate,
        Offsets,
        Pair, //
    },
    Result, //
};

/// What the steps look into on their way.
pub struct Run<'r, 'v, L> {
    pub vmlinux: &'r Vmlinux<'v, L>,
    pub options: Options,
}

impl<L: Locate> Run<'_, '_, L> {
    /// Deals with a module that carries a base, which `section` is.
    ///
    /// # Errors
    ///
    /// Input that makes no sense or can't be reconciled, or no memory; `then` has not been called.
    pub fn based(&self, module: &mut Module<'_>, section: Section, then: Then<'_, L>) -> Result {
        let base = Btf::parse_base(module.base.bytes(), section)?;
        let split = Btf::parse_split(module.btf_bytes(), &base)?;
        let types = Pair {
            base: &base,
            split: &split,
        };
        let form = module.form();
        self.split(types, form, module, then)
    }

    /// Deals with a module whose BTF stands on its own: it is split from nothing.
    ///
    /// # Errors
    ///
    /// As for [`Self::based`].
    pub fn whole(&self, whole: &Whole<'_>, module: &mut Module<'_>, then: Then<'_, L>) -> Result {
        self.split(whole.types(), Some(Form::Whole), module, then)
    }

    /// Deals with a module whose `types` are split from others than the kernel's.
    ///
    /// # Errors
    ///
    /// As for [`Self::based`].
    fn split(
        &self,
        types: Pair<'_, '_, Split, Offsets>,
        form: Option<Form>,
        module: &mut Module<'_>,
        then: Then<'_, L>,
    ) -> Result {
        let Pair { base, split } = types;
        let mut twins = Twins::new(self.vmlinux);
        let plan = Plan::new(self.vmlinux, base, split, &mut twins)?;
        let Rewritten { bytes, ids } = rewrite(&self.vmlinux.btf, base, split, &plan)?;
        if self.options.strict {
            // After every reference has been looked at: what is refused here the kernel gets.
            plan.refuse_carried(base)?;
            if form == Some(Form::Whole) {
                let fault = Fault::RefusedWhole;
                return Err(Error::new(Section::Split, Place::Whole, fault));
            }
        }
        let mut draft = Draft {
            made: Some(bytes),
            came: module.btf_bytes(),
            ids,
            mending: Mending::default(),
        };
        let mut slots = module.slots()?;
        if let Some(slots) = &mut slots {
            slots.resolve(Some(self.vmlinux), &types)?;
        }
        let unify = !self.options.strict && self.options.unify != Unify::Off;
        self.finish(
            types,
            slots.as_mut(),
            &mut draft,
            unify,
            &mut twins,
            &mut |finished| {
                let types = Types::Based {
                    types,
                    plan: &plan,
                    ids: finished.ids,
                    slots: finished.slots,
                };
                let result = Ok(finished.done(types));
                let lost = None;
                then(Outcome { form, result, lost });
            },
        )
    }

    /// Deals with a module that carries none: it fits, or nobody can help.
    ///
    /// # Errors
    ///
    /// As for [`Self::based`], and what shows that it does not fit.
    pub fn plain(&self, module: &mut Module<'_>, then: Then<'_, L>) -> Result {
        let form = module.form();
        let vmlinux = &self.vmlinux.btf;
        let came = module.btf_bytes();
        let split = Btf::parse_split(came, vmlinux)?;
        let types = Pair {
            base: vmlinux,
            split: &split,
        };
        fits(vmlinux, &split, &module.functions, module.pointer)?;
        let mut slots = module.slots()?;
        let mut stripped = false;
        if let Some(slots) = &mut slots {
            slots.check(&types)?;
            stripped = slots.has_uncovered();
            if form.is_some() {
                slots.resolve(Some(self.vmlinux), &types)?;
            }
        }
        let mut draft = Draft {
            made: None,
            came,
            ids: IdMap::identity(split.end()),
            mending: Mending::default(),
        };
        // Ids that nothing tells the place of can't follow.
        let unify = !self.options.strict && self.options.unify == Unify::All && !stripped;
        if !split.header().is_orderly() && !stripped {
            // The kernel takes it, but who reads it in /sys/kernel/btf by libbpf does not.
            if let Ok(mended) = mend(vmlinux, came) {
                draft.become_mended(mended)?;
            }
        }
        let mut twins = Twins::new(self.vmlinux);
        self.finish(
            types,
            slots.as_mut(),
            &mut draft,
            unify,
            &mut twins,
            &mut |finished| {
                let types = Types::Plain {
                    types,
                    ids: finished.ids,
                    slots: finished.slots,
                };
                let result = Ok(finished.done(types));
                let lost = None;
                then(Outcome { form, result, lost });
            },
        )
    }
}
