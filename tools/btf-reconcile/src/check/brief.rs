// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What modules lose, in few lines, for whoever updates a machine.

use super::losses::{
    within,
    Lost, //
};
use crate::{
    error::Result,
    names::harmless,
    places, //
};
use std::io::Write;

/// How it is said.
pub struct Brief {
    /// Lines that may be printed.
    pub lines: usize,
    /// The command that says more.
    pub again: String,
}

impl Brief {
    /// Prints a line for each of `losses`, or for as many as there is room for.
    ///
    /// # Errors
    ///
    /// Nobody takes them.
    pub fn print(&self, losses: &[Lost], out: &mut dyn Write) -> Result {
        let (shown, rest) = within(self.lines, losses.len(), &self.again);
        for lost in losses.iter().take(shown) {
            let kernel = places::called(&lost.base);
            let [kernel, name, what] =
                [&kernel, &lost.name, &lost.loss.what].map(|text| harmless(text));
            writeln!(out, "btf-reconcile: on {kernel} {name} {what}")?;
        }
        if let Some(rest) = rest {
            writeln!(out, "btf-reconcile: {rest}")?;
        }
        Ok(())
    }
}
