// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reconciling a module file, as the kernel module does with one that loads.

use crate::{
    base::Kernel,
    btf::{
        self,
        Btf,
        Fault,
        IdMap,
        Mode,
        Offsets,
        Pair,
        Place,
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
use clap::ValueEnum;

/// Whose copies of the kernel's types are to be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Unify {
    /// No module's
    Off,
    /// Those of modules that have a base section
    Base,
    /// Every module's
    All,
}

/// The types of a module that comes with what they were made against.
pub struct Types<'a> {
    /// The distilled base or base reference.
    pub base: Btf<'a>,
    /// What is split from it.
    pub split: Btf<'a>,
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

    /// Carries `plan` out.
    ///
    /// # Errors
    ///
    /// A reference to a type or string that there is not, or something else that the kernel
    /// refuses.
    pub fn rewrite(&self, vmlinux: &Vmlinux<'_, Offsets>, plan: &Plan) -> btf::Result<Reconciled> {
        let types = btf::rewrite(&vmlinux.btf, &self.base, &self.split, plan)?;
        let after = Btf::parse_split(&types.bytes, &vmlinux.btf)?;
        btf::acceptable(&types.bytes, Some(&vmlinux.btf), &after)?;
        Ok(types)
    }

    /// Translates `.BTF_ids` of `module`, whose types these are, if it has one.
    ///
    /// # Errors
    ///
    /// Ids that are not what they say, or whose symbols were stripped.
    pub fn remap(&self, module: &Module<'_>, map: &IdMap) -> btf::Result<Option<Remapped>> {
        let Some(ids) = &module.ids else {
            return Ok(None);
        };
        if ids.are_stripped() {
            let place = Place::Whole;
            return Err(btf::Error::new(Section::Ids, place, Fault::NoSymbols));
        }
        let types = Pair {
            base: &self.base,
            split: &self.split,
        };
        btf::remap(ids.bytes, &mut ids.symbols.clone(), &types, map).map(Some)
    }
}

/// How to reconcile.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// What to do about types that can't be mapped.
    pub mode: Mode,
    /// Whether copies of the kernel's types are left out, which strict mode does not do.
    pub unify: bool,
    /// Whether the result is the raw split BTF.
    pub btf_only: bool,
}

/// What has come of copies of the kernel's types.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unified {
    /// Number of types that were ones, and were left out.
    pub types: u32,
    /// Bytes less for it.
    pub bytes: usize,
    /// Number of types that are not the kernel's of their name.
    pub differing: usize,
}

/// A module that has been reconciled.
pub struct Output {
    /// The file, or the raw BTF.
    pub bytes: Vec<u8>,
    /// How many types met which fate.
    pub counts: btf::Counts,
    /// What has come of copies of the kernel's types.
    pub unified: Unified,
    /// Number of slots in `.BTF_ids`.
    pub slots: usize,
}

/// Reconciles the module in `file` with `kernel`.
///
/// # Errors
///
/// A file that is no module, is broken, or has no base to reconcile by; in strict mode, a type
/// that can't be mapped.
pub fn reconcile(file: &[u8], kernel: &Kernel<'_>, options: Options) -> Result<Output> {
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
    let vmlinux = &kernel.vmlinux;
    let plan = types.plan(vmlinux, options.mode)?;
    let mut result = types.rewrite(vmlinux, &plan)?;
    let mut unified = Unified::default();
    if options.unify && options.mode == Mode::Lenient {
        let before = result.bytes.len();
        btf::unify_reconciled(vmlinux, &mut result, |copies, after| {
            unified = Unified {
                types: copies.count(),
                bytes: before.saturating_sub(after.bytes.len()),
                differing: copies.differing().count(),
            };
        })?;
    }
    let ids = types.remap(&module, &result.ids)?;
    let bytes = match options.btf_only {
        true => result.bytes.to_vec(),
        false => {
            let mut rewriter = Rewriter::read(file)?;
            rewriter.set(BTF, &result.bytes)?;
            rewriter.remove(BASE);
            rewriter.remove(BASE_REF);
            if let Some(ids) = &ids {
                rewriter.set(IDS, &ids.bytes)?;
            }
            rewriter.write()?
        }
    };
    Ok(Output {
        bytes,
        counts: plan.counts(),
        unified,
        slots: ids.map_or(0, |ids| ids.slots.len()),
    })
}
