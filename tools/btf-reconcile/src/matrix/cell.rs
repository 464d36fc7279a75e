// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! One module on one kernel.

use crate::check::{
    loss::Loss,
    model::{
        Callable,
        Counts,
        Fate,
        Outcome,
        Report,
        Stock,
        TypeLine,
        Verdict, //
    },
    text::{
        Long,
        Number, //
    },
    BuiltAgainst, //
};
use serde::Serialize;

/// Lines about types of the module that are not the kernel's, of which there may be thousands.
const MAX_DIFFERING: usize = 24;

/// What becomes of a module on a kernel.
pub struct Cell {
    /// The report, without its lines.
    pub report: Report,
    /// What is lost with our module.
    pub loss: Option<Loss>,
    /// What is lost without.
    pub stock_loss: Option<Loss>,
    /// The types of the kernel's that become the module's own.
    pub carries: Vec<String>,
    /// The lines of the report that say more than that all is well.
    pub text: String,
}

/// What `--json` has of it.
#[derive(Serialize)]
pub struct Serialized<'c> {
    verdict: Verdict,
    why: Option<&'c str>,
    built_against: Option<&'c BuiltAgainst>,
    loss: Option<&'c Loss>,
    carries: &'c [String],
    loses: Vec<&'c Callable>,
    counts: &'c Counts,
    stock: &'c Stock,
    stock_loss: Option<&'c Loss>,
}

impl Cell {
    /// What there is to show of `report`.
    pub fn new(mut report: Report) -> Self {
        let carried = report
            .types
            .iter()
            .filter(|line| line.fate == Fate::Carried);
        let carries =
            carried.map(|line| format!("{} {}", line.kind.name().to_lowercase(), line.name));
        let carries = carries.collect();
        let all = report.types.len();
        report.types.retain(|line| !is_plain(line));
        let plain = all - report.types.len();
        let more = report.differing.len().saturating_sub(MAX_DIFFERING);
        report.differing.truncate(MAX_DIFFERING);
        let mut text = Long(&report).to_string();
        if plain != 0 {
            text += &format!(
                "  {} mapped that are the same there\n",
                Number(plain, "type")
            );
        }
        if more != 0 {
            text += &format!(
                "  {} of its own that are not the kernel's\n",
                Number(more, "more type")
            );
        }
        report.shorten();
        Self {
            loss: Loss::reconciled(&report),
            stock_loss: Loss::on_its_own(&report),
            report,
            carries,
            text,
        }
    }

    /// The kfuncs and destructors that no program can use.
    pub fn loses(&self) -> impl Iterator<Item = &Callable> {
        let callables = self.report.kfuncs.iter().chain(&self.report.dtors);
        callables.filter(|callable| !callable.usable)
    }

    /// What our module makes of it, in as few words as there are.
    pub fn ours(&self) -> String {
        let counts = &self.report.counts;
        let verdict = match self.report.verdict {
            Verdict::Fits => "fits".to_owned(),
            Verdict::Reconciled => "reconciled".to_owned(),
            Verdict::Carries => format!("carries {}", counts.carried),
            Verdict::NoBtf => "no BTF".to_owned(),
            Verdict::Stale => "stale".to_owned(),
            Verdict::Broken => "broken".to_owned(),
            Verdict::Unreadable => "unreadable".to_owned(),
        };
        if counts.unusable == 0 {
            verdict
        } else {
            format!("{verdict}, loses {}", Number(counts.unusable, "kfunc"))
        }
    }

    /// What a stock kernel does, in as few words as there are.
    pub fn stock(&self) -> String {
        match self.report.stock.outcome {
            Outcome::Accepts => "accepts".to_owned(),
            Outcome::WrongIds => "wrong ids".to_owned(),
            Outcome::Refuses => {
                let errno = self.report.stock.errno.unwrap_or(-22);
                format!("refuses ({errno})")
            }
            Outcome::Unsafe => "not safe".to_owned(),
            Outcome::Hangs => "hangs".to_owned(),
            Outcome::Unknown => "not asked".to_owned(),
        }
    }

    /// What `--json` has of it.
    pub(super) fn serialized(&self) -> Serialized<'_> {
        Serialized {
            verdict: self.report.verdict,
            why: self.report.why.as_deref(),
            built_against: self.report.built_against.as_ref(),
            loss: self.loss.as_ref(),
            carries: &self.carries,
            loses: self.loses().collect(),
            counts: &self.report.counts,
            stock: &self.report.stock,
            stock_loss: self.stock_loss.as_ref(),
        }
    }
}

/// Whether there is nothing to say of a type but that the kernel has it.
fn is_plain(line: &TypeLine) -> bool {
    line.fate == Fate::Mapped
        && line.why.is_none()
        && line.kernel_size.is_none()
        && matches!(line.stock, None | Some("maps"))
}
