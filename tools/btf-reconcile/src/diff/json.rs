// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Differences as JSON.

use super::{
    Count,
    Diff,
    How,
    Item,
    Module,
    Modules,
    What, //
};
use crate::error::Result;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    io::{
        self,
        Write, //
    },
};

/// Version of what `--json` prints. It changes when something is renamed or taken away.
const FORMAT: u32 = 1;

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'d> {
    format: u32,
    kernels: &'d [String; 2],
    counts: &'d BTreeMap<What, Count>,
    notes: &'d [String],
    types: Vec<Entry<'d>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modules: Option<&'d [Module]>,
}

/// A type in it.
#[derive(Serialize)]
struct Entry<'d> {
    #[serde(flatten)]
    item: &'d Item,
    /// Which of the modules depend on it, by their places in the list of them, and how.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    modules: &'d [(usize, How)],
}

impl Diff {
    /// Prints it as JSON, with the modules that depend on what differs if there are some.
    ///
    /// # Errors
    ///
    /// Nobody takes it.
    pub fn print_json(&self, modules: Option<&Modules>, mut out: impl Write) -> Result {
        let nobody = Modules::default();
        let users = &modules.unwrap_or(&nobody).users;
        let types = self.items.iter().enumerate().map(|(nth, item)| Entry {
            item,
            modules: users.get(nth).map(Vec::as_slice).unwrap_or_default(),
        });
        let document = Document {
            format: FORMAT,
            kernels: &self.kernels,
            counts: &self.counts,
            notes: &self.notes,
            types: types.collect(),
            modules: modules.map(|modules| &modules.all[..]),
        };
        serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
        writeln!(out)?;
        Ok(())
    }
}
