// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What modules lose, in few lines, for whoever updates a machine.

use super::{
    loss::Loss,
    model::Report,
    text::Number, //
};
use crate::{
    error::Result,
    folders,
    names::harmless,
    places, //
};
use std::{
    cmp::Reverse,
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

impl Brief<'_> {
    /// Prints a line for each module that loses something, or for as many as there is room for; gives
    /// whether there is one.
    ///
    /// # Errors
    ///
    /// Nobody takes them.
    pub fn print(&self, reports: &[Report], out: &mut dyn Write) -> Result<bool> {
        let found = |report| Some((report, self.loss(report)?));
        let mut losses: Vec<(&Report, Loss)> = reports.iter().filter_map(found).collect();
        losses.sort_by_key(|(report, loss)| (loss.rank, Reverse(report.counts.unusable)));
        let shown = if losses.len() > self.lines {
            self.lines.saturating_sub(1)
        } else {
            losses.len()
        };
        let names: Vec<_> = losses.iter().map(|(report, _)| name(report)).collect();
        for ((report, loss), name) in losses.iter().zip(&names).take(shown) {
            // One name may be that of several files.
            let is_common = names.iter().filter(|other| *other == name).count() > 1;
            let name = if is_common { &report.module } else { name };
            let kernel = places::called(&report.base);
            let [kernel, name, what] = [&kernel, name, &loss.what].map(|text| harmless(text));
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

    fn loss(&self, report: &Report) -> Option<Loss> {
        if (self.is_loaded)(report) {
            Loss::reconciled(report)
        } else {
            Loss::on_its_own(report)
        }
    }
}

fn name(report: &Report) -> String {
    folders::module_name(Path::new(&report.module))
}
