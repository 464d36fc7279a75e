// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Which modules lose something, the worst first.

use super::{
    loss::Loss,
    model::Report,
    text::Number, //
};
use crate::folders;
use serde::Serialize;
use std::cmp::Reverse;

/// A module that loses something.
#[derive(Clone, Debug, Serialize)]
pub struct Lost {
    /// The module's name, or its file if several that lose something have that name.
    pub name: String,
    /// Its file.
    pub module: String,
    /// The kernel, as it was given.
    #[serde(skip)]
    pub base: String,
    /// What it loses.
    #[serde(flatten)]
    pub loss: Loss,
}

/// What those of `reports` that lose something do lose, the worst first. `is_loaded` tells whether
/// our module is loaded on the kernel that a report is about.
pub fn losses(reports: &[Report], is_loaded: &dyn Fn(&Report) -> bool) -> Vec<Lost> {
    let found = |report| {
        let loss = if is_loaded(report) {
            Loss::reconciled(report)
        } else {
            Loss::on_its_own(report)
        };
        Some((report, loss?))
    };
    let mut losses: Vec<(&Report, Loss)> = reports.iter().filter_map(found).collect();
    losses.sort_by_key(|(report, loss)| (loss.rank, Reverse(report.counts.unusable)));
    let files: Vec<_> = losses
        .iter()
        .map(|(report, _)| &report.module[..])
        .collect();
    let names = folders::distinct_names(&files);
    let both = losses.into_iter().zip(names);
    let lost = both.map(|((report, loss), name)| Lost {
        name,
        module: report.module.clone(),
        base: report.base.clone(),
        loss,
    });
    lost.collect()
}

/// How many of `losses` there is room for in `lines`, and the line that takes the place of the
/// others, which names the command that says `again` all of them.
pub fn within(lines: usize, losses: usize, again: &str) -> (usize, Option<String>) {
    if losses <= lines {
        return (losses, None);
    }
    let shown = lines.saturating_sub(1);
    let rest = losses - shown;
    let what = if shown == 0 { "module" } else { "more module" };
    let lose = if rest == 1 { "loses" } else { "lose" };
    let modules = Number(rest, what);
    (
        shown,
        Some(format!("{modules} {lose} something, see: {again}")),
    )
}
