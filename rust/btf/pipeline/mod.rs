// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! From a module's sections and the kernel to one outcome.
//!
//! This is all that is decided about a module, for the kernel module and for the program alike:
//! what `check` foretells is what it ran. [`run`] takes the steps in their order and hands what has
//! come of them to its caller, who writes it, reports it, or both.

mod finish;
mod outcome;
mod rows;
mod steps;
mod verdict;
mod whole;

pub use self::{
    outcome::{
        Done,
        Outcome,
        Types, //
    },
    rows::{
        list_lost_slots,
        DifferingRow,
        SlotRow,
        TypeRow, //
    },
    verdict::Verdict,
};

use self::steps::Run;
use super::{
    check::Functions,
    error::Section,
    ids::{
        Registers,
        Slots,
        Symbol, //
    },
    kernel::Vmlinux,
    number::Space,
    wire::{
        header::{
            self,
            Header, //
        },
        Locate, //
    },
    Result, //
};
use crate::facade::Buf;

/// How a module says which types the ids in its BTF mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// It does not: they are those of one kernel.
    Plain,
    /// They are its own only: its BTF stands on its own.
    Whole,
    /// By a distilled base, `.BTF.base`.
    Base,
    /// By a base reference, `.BTF.base_ref`.
    BaseRef,
}

impl Form {
    /// The word for it, in reports.
    pub fn name(self) -> &'static str {
        match self {
            Form::Plain => "plain",
            Form::Whole => "whole",
            Form::Base => "base",
            Form::BaseRef => "base_ref",
        }
    }
}

/// The base that a module carries.
#[derive(Clone, Copy)]
pub enum Carried<'m> {
    /// None.
    Nothing,
    /// A distilled base.
    Base(&'m [u8]),
    /// A base reference; one that comes with a distilled base does not count.
    BaseRef(&'m [u8]),
}

impl<'m> Carried<'m> {
    /// How the module says which types it means; BTF that stands on its own counts as plain, since
    /// the base does not tell it.
    pub fn form(self) -> Form {
        match self {
            Carried::Nothing => Form::Plain,
            Carried::Base(_) => Form::Base,
            Carried::BaseRef(_) => Form::BaseRef,
        }
    }

    /// Its bytes.
    pub fn bytes(self) -> &'m [u8] {
        match self {
            Carried::Nothing => &[],
            Carried::Base(bytes) | Carried::BaseRef(bytes) => bytes,
        }
    }

    /// Whether there is nothing in it, so that the module's BTF may stand on its own.
    pub fn is_nothing(self) -> bool {
        match self {
            Carried::Nothing => true,
            Carried::Base(bytes) => Header::parse(bytes, Section::Base)
                .is_ok_and(|header| header.types.is_empty() && matches!(header.strs, [] | [0])),
            Carried::BaseRef(_) => false,
        }
    }
}

/// `.BTF_ids` of a module.
pub struct IdsSection<'m> {
    /// What it holds.
    pub bytes: &'m [u8],
    /// Its symbols that name slots and sets, in any order.
    pub symbols: Buf<Symbol<'m>>,
}

/// A module, as far as its BTF goes.
pub struct Module<'m> {
    /// `.BTF`, if it has one.
    pub btf: Option<&'m [u8]>,
    /// Its base.
    pub base: Carried<'m>,
    /// `.BTF_ids`.
    pub ids: Option<IdsSection<'m>>,
    /// What it registers of that.
    pub registers: Registers,
    /// The functions that it has.
    pub functions: Functions,
    /// Bytes of a pointer.
    pub pointer: u32,
}

impl<'m> Module<'m> {
    /// How it says which types the ids in its BTF mean, as far as its base tells; none if it has no
    /// BTF.
    pub fn form(&self) -> Option<Form> {
        self.btf.map(|_| self.base.form())
    }

    /// `.BTF`; one without types for a module that has none, whose ids can be the kernel's only.
    fn btf_bytes(&self) -> &'m [u8] {
        self.btf.unwrap_or(&header::EMPTY)
    }

    /// What is in `.BTF_ids`, if it has one.
    ///
    /// # Errors
    ///
    /// No memory.
    pub fn slots<S: Space>(&mut self) -> Result<Option<Slots<'_, S>>> {
        match &mut self.ids {
            Some(ids) => Slots::read(ids.bytes, &mut ids.symbols, self.registers).map(Some),
            None => Ok(None),
        }
    }
}

/// Whose copies of the kernel's types are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unify {
    /// No module's.
    Off,
    /// Those of modules that have a base, or whose BTF stands on its own.
    Base,
    /// Every module's.
    All,
}

/// How to reconcile.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether a type that would be carried is an error, as it is for the kernel. No copies are
    /// left out then.
    pub strict: bool,
    /// Whose copies of the kernel's types are left out.
    pub unify: Unify,
}

/// What is done with an outcome.
pub type Then<'t, L> = &'t mut dyn FnMut(Outcome<'_, L>);

/// How `module` says which types the ids in its BTF mean, read with the kernel at hand; none if it
/// has no BTF.
pub fn form<L: Locate>(vmlinux: &Vmlinux<'_, L>, module: &mut Module<'_>) -> Option<Form> {
    match whole::reading(&vmlinux.btf, module) {
        Ok(Some(_)) => Some(Form::Whole),
        Ok(None) | Err(_) => module.form(),
    }
}

/// Reconciles `module` with the kernel, and calls `then` with what has come of it, once.
pub fn run<L: Locate>(
    vmlinux: &Vmlinux<'_, L>,
    module: &mut Module<'_>,
    options: Options,
    then: Then<'_, L>,
) {
    let run = Run { vmlinux, options };
    let (form, done) = match whole::reading(&vmlinux.btf, module) {
        Ok(Some(whole)) => (Some(Form::Whole), run.whole(&whole, module, then)),
        Ok(None) => {
            let form = module.form();
            let done = match form {
                Some(Form::Base) => run.based(module, Section::Base, then),
                Some(Form::BaseRef) => run.based(module, Section::BaseRef, then),
                _ => run.plain(module, then),
            };
            (form, done)
        }
        Err(error) => (module.form(), Err(error)),
    };
    if let Err(error) = done {
        let slots = module.slots().ok().flatten();
        then(Outcome {
            form,
            result: Err(error),
            lost: slots.as_ref(),
        });
    }
}
