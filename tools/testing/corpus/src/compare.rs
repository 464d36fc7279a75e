// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! One module onto one vmlinux, libbpf's way and ours.

use crate::{
    archive::Module,
    btf::{
        rewrite,
        unify_reconciled,
        Btf,
        Error,
        Mode,
        Offsets,
        Pair,
        Plan,
        Reconciled,
        Section,
        Vmlinux, //
    },
    classify::{
        error_id,
        only_ours,
        only_theirs,
        refused_by,
        Verdict, //
    },
    libbpf,
    names::{
        lost,
        renamed, //
    }, //
};

/// A vmlinux, open for both.
pub struct Target<'a> {
    /// For ours.
    pub ours: Vmlinux<'a, Offsets>,
    /// For libbpf.
    pub theirs: libbpf::Btf<'a>,
}

impl<'a> Target<'a> {
    /// Opens `vmlinux`.
    pub fn open(vmlinux: &'a [u8]) -> crate::Result<Self> {
        let btf = Btf::parse(vmlinux, Section::Vmlinux).map_err(|e| e.to_string())?;
        Ok(Self {
            ours: Vmlinux::new(btf).map_err(|e| e.to_string())?,
            theirs: libbpf::Btf::new(vmlinux).map_err(|e| e.message().to_owned())?,
        })
    }
}

/// What came of one module.
pub struct Outcome {
    /// libbpf against ours in strict mode.
    pub verdict: Verdict,
    /// The type that decided, for those who read the table.
    pub example: String,
    /// What became of the types of its base in default mode; [`Err`] if the BTF was lost.
    pub kept: Result<Plan, String>,
    /// Whether libbpf reads the result in default mode.
    pub accepted: Result<(), String>,
    /// Whether all types keep their names and kinds in default mode.
    pub named: Result<(), String>,
    /// What unifying the copies in that has brought, if libbpf reads the result, and all types
    /// keep their names there.
    pub unified: Result<Unified, String>,
}

/// What unifying the copies in one module has brought.
#[derive(Clone, Copy, Default)]
pub struct Unified {
    /// Named types that were copies.
    pub types: u32,
    /// Types of which the kernel's of that name differ.
    pub differing: usize,
    /// Bytes of BTF before.
    pub before: usize,
    /// Bytes of BTF after.
    pub after: usize,
}

/// Gives `module` the base `target` in all ways.
pub fn compare(module: &Module<'_>, target: &Target<'_>) -> Outcome {
    let parse = || -> Result<_, Error> {
        let base = Btf::parse(module.base, Section::Base)?;
        let split = Btf::parse_split(module.split, &base)?;
        let plan = Plan::new(&target.ours, &base, &split, Mode::Lenient)?;
        Ok((base, split, plan))
    };
    let (base, split, plan) = match parse() {
        Ok(parsed) => parsed,
        Err(error) => return unreadable(&error),
    };
    let (verdict, example) = verdict(module, target, &base, &split, &plan);
    let mut outcome = Outcome {
        verdict,
        example,
        kept: Ok(plan),
        accepted: Ok(()),
        named: Ok(()),
        unified: Ok(Unified::default()),
    };
    let Ok(plan) = &outcome.kept else {
        return outcome;
    };
    match rewrite(&target.ours.btf, &base, &split, plan) {
        Err(error) => outcome.kept = Err(error.to_string()),
        Ok(result) => {
            outcome.accepted = libbpf::Btf::new_split(&result.bytes, &target.theirs)
                .map(drop)
                .map_err(|e| e.message().to_owned());
            let new = Btf::parse_split(&result.bytes, &target.ours.btf);
            outcome.named = new.map_err(|e| e.to_string()).and_then(|new| {
                let old = Pair {
                    base: &base,
                    split: &split,
                };
                let new = Pair {
                    base: &target.ours.btf,
                    split: &new,
                };
                match lost(plan, &result.ids, &old, &new) {
                    None => Ok(()),
                    Some(id) => Err(format!("[{id}] {}", describe(&base, id))),
                }
            });
            outcome.unified = unified(target, result);
        }
    }
    outcome
}

/// Unifies the copies in what was made of a module, and looks at the result.
fn unified(target: &Target<'_>, mut result: Reconciled) -> Result<Unified, String> {
    let mut unified = Unified {
        before: result.bytes.len(),
        ..Unified::default()
    };
    let mut changed = None;
    unify_reconciled(&target.ours, &mut result, |copies, after| {
        unified.types = copies.count();
        unified.differing = copies.differing().count();
        changed = renamed(copies.types(), after);
    })
    .map_err(|error| error.to_string())?;
    unified.after = result.bytes.len();
    if let Some(what) = changed {
        return Err(what);
    }
    let read = libbpf::Btf::new_split(&result.bytes, &target.theirs);
    read.map(|_| unified).map_err(|e| e.message().to_owned())
}

/// The outcome of a module whose distilled BTF ours can't read.
fn unreadable(error: &Error) -> Outcome {
    let why = || error.to_string();
    Outcome {
        verdict: Verdict::Unexplained,
        example: why(),
        kept: Err(why()),
        accepted: Err(why()),
        named: Err(why()),
        unified: Err(why()),
    }
}

/// Compares libbpf with ours in strict mode.
fn verdict(
    module: &Module<'_>,
    target: &Target<'_>,
    base: &Btf<'_>,
    split: &Btf<'_>,
    plan: &Plan,
) -> (Verdict, String) {
    let strict = Plan::new(&target.ours, base, split, Mode::Strict)
        .and_then(|plan| rewrite(&target.ours.btf, base, split, &plan));
    let theirs = relocated(module, target);
    match (strict, theirs) {
        (Ok(ours), Ok(theirs)) if ours.bytes[..] == theirs[..] => (Verdict::Same, String::new()),
        (Ok(ours), Ok(theirs)) => (Verdict::Differ, first_difference(&ours.bytes, &theirs)),
        (Ok(_), Err(refusal)) => {
            let (verdict, id) = only_ours(&refusal, plan, base, &target.ours);
            let example = match verdict {
                Verdict::Unexplained => refusal.message().to_owned(),
                _ => describe(base, id),
            };
            (verdict, example)
        }
        (Err(error), Ok(_)) => {
            let example = describe(base, error_id(&error));
            (only_theirs(&error), format!("{example}: {error}"))
        }
        (Err(error), Err(_)) => {
            let example = describe(base, error_id(&error));
            let verdict = refused_by(&error).map_or(Verdict::Unexplained, Verdict::BothRefuse);
            (verdict, example)
        }
    }
}

/// What libbpf makes of `module`.
fn relocated(module: &Module<'_>, target: &Target<'_>) -> Result<Vec<u8>, libbpf::Refusal> {
    let base = libbpf::Btf::new(module.base)?;
    let mut split = libbpf::Btf::new_split(module.split, &base)?;
    split.relocate(&target.theirs)?;
    Ok(split.bytes().to_vec())
}

/// Where two results part.
fn first_difference(ours: &[u8], theirs: &[u8]) -> String {
    let at = ours.iter().zip(theirs).position(|(a, b)| a != b);
    format!(
        "{} and {} bytes, different from byte {} on",
        ours.len(),
        theirs.len(),
        at.unwrap_or(ours.len().min(theirs.len()))
    )
}

/// Kind and name of type `id`.
fn describe(base: &Btf<'_>, id: u32) -> String {
    let Some(record) = base.record(id) else {
        return format!("type [{id}]");
    };
    let name = base.name(record.name_off).unwrap_or_default();
    let name = String::from_utf8_lossy(name);
    format!("{} {name}", record.kind().name())
}
