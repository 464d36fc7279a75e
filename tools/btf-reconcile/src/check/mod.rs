// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `check`: what will happen to modules on a kernel, without loading anything.

mod brief;
mod built_against;
mod examine;
mod lines;
pub mod loss;
pub mod losses;
pub mod model;
mod stock;
pub mod text;

pub use self::{
    brief::Brief,
    built_against::BuiltAgainst,
    examine::examine, //
};
use self::{
    model::{
        Outcome,
        Report,
        Stock,
        Total,
        Verdict, //
    },
    text::{
        Long,
        Short, //
    },
};
use crate::{
    base::Kernel,
    elf::Module,
    error::Result,
    files,
    names,
    progress::Progress,
    reconcile::Unify, //
};
use rayon::prelude::*;
use serde::Serialize;
use std::{
    io::{
        self,
        Write, //
    },
    path::PathBuf,
};

/// Version of what `--json` prints. It changes when something is renamed or taken away.
const FORMAT: u32 = 1;

/// How much to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// One line for each module, and one for all.
    Short,
    /// Each type, slot and kfunc too.
    Long,
    /// Everything, as one JSON document.
    Json,
}

impl Detail {
    /// Forgets of a report what is not said.
    pub fn cut(self, report: &mut Report) {
        if self == Detail::Short {
            report.shorten();
        }
    }
}

/// A module, and the kernels to check it on.
pub struct Task<'k> {
    /// The module's file.
    pub path: PathBuf,
    /// The kernels.
    pub kernels: &'k [Kernel<'k>],
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'r> {
    format: u32,
    reports: &'r [Report],
    total: Total,
}

/// Does all `tasks` at once; the reports come in their order.
pub fn check(tasks: &[Task<'_>], unify: Unify, detail: Detail) -> Vec<Report> {
    each(tasks, unify, |mut report| {
        detail.cut(&mut report);
        report
    })
}

/// Does all `tasks` at once, and gives what `make` makes of each report, in their order.
pub fn each<T: Send>(
    tasks: &[Task<'_>],
    unify: Unify,
    make: impl Fn(Report) -> T + Sync,
) -> Vec<T> {
    all(tasks, |task| {
        let name = names::plain(&task.path);
        let contents = files::read(&task.path).map_err(|error| error.to_string());
        let reports = one(&name, contents.as_deref(), task.kernels, unify);
        reports.into_iter().map(&make).collect()
    })
}

/// Does `work` on all modules at once, and gives what comes of each, in their order.
pub fn all<M: Sync, T: Send>(modules: &[M], work: impl Fn(&M) -> Vec<T> + Sync) -> Vec<T> {
    let progress = Progress::counted(modules.len(), "modules");
    let one = |module: &M| {
        let made = work(module);
        progress.step();
        made
    };
    modules.par_iter().flat_map_iter(one).collect()
}

/// Checks the module `name`, if it could be read, on each of `kernels`.
pub fn one(
    name: &str,
    contents: std::result::Result<&[u8], &String>,
    kernels: &[Kernel<'_>],
    unify: Unify,
) -> Vec<Report> {
    let mut module = match contents {
        Ok(contents) => Module::parse(contents).map_err(|error| error.to_string()),
        Err(error) => Err(error.clone()),
    };
    let on_one = |kernel: &Kernel<'_>| {
        let fitting = match &mut module {
            Ok(module) => match kernel.expect(module) {
                Ok(()) => Ok(&*module),
                Err(error) => Err(error.to_string()),
            },
            Err(error) => Err(error.clone()),
        };
        match fitting {
            Ok(module) => examine(name, module, kernel, unify.into()),
            Err(error) => {
                let mut report = Report::new(name.to_owned(), kernel.name, Verdict::Unreadable);
                report.stock = Stock::new(Outcome::Unknown, "the file can't be read");
                report.why = Some(error);
                report
            }
        }
    };
    kernels.iter().map(on_one).collect()
}

/// Prints `reports`, in lines `with_base` that also say which kernel they are about.
///
/// # Errors
///
/// Nobody takes them.
pub fn print(reports: &[Report], with_base: bool, detail: Detail, mut out: impl Write) -> Result {
    let total = Total::of(reports);
    if detail == Detail::Json {
        let document = Document {
            format: FORMAT,
            reports,
            total,
        };
        serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
        writeln!(out)?;
        return Ok(());
    }
    for report in reports {
        writeln!(out, "{}", Short { report, with_base })?;
        if detail == Detail::Long {
            write!(out, "{}", Long(report))?;
        }
    }
    writeln!(out, "{total}")?;
    Ok(())
}
