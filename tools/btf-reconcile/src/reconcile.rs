// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Reconciling a module file, as the kernel module does with one that loads: the same outcome, written
//! to a file.

use crate::{
    base::Kernel,
    btf::{
        self,
        Done,
        Form,
        Offsets, //
    },
    elf::{
        BASE,
        BASE_REF,
        BTF,
        IDS, //
    },
    error::{
        Error,
        Result, //
    },
    rewriter::Rewriter, //
};
use clap::ValueEnum;

/// Whose copies of the kernel's types are to be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Unify {
    /// No module's
    Off,
    /// Those of modules that have a base section, or whose BTF stands on its own
    Base,
    /// Every module's
    All,
}

impl From<Unify> for btf::Unify {
    fn from(unify: Unify) -> Self {
        match unify {
            Unify::Off => btf::Unify::Off,
            Unify::Base => btf::Unify::Base,
            Unify::All => btf::Unify::All,
        }
    }
}

/// How to reconcile.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How the core does it.
    pub core: btf::Options,
    /// Whether the result is the raw split BTF.
    pub btf_only: bool,
}

/// A module that has been reconciled.
pub struct Output {
    /// The file, or the raw BTF.
    pub bytes: Vec<u8>,
    /// How many types met which fate.
    pub counts: btf::Counts,
    /// Number of types that were copies of the kernel's, and were left out.
    pub unified: u32,
    /// Bytes less for it.
    pub bytes_unified: usize,
    /// Number of types that are not the kernel's of their name.
    pub differing: usize,
    /// Number of slots in `.BTF_ids`.
    pub slots: usize,
    /// What was not done, or not as it should be.
    pub notes: Vec<String>,
}

/// Reconciles the module in `file` with `kernel`.
///
/// # Errors
///
/// A file that is no module, is broken, or has BTF of another kernel and no base to reconcile by; in strict mode, a type
/// that can't be mapped.
pub fn reconcile(file: &[u8], kernel: &Kernel<'_>, options: Options) -> Result<Output> {
    let module = kernel.module(file)?;
    let Some(came) = module.btf else {
        return Err(Error::Refused(format!("no section {BTF}")));
    };
    let mut core = module.for_core()?;
    let mut output = None;
    btf::run(&kernel.vmlinux, &mut core, options.core, &mut |outcome| {
        let (counts, slots) = (outcome.counts(), outcome.slots_len());
        let is_plain = outcome.form == Some(Form::Plain);
        output = Some(match outcome.result {
            // Nothing says what its numbers mean.
            Ok(Done { new_slots: None, .. }) | Err(_) if is_plain => Err(Error::Refused(format!(
                "neither {BASE} nor {BASE_REF}, and it does not stand on its own: its types can't be \
                 told by number alone; `distill` adds one from the vmlinux that it was built against"
            ))),
            Ok(done) => write(file, came, done, options.btf_only, counts, slots),
            Err(error) => Err(error.into()),
        });
    });
    // It is called once, whatever comes.
    output.unwrap_or_else(|| Err(Error::Unfit("nothing came of it".into())))
}

/// Writes what was done to the module in `file` whose BTF came as `came`.
///
/// # Errors
///
/// The file can't be written.
fn write(
    file: &[u8],
    came: &[u8],
    mut done: Done<'_, Offsets>,
    btf_only: bool,
    counts: btf::Counts,
    slots: usize,
) -> Result<Output> {
    let made = done.btf.take();
    let btf = made.as_deref().unwrap_or(came);
    let bytes = if btf_only {
        btf.to_vec()
    } else {
        let mut rewriter = Rewriter::read(file)?;
        if made.is_some() {
            rewriter.set(BTF, btf)?;
            rewriter.remove(BASE)?;
            rewriter.remove(BASE_REF)?;
            // Which kernel it was built against stays as it is.
        }
        if let Some(ids) = &done.new_slots {
            rewriter.set(IDS, ids)?;
        }
        rewriter.write()?
    };
    let notes = notes(&done);
    let copies = done.copies.map(|(copies, _)| copies);
    Ok(Output {
        bytes,
        counts,
        unified: copies.map_or(0, |copies| copies.count()),
        bytes_unified: done.bytes_unified,
        differing: copies.map_or(0, |copies| copies.differing_count()),
        slots,
        notes,
    })
}

/// What was not done to a module, or not as it should be.
pub fn notes(done: &Done<'_, Offsets>) -> Vec<String> {
    let mut notes = Vec::new();
    if done.mending != Default::default() {
        notes.push(format!(
            "for the kernel to take the rest of its BTF, {}",
            done.mending
        ));
    }
    if let Some(error) = done.not_unified {
        notes.push(format!("{error}; its copies of the kernel's types stay"));
    }
    notes
}
