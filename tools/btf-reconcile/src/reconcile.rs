// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reconciling a module file, as the kernel module does with one that loads.

use crate::{
    base::Kernel,
    btf::{
        self,
        Btf,
        Mode,
        Offsets,
        Pair,
        Plan,
        Reconciled,
        Remapped,
        Section,
        Vmlinux, //
    },
    elf::{
        Form,
        Module,
        BASE,
        BASE_REF,
        BTF,
        IDS, //
    },
    error::{
        Error,
        Result, //
    },
    rewriter::Rewriter,
};

/// The types of a module that comes with what they were made against.
pub struct Types<'a> {
    /// The distilled base or base reference.
    pub base: Btf<'a>,
    /// What is split from it.
    pub split: Btf<'a>,
}

/// What becomes of a module.
pub struct Outcome {
    /// Its types.
    pub types: Reconciled,
    /// Its `.BTF_ids`, if it has one.
    pub ids: Option<Remapped>,
}

impl<'a> Types<'a> {
    /// Reads the types of `module`; [`None`] if it has no BTF, or no base with it.
    ///
    /// # Errors
    ///
    /// One of the two is broken.
    pub fn parse(module: &Module<'a>) -> btf::Result<Option<Self>> {
        let section = match module.form() {
            Form::Plain => return Ok(None),
            Form::Base => Section::Base,
            Form::BaseRef => Section::BaseRef,
        };
        let (Some(base), Some(split)) = (module.own_base(), module.btf) else {
            return Ok(None);
        };
        let base = Btf::parse(base, section)?;
        let split = Btf::parse_split(split, &base)?;
        Ok(Some(Self { base, split }))
    }

    /// Decides what becomes of each type of the base.
    ///
    /// # Errors
    ///
    /// In strict mode, the first type that can't be mapped.
    pub fn plan(&self, vmlinux: &Vmlinux<'_, Offsets>, mode: Mode) -> btf::Result<Plan> {
        Plan::new(vmlinux, &self.base, &self.split, mode)
    }

    /// Carries `plan` out for `module`, whose types these are.
    ///
    /// # Errors
    ///
    /// A reference to a type or string that there is not, something else that the kernel refuses;
    /// ids that are not what they say.
    pub fn carry_out(
        &self,
        vmlinux: &Vmlinux<'_, Offsets>,
        plan: &Plan,
        module: &Module<'_>,
    ) -> btf::Result<Outcome> {
        let types = btf::rewrite(&vmlinux.btf, &self.base, &self.split, plan)?;
        let after = Btf::parse_split(&types.bytes, &vmlinux.btf)?;
        btf::acceptable(&types.bytes, Some(&vmlinux.btf), &after)?;
        let ids = match &module.ids {
            None => None,
            Some(ids) => {
                let had = Pair {
                    base: &self.base,
                    split: &self.split,
                };
                let mut symbols = ids.symbols.clone();
                Some(btf::remap(ids.bytes, &mut symbols, &had, &types.ids)?)
            }
        };
        Ok(Outcome { types, ids })
    }
}

/// A module that has been reconciled.
pub struct Output {
    /// The file, or the raw BTF.
    pub bytes: Vec<u8>,
    /// How many types met which fate.
    pub counts: btf::Counts,
    /// Number of slots in `.BTF_ids`.
    pub slots: usize,
}

/// Reconciles the module in `file` with `kernel`; with `btf_only` the result is the raw split BTF.
///
/// # Errors
///
/// A file that is no module, is broken, or has no base to reconcile by; in strict mode, a type
/// that can't be mapped.
pub fn reconcile(file: &[u8], kernel: &Kernel<'_>, mode: Mode, btf_only: bool) -> Result<Output> {
    let module = Module::parse(file)?;
    if module.btf.is_none() {
        return Err(Error::Refused(format!("no section {BTF}")));
    }
    let types = Types::parse(&module)?.ok_or_else(|| {
        Error::Refused(format!(
            "neither {BASE} nor {BASE_REF}: its types can't be told by number alone; \
             `distill` adds one from the vmlinux that it was built against"
        ))
    })?;
    if let Some(ids) = &module.ids {
        if ids.symbols.is_empty() && ids.bytes.iter().any(|&b| b != 0) {
            return Err(Error::Refused(format!(
                "{IDS}: its symbols were stripped, expected one for each slot and set"
            )));
        }
    }
    let plan = types.plan(&kernel.vmlinux, mode)?;
    let outcome = types.carry_out(&kernel.vmlinux, &plan, &module)?;
    let bytes = match btf_only {
        true => outcome.types.bytes.to_vec(),
        false => {
            let mut rewriter = Rewriter::read(file)?;
            rewriter.set(BTF, &outcome.types.bytes)?;
            rewriter.remove(BASE);
            rewriter.remove(BASE_REF);
            if let Some(ids) = &outcome.ids {
                rewriter.set(IDS, &ids.bytes)?;
            }
            rewriter.write()?
        }
    };
    Ok(Output {
        bytes,
        counts: plan.counts(),
        slots: outcome.ids.map_or(0, |ids| ids.slots.len()),
    })
}
