// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Whether a kernel will have our module.

use crate::{
    check::model::Report,
    folders::{
        self,
        OURS, //
    },
    places, //
};
use clap::ValueEnum;
use std::{
    cell::RefCell,
    collections::HashMap,
    path::{
        Path,
        PathBuf, //
    },
};

/// Where kernels have their modules.
const MODULES: &str = "/lib/modules";

/// Whether to take it that our module is loaded before the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Loaded {
    /// If it is there.
    #[value(help = "if it is in the kernel, or in its /lib/modules/RELEASE")]
    Auto,
    /// Yes.
    #[value(help = "yes, modules are reconciled")]
    Yes,
    /// No.
    #[value(help = "no, the kernel is on its own")]
    No,
}

impl Loaded {
    /// What tells whether it is on the kernel that a report is about.
    pub(super) fn finder(self) -> impl Fn(&Report) -> bool {
        let known = RefCell::new(HashMap::new());
        move |report| match self {
            Loaded::Yes => true,
            Loaded::No => false,
            Loaded::Auto => folder(report).is_some_and(|folder| {
                let mut known = known.borrow_mut();
                *known.entry(folder).or_insert_with_key(|folder| has(folder))
            }),
        }
    }
}

/// The folder of the kernel that a report is about: the one that the module lies in, unless the
/// kernel is another one that has a folder.
fn folder(report: &Report) -> Option<PathBuf> {
    let above = folders::above(Path::new(&report.module));
    let release = places::called(&report.base);
    if above.as_ref().is_none_or(|above| above.release != release) && !release.contains('/') {
        let own = Path::new(MODULES).join(&release);
        if own.is_dir() {
            return Some(own);
        }
    }
    above.map(|above| above.folder)
}

/// Whether our module is in `folder`, or in the kernel whose folder that is.
fn has(folder: &Path) -> bool {
    if folders::is_built_in(folder) {
        return true;
    }
    let found = folders::modules(&[folder.to_owned()], false);
    let found = found.map(|modules| modules.found).unwrap_or_default();
    let mut names = found
        .iter()
        .map(|module| folders::module_name(&module.path));
    names.any(|name| name == OURS)
}
