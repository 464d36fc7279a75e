// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Holds what the core does against the oracle. Where the two differ it is said in words.

mod copies;
mod ids;
mod meaning;
mod outcome;
mod plan;

use self::plan::plan;

pub use self::{
    copies::copies,
    ids::{
        fitting,
        remapped, //
    },
    meaning::mean_the_same,
    outcome::{
        based,
        outcome,
        told, //
    },
};

use super::{
    adapter,
    oracle::{
        Form,
        Type,
        Types, //
    }, //
};

use std::fmt::Debug;

/// What a judge says: where the core and the oracle differ.
pub type Verdict = Result<(), String>;

/// A module's BTF, in bytes.
#[derive(Clone, Copy)]
pub struct Module<'m> {
    pub base: &'m [u8],
    pub split: &'m [u8],
    pub form: Form,
}

/// How much of what the core makes of a module is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judged {
    /// Whether what comes out means what went in, whatever is wrong with that.
    Meaning,
    /// Every decision, too, and every copy. All references have to lead somewhere.
    All,
}

/// What the core does with a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Came {
    /// It is reconciled.
    Out,
    /// It is refused, for this.
    Refused(String),
}

/// A kernel's BTF, open for both.
pub struct Kernel<'k> {
    /// For the core.
    core: adapter::Kernel<'k>,
    /// For the oracle.
    types: Types<'k>,
}

impl<'k> Kernel<'k> {
    /// Opens `bytes`; [`None`] if the core refuses them.
    ///
    /// # Panics
    ///
    /// If the oracle can't read what the core can.
    pub fn open(bytes: &'k [u8]) -> Option<Self> {
        Some(Self {
            core: adapter::kernel(bytes).ok()?,
            types: read(bytes, None).expect("what the core reads can be read"),
        })
    }

    /// Its types, as the oracle reads them.
    pub fn types(&self) -> &Types<'k> {
        &self.types
    }
}

/// Judges what the core makes of a module.
pub fn reconciled(
    kernel: &Kernel<'_>,
    module: &Module<'_>,
    judged: Judged,
) -> Result<Came, String> {
    let Module { base, split, form } = *module;
    let done = match adapter::reconcile(&kernel.core, base, split, form) {
        Ok(done) => done,
        Err(error) => return Ok(Came::Refused(refusal(error))),
    };
    let base_types = read(base, None)?;
    let before = read(split, Some(&base_types))?;
    let after = read(&done.bytes, Some(&kernel.types))?;
    meaning::reconciled(&before, &after, &done)?;
    if judged == Judged::All {
        let wanted = super::oracle::plan(&kernel.types, &before, form);
        plan(&before, &wanted, &done)?;
        copies(kernel, &done.bytes)?;
    }
    Ok(Came::Out)
}

/// Reads what the core has read.
fn read<'b>(bytes: &[u8], base: Option<&'b Types<'b>>) -> Result<Types<'b>, String> {
    Types::read(bytes, base).ok_or_else(|| "the oracle can't read what the core can".into())
}

/// What the core says of why it refuses something.
fn refusal(error: adapter::Error) -> String {
    error.to_string()
}

/// A type in a few words.
fn words(types: &Types<'_>, id: u32) -> String {
    match types.get(id) {
        Some(Type { kind, name, .. }) => {
            format!("[{id}] {kind:?} '{}'", name.escape_ascii())
        }
        None => format!("[{id}]"),
    }
}

/// Fails with words for what was expected and what came.
fn differ(what: String, wanted: impl Debug, got: impl Debug) -> Verdict {
    Err(format!("{what}: wanted {wanted:?}, got {got:?}"))
}
