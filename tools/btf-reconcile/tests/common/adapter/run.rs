// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! All steps of the core, from a module's sections to what is written.

use super::{
    all,
    core_symbols,
    words,
    Error,
    Kernel,
    Result, //
};
use crate::common::oracle::ids::Symbol;
use btf_reconcile::{
    btf::{
        self,
        Carried,
        Fault,
        Functions,
        IdsSection,
        Module,
        New,
        Offsets,
        Options,
        Registers,
        Slots,
        Types,
        Unify, //
    },
    facade::Buf,
};

/// The sections of a module.
#[derive(Clone, Copy, Default)]
pub struct Sections<'m> {
    pub btf: Option<&'m [u8]>,
    /// A distilled base.
    pub base: Option<&'m [u8]>,
    /// A base reference; it counts where there is no distilled base.
    pub base_ref: Option<&'m [u8]>,
    /// What `.BTF_ids` holds, and its symbols.
    pub ids: Option<(&'m [u32], &'m [Symbol])>,
    /// The names of its functions, if they are known.
    pub functions: Option<&'m [Vec<u8>]>,
}

/// How the core is to go about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct How {
    pub strict: bool,
    pub unify: Unify,
}

impl Default for How {
    fn default() -> Self {
        Self {
            strict: false,
            unify: Unify::Base,
        }
    }
}

/// What came of it.
pub struct Ran {
    /// The word for how the module says which types it means, "none" if it has no BTF.
    pub form: &'static str,
    /// The word for what came of it.
    pub verdict: &'static str,
    /// What was done.
    pub result: Result<Done>,
    /// Places of the slots of a module whose BTF is of no use.
    pub lost: Vec<u32>,
}

/// What was done about a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its new BTF, if that is not what it was.
    pub btf: Option<Vec<u8>>,
    /// What `.BTF_ids` holds then, if that is not what it was.
    pub slots: Option<Vec<u32>>,
    /// For each id from 0 on the new one, 0 for what is left out; one more than there are.
    pub ids: Vec<Option<u32>>,
    /// Types that differ from the kernel's of their name: their new ids, the kernel's, and how.
    pub differing: Vec<(u32, u32, String)>,
    /// The slots, by place.
    pub rows: Vec<Row>,
    /// How many of them were resolved.
    pub resolved: usize,
    /// The names of those that could not be.
    pub missing: Vec<String>,
    /// Whether something was mended that the kernel would have refused.
    pub is_mended: bool,
    /// Why copies stay that should not.
    pub not_unified: Option<Error>,
}

/// What is told of a slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub at: u32,
    pub old: u32,
    pub new: Option<u32>,
    pub name: String,
    /// Whether its type was found by the name of its symbol, and is one of several.
    pub is_resolved: bool,
    pub has_rivals: bool,
}

/// Takes all steps.
pub fn run(kernel: &Kernel<'_>, sections: &Sections<'_>, how: How) -> Ran {
    let bytes: Vec<u8> = sections.ids.map_or(vec![], |(words, _)| {
        words.iter().flat_map(|w| w.to_ne_bytes()).collect()
    });
    let symbols = sections.ids.map_or(vec![], |(_, s)| core_symbols(s));
    let mut buf = Buf::new();
    for symbol in symbols {
        buf.push(symbol).expect("there is memory");
    }
    let mut module = Module {
        btf: sections.btf,
        base: match (sections.base, sections.base_ref) {
            (Some(base), _) => Carried::Base(base),
            (None, Some(base)) => Carried::BaseRef(base),
            (None, None) => Carried::Nothing,
        },
        ids: sections.ids.map(|_| IdsSection {
            bytes: &bytes,
            symbols: buf,
        }),
        registers: Registers::default(),
        functions: functions(sections.functions),
        pointer: 8,
    };
    let options = Options {
        strict: how.strict,
        unify: how.unify,
    };
    let mut ran = None;
    btf::run(kernel, &mut module, options, &mut |outcome| {
        let mut lost = vec![];
        outcome.list_lost_slots(usize::MAX, &mut |row| lost.push(row.at));
        assert_eq!(outcome.slots_len(), slots_len(&outcome, &lost));
        let mut missing = vec![];
        outcome.list_missing(&mut |wanted| {
            missing.push(String::from_utf8_lossy(wanted.name).into_owned());
        });
        let came = Ran {
            form: outcome.form.map_or("none", |form| form.name()),
            verdict: outcome.verdict().name(),
            result: match &outcome.result {
                Ok(done) => Ok(read(kernel, done, missing)),
                Err(error) => Err(*error),
            },
            lost,
        };
        assert!(ran.replace(came).is_none(), "it comes once");
    });
    ran.expect("it comes")
}

/// The functions with these names, and a local one.
fn functions(names: Option<&[Vec<u8>]>) -> Functions {
    match names {
        Some(names) => {
            let names = names.iter().map(|name| (&name[..], false));
            let local = (&b"some_local_function"[..], true);
            Functions::new(names.chain([local])).expect("there is memory")
        }
        None => Functions::unknown(),
    }
}

/// How many slots the outcome should have.
fn slots_len(outcome: &btf::Outcome<'_, Offsets>, lost: &[u32]) -> usize {
    match &outcome.result {
        Err(_) => lost.len(),
        Ok(done) => match &done.types {
            Types::Plain { slots, .. } => slots.map_or(0, Slots::len),
            Types::Based { slots, .. } => slots.map_or(0, Slots::len),
        },
    }
}

fn read(kernel: &Kernel<'_>, done: &btf::Done<'_, Offsets>, missing: Vec<String>) -> Done {
    let ids = match &done.types {
        Types::Plain { types, ids, .. } => all::<New, New>(ids, types.split.end()),
        Types::Based { types, ids, .. } => all(ids, types.split.end()),
    };
    let mut differing = vec![];
    done.list_differing(usize::MAX, &mut |row| {
        let why = row.why.to_string();
        differing.push((row.id.number(), row.kernels.number(), why));
    });
    let mut rows = vec![];
    let listed = done.list_slots(kernel, false, usize::MAX, &mut |row| {
        rows.push(Row {
            at: row.at,
            old: row.old,
            new: row.new,
            name: String::from_utf8_lossy(row.name).into_owned(),
            is_resolved: row.is_resolved,
            has_rivals: row.has_rivals,
        });
    });
    assert_eq!(listed, Ok(()));
    Done {
        btf: done.btf.as_deref().map(<[u8]>::to_vec),
        slots: done.new_slots.as_deref().map(words),
        ids,
        differing,
        rows,
        resolved: done.resolved(),
        missing,
        is_mended: done.mending != Default::default(),
        not_unified: done.not_unified,
    }
}

/// Whether BTF was refused for what the kernel asks of it, rather than for what it means.
pub fn is_kernels(error: &Error) -> bool {
    matches!(error.fault, Fault::Kernel(_) | Fault::Endless)
}
