// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! One module onto one vmlinux, libbpf's way and ours.

use crate::{
    archive::Module,
    btf::{
        acceptable,
        rewrite,
        unify,
        Base,
        Btf,
        Copies,
        Error,
        Id,
        New,
        Offsets,
        Pair,
        Plan,
        Section,
        Split,
        Twins,
        Vmlinux, //
    },
    classify::{
        error_id,
        only_ours,
        only_theirs,
        refused_by,
        Verdict, //
    },
    common::{
        judge::{
            self,
            Came,
            Judged, //
        },
        oracle::Form, //
    },
    foretold,
    libbpf,
    mainline,
    names::{
        lost,
        renamed, //
    },
    subset::hash, //
};

/// One module in so many is held against the oracle, which is slow.
const JUDGED_ONE_IN: u32 = 16;

/// A vmlinux, open for all.
pub struct Target<'a> {
    /// For ours.
    pub ours: Vmlinux<'a, Offsets>,
    /// For libbpf.
    pub theirs: libbpf::Btf<'a>,
    /// For what is foretold of a kernel that has it.
    pub stock: mainline::Kernel<'a>,
    /// For the oracle, if that is wanted.
    pub judge: Option<judge::Kernel<'a>>,
}

impl<'a> Target<'a> {
    /// Opens `vmlinux`, for the oracle, too, if that is `judged`.
    pub fn open(vmlinux: &'a [u8], judged: bool) -> crate::Result<Self> {
        let btf = Btf::parse_kernel(vmlinux).map_err(|e| e.to_string())?;
        Ok(Self {
            ours: Vmlinux::new(btf).map_err(|e| e.to_string())?,
            theirs: libbpf::Btf::new(vmlinux).map_err(|e| e.message().to_owned())?,
            stock: mainline::Kernel::new(vmlinux).map_err(|e| e.why.join(", "))?,
            judge: judged.then(|| judge::Kernel::open(vmlinux)).flatten(),
        })
    }
}

/// What came of one module.
pub struct Outcome {
    /// libbpf against ours in strict mode.
    pub verdict: Verdict,
    /// The type that decided, for those who read the table.
    pub example: String,
    /// Whether libbpf does with it what is foretold of the kernel.
    pub foretold: Result<(), String>,
    /// What became of the types of its base in default mode; [`Err`] if the BTF was lost.
    pub kept: Result<Plan, String>,
    /// Whether libbpf reads the result in default mode.
    pub accepted: Result<(), String>,
    /// Whether all types keep their names and kinds in default mode.
    pub named: Result<(), String>,
    /// What unifying the copies in that has brought, if libbpf reads the result, and all types
    /// keep their names there.
    pub unified: Result<Unified, String>,
    /// Whether all is as the oracle says, if it was asked.
    pub judged: Option<Result<(), String>>,
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
        let base = Btf::parse_base(module.base, Section::Base)?;
        let split = Btf::parse_split(module.split, &base)?;
        let plan = Plan::new(&target.ours, &base, &split, &mut Twins::new(&target.ours))?;
        Ok((base, split, plan))
    };
    let (base, split, plan) = match parse() {
        Ok(parsed) => parsed,
        Err(error) => return unreadable(&error),
    };
    let theirs = foretold::relocated(module.split, Some(module.base), &target.theirs);
    let theirs = theirs.as_deref();
    let (verdict, example) = verdict(target, &base, &split, &plan, theirs);
    let mut outcome = Outcome {
        verdict,
        example,
        foretold: foretold::compare(
            foretold::ours(module.split, Some(module.base), &target.stock),
            theirs,
        ),
        kept: Ok(plan),
        accepted: Ok(()),
        named: Ok(()),
        unified: Ok(Unified::default()),
        judged: judged(module, target),
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
            let new = Btf::<New>::parse_split(&result.bytes, &target.ours.btf);
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
                    Some(id) => Err(format!("[{}]", id.number())),
                }
            });
            outcome.unified = unified(target, &result.bytes);
        }
    }
    outcome
}

/// Unifies the copies in what was made of a module, and looks at the result.
fn unified(target: &Target<'_>, bytes: &[u8]) -> Result<Unified, String> {
    let vmlinux = &target.ours.btf;
    let without = || -> Result<_, Error> {
        let split = Btf::<New>::parse_split(bytes, vmlinux)?;
        let mut twins = Twins::new(&target.ours);
        let copies = Copies::find(&target.ours, &split, &mut twins)?;
        let after = unify(&copies)?;
        let read = Btf::<New>::parse_split(&after.bytes, vmlinux)?;
        acceptable(&after.bytes, Some(vmlinux), &read)?;
        let unified = Unified {
            types: copies.count(),
            differing: copies.differing_count(),
            before: bytes.len(),
            after: after.bytes.len(),
        };
        let changed = renamed(copies.types(), &after);
        Ok((unified, changed, after))
    };
    let (unified, changed, after) = without().map_err(|error| error.to_string())?;
    if let Some(what) = changed {
        return Err(what);
    }
    let read = libbpf::Btf::new_split(&after.bytes, &target.theirs);
    read.map(|_| unified).map_err(|e| e.message().to_owned())
}

/// The outcome of a module whose distilled BTF ours can't read.
fn unreadable(error: &Error) -> Outcome {
    let why = || error.to_string();
    Outcome {
        verdict: Verdict::Unexplained,
        example: why(),
        foretold: Err(why()),
        kept: Err(why()),
        accepted: Err(why()),
        named: Err(why()),
        unified: Err(why()),
        judged: None,
    }
}

/// Asks the oracle about `module`, if it is one of those that it is asked about.
fn judged(module: &Module<'_>, target: &Target<'_>) -> Option<Result<(), String>> {
    let kernel = target.judge.as_ref()?;
    if hash(module.name.as_bytes()) % JUDGED_ONE_IN != 0 {
        return None;
    }
    let &Module { base, split, .. } = module;
    let form = Form::Base;
    let came = judge::reconciled(kernel, &judge::Module { base, split, form }, Judged::All);
    Some(came.and_then(|came| match came {
        Came::Out => Ok(()),
        Came::Refused(why) => Err(why),
    }))
}

/// Compares libbpf with ours in strict mode.
fn verdict(
    target: &Target<'_>,
    base: &Btf<'_, Base>,
    split: &Btf<'_, Split>,
    plan: &Plan,
    theirs: Result<&[u8], &libbpf::Refusal>,
) -> (Verdict, String) {
    let strict = plan
        .refuse_carried(base)
        .and_then(|()| rewrite(&target.ours.btf, base, split, plan));
    match (strict, theirs) {
        (Ok(ours), Ok(theirs)) if ours.bytes[..] == theirs[..] => (Verdict::Same, String::new()),
        (Ok(ours), Ok(theirs)) => (Verdict::Differ, first_difference(&ours.bytes, theirs)),
        (Ok(_), Err(refusal)) => {
            let (verdict, id) = only_ours(refusal, plan, base, &target.ours);
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

/// Kind and name of the type with this number.
fn describe(base: &Btf<'_, Base>, number: u32) -> String {
    let Some(record) = Id::new(number).and_then(|id| base.record(id)) else {
        return format!("type [{number}]");
    };
    let name = base.name(record.name()).unwrap_or_default();
    let name = String::from_utf8_lossy(name);
    format!("{} {name}", record.kind().name())
}
