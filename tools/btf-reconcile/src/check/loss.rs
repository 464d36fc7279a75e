// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What a module loses on a kernel, with our module and without, how bad that is, and what to do.

use super::{
    model::{
        Callable,
        Outcome,
        Report,
        Verdict, //
    },
    text::Number,
};
use crate::btf::Form;
use serde::Serialize;
use std::collections::BTreeSet;

/// What a module loses, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    /// The machine.
    Machine,
    /// Itself.
    Module,
    /// What its ids mean.
    Meaning,
    /// Its BTF.
    Btf,
    /// Some of its kfuncs or destructors.
    Callables,
    /// Some of its types.
    Types,
    /// It is not known what.
    Unknown,
}

/// What a module loses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// How bad it is.
    pub rank: Rank,
    /// The same in words, which go on after the module's name.
    pub what: String,
}

impl Loss {
    /// What is lost on a kernel that our module is loaded on, if something is.
    pub fn reconciled(report: &Report) -> Option<Self> {
        reconciled(report).map(Self::from)
    }

    /// What is lost on a stock kernel, if something is.
    pub fn on_its_own(report: &Report) -> Option<Self> {
        on_its_own(report).map(Self::from)
    }
}

impl From<(Rank, String)> for Loss {
    fn from((rank, what): (Rank, String)) -> Self {
        Self { rank, what }
    }
}

fn reconciled(report: &Report) -> Option<(Rank, String)> {
    let lost = callables(report, |callable| !callable.usable);
    match report.verdict {
        Verdict::Stale | Verdict::Broken => {
            let mut lost = lost;
            lost.insert(0, "its BTF".to_owned());
            lost.extend(ids(report));
            let lost = listed(&lost);
            let why = broken(report).unwrap_or_else(|| {
                let own = report.why.as_ref().filter(|_| is_own(report));
                format!(
                    "{}, rebuild it",
                    own.cloned().unwrap_or_else(|| origin(report))
                )
            });
            Some((Rank::Btf, format!("loses {lost}: {why}")))
        }
        Verdict::Unreadable => Some(unknown(report.why.as_deref())),
        Verdict::NoBtf if !lost.is_empty() => {
            let lost = listed(&lost);
            let what = format!("loses {lost}: it was built without BTF");
            Some((Rank::Callables, what))
        }
        Verdict::Carries => {
            let rank = if lost.is_empty() {
                Rank::Types
            } else {
                Rank::Callables
            };
            let types = usize::try_from(report.counts.carried).unwrap_or(usize::MAX);
            let mut lost = lost;
            lost.push(Number(types, "type").to_string());
            let why = if is_own(report) {
                "this kernel has several of the same name".to_owned()
            } else {
                format!("{}, rebuild it", origin(report))
            };
            Some((rank, format!("loses {}: {why}", listed(&lost))))
        }
        Verdict::Fits | Verdict::Reconciled if !lost.is_empty() => {
            let lost = listed(&lost);
            let why = if report.counts.unresolved == 0 {
                "no program can have what they take"
            } else {
                "neither it nor the kernel has what some of its ids are for"
            };
            Some((Rank::Callables, format!("loses {lost}: {why}")))
        }
        Verdict::NoBtf | Verdict::Fits | Verdict::Reconciled => None,
    }
}

/// What to do where our module would help.
const OR_INSTALL: &str = "rebuild it, or install btf_reconcile";

fn on_its_own(report: &Report) -> Option<(Rank, String)> {
    let (rank, what) = match report.stock.outcome {
        Outcome::Accepts if report.counts.resolved != 0 => {
            let ids = Number(report.counts.resolved, "id");
            let what = format!("loses {ids}: not resolved in the build, {OR_INSTALL}");
            return Some((Rank::Callables, what));
        }
        Outcome::Accepts => return reconciled(report),
        Outcome::Unknown => {
            let why = report.why.as_ref().or(report.stock.why.first());
            return Some(unknown(why.map(String::as_str)));
        }
        Outcome::Hangs => (Rank::Machine, "hangs the kernel".to_owned()),
        Outcome::Unsafe => {
            let what = "makes the kernel read outside of its memory";
            (Rank::Machine, what.to_owned())
        }
        Outcome::Refuses => {
            let errno = report.stock.errno.unwrap_or(-22);
            (Rank::Module, format!("won't load ({errno})"))
        }
        Outcome::WrongIds => {
            let mut wrong = callables(report, |_| true);
            wrong.extend(ids(report));
            if wrong.is_empty() {
                wrong.push("its BTF".to_owned());
            }
            let wrong = listed(&wrong);
            (Rank::Meaning, format!("gets wrong types for {wrong}"))
        }
    };
    let why = broken(report).unwrap_or_else(|| {
        let helps = [Verdict::Fits, Verdict::Reconciled, Verdict::Carries];
        let cure = if helps.contains(&report.verdict) {
            OR_INSTALL
        } else {
            "rebuild it"
        };
        let is_own = is_own(report);
        match report.form {
            Some(Form::Whole) => format!("its BTF was made without a vmlinux, {cure}"),
            Some(Form::Base | Form::BaseRef) if is_own => {
                format!("a stock kernel can't use its base, {cure}")
            }
            _ if is_own => {
                let why = report.why.as_ref().or(report.stock.why.first());
                let why = why.map_or("a stock kernel can't use it", String::as_str);
                format!("{why}, {cure}")
            }
            _ => format!("{}, {cure}", origin(report)),
        }
    });
    Some((rank, format!("{what}: {why}")))
}

/// Whether a module was built against this kernel, and means its types. Rebuilding it does not give
/// it others.
fn is_own(report: &Report) -> bool {
    let built = report.built_against.as_ref();
    built.is_some_and(|built| built.this_kernel == Some(true) && !built.contradicts)
}

/// Which kernel a module was built for that does not fit this one.
fn origin(report: &Report) -> String {
    match &report.built_against {
        Some(built) if built.contradicts => {
            "built against this kernel as it says, of which its BTF is not".to_owned()
        }
        Some(built) if built.is_telling() => format!("built against {}", built.words()),
        _ => "made for another kernel".to_owned(),
    }
}

/// What is to be said of a module whose BTF can't be read anywhere.
fn broken(report: &Report) -> Option<String> {
    let why = report.why.as_deref().unwrap_or("its BTF is broken");
    (report.verdict == Verdict::Broken).then(|| format!("{why}, rebuild it"))
}

fn unknown(why: Option<&str>) -> (Rank, String) {
    let why = why.unwrap_or("it is not known why");
    (Rank::Unknown, format!("can't be checked: {why}"))
}

/// How many kfuncs and destructors there are of which `counts` is true. A kfunc that is in
/// several sets is one.
fn callables(report: &Report, counts: impl Fn(&Callable) -> bool) -> Vec<String> {
    let number = |of: &[Callable], what| {
        let those = of.iter().filter(|callable| counts(callable));
        let names: BTreeSet<_> = those.map(|callable| &callable.name).collect();
        (!names.is_empty()).then(|| Number(names.len(), what).to_string())
    };
    let kfuncs = number(&report.kfuncs, "kfunc");
    let dtors = number(&report.dtors, "destructor");
    kfuncs.into_iter().chain(dtors).collect()
}

/// How many ids there are besides those of kfuncs and destructors.
fn ids(report: &Report) -> Option<String> {
    let counts = &report.counts;
    let ids = counts.slots.saturating_sub(counts.kfuncs + counts.dtors);
    (ids != 0).then(|| Number(ids, "id").to_string())
}

/// Things one after the other, as they are said.
fn listed(things: &[String]) -> String {
    match things {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
