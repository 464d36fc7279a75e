// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What modules lose, in few lines, for whoever updates a machine.

use super::{
    model::{
        Callable,
        Outcome,
        Report,
        Verdict, //
    },
    text::Number,
};
use crate::{
    btf::Form,
    error::Result,
    folders,
    places, //
};
use std::{
    cmp::Reverse,
    collections::BTreeSet,
    io::Write,
    path::Path, //
};

/// How it is said.
pub struct Brief<'b> {
    /// Lines that may be printed.
    pub lines: usize,
    /// The command that says more.
    pub again: String,
    /// Whether our module is loaded on the kernel that a report is about.
    pub is_loaded: &'b dyn Fn(&Report) -> bool,
}

/// What a module loses, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
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

/// A module that loses something.
struct Loss<'r> {
    report: &'r Report,
    rank: Rank,
    what: String,
}

impl Brief<'_> {
    /// Prints a line for each module that loses something, or for as many as there is room for; gives
    /// whether there is one.
    ///
    /// # Errors
    ///
    /// Nobody takes them.
    pub fn print(&self, reports: &[Report], out: &mut dyn Write) -> Result<bool> {
        let mut losses: Vec<_> = reports.iter().filter_map(|r| self.loss(r)).collect();
        losses.sort_by_key(|loss| (loss.rank, Reverse(loss.report.counts.unusable)));
        let shown = if losses.len() > self.lines {
            self.lines.saturating_sub(1)
        } else {
            losses.len()
        };
        let names: Vec<_> = losses.iter().map(|loss| name(loss.report)).collect();
        for (loss, name) in losses.iter().zip(&names).take(shown) {
            // One name may be that of several files.
            let is_common = names.iter().filter(|other| *other == name).count() > 1;
            let name = if is_common { &loss.report.module } else { name };
            let (kernel, what) = (places::called(&loss.report.base), &loss.what);
            writeln!(out, "btf-reconcile: on {kernel} {name} {what}")?;
        }
        if let Some(rest @ 1..) = losses.len().checked_sub(shown) {
            let what = if shown == 0 { "module" } else { "more module" };
            let lose = if rest == 1 { "loses" } else { "lose" };
            let (modules, again) = (Number(rest, what), &self.again);
            writeln!(
                out,
                "btf-reconcile: {modules} {lose} something, see: {again}"
            )?;
        }
        Ok(!losses.is_empty())
    }

    fn loss<'r>(&self, report: &'r Report) -> Option<Loss<'r>> {
        let (rank, what) = if (self.is_loaded)(report) {
            reconciled(report)?
        } else {
            on_its_own(report)?
        };
        Some(Loss { report, rank, what })
    }
}

/// What is lost on a kernel that our module is loaded on.
fn reconciled(report: &Report) -> Option<(Rank, String)> {
    let lost = callables(report, |callable| !callable.usable);
    let rebuild = "made for another kernel, rebuild it";
    match report.verdict {
        Verdict::Stale | Verdict::Broken => {
            let mut lost = lost;
            lost.insert(0, "its BTF".to_owned());
            lost.extend(ids(report));
            let lost = listed(&lost);
            let why = broken(report).unwrap_or_else(|| rebuild.to_owned());
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
            Some((rank, format!("loses {}: {rebuild}", listed(&lost))))
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

/// What is lost on a stock kernel.
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
        if report.form == Some(Form::Whole) {
            format!("its BTF was made without a vmlinux, {cure}")
        } else {
            format!("made for another kernel, {cure}")
        }
    });
    Some((rank, format!("{what}: {why}")))
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

fn name(report: &Report) -> String {
    folders::module_name(Path::new(&report.module))
}
