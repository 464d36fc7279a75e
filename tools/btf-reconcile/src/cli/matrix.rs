// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! What `matrix` is asked for, and running it.

use super::{
    check::{
        collect,
        find, //
    },
    page::page,
    FAILED,
    FINE,
    LOST, //
};
use crate::{
    base::Source,
    check::{
        self,
        model::Verdict,
        Task, //
    },
    error::Result,
    matrix::{
        self,
        Cell,
        Table, //
    },
    print::{
        self,
        Colours, //
    },
    reconcile::Unify,
};
use clap::{
    Args,
    ValueHint, //
};
use std::{
    ffi::OsString,
    path::PathBuf, //
};

#[derive(Args)]
pub(super) struct Matrix {
    /// Modules (.ko, .ko.gz, .ko.xz, .ko.zst) or their raw BTF, or folders with modules
    #[arg(required = true, value_name = "MODULE")]
    modules: Vec<PathBuf>,
    /// Kernels: vmlinux ELF files, images (vmlinuz), raw BTF, archives of BTFHub, or releases
    #[arg(long, required = true, value_name = "VMLINUX", value_hint = ValueHint::FilePath)]
    base: Vec<OsString>,
    /// Whose copies of the kernel's types are left out
    #[arg(long, value_enum, default_value_t = Unify::Base)]
    unify: Unify,
    /// Show modules that lose nothing, too
    #[arg(short, long)]
    all: bool,
    /// Say below each row what is lost: which types and functions, and why
    #[arg(short, long)]
    verbose: bool,
    /// Say all, as JSON
    #[arg(long, conflicts_with_all = ["all", "verbose"])]
    json: bool,
    /// Write a page for a browser to FILE (- for standard output), and print no table
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath,
        conflicts_with_all = ["all", "verbose", "json"])]
    html: Option<PathBuf>,
}

impl Matrix {
    /// Checks every module on every kernel; gives the exit status.
    pub(super) fn run(&self) -> Result<u8> {
        let modules = find(&self.modules, false)?;
        let sources = collect(self.base.iter().map(Source::open))?;
        let kernels = collect(sources.iter().map(Source::kernel))?;
        let tasks = modules.found.into_iter().map(|module| Task {
            path: module.path,
            kernels: &kernels,
        });
        let tasks: Vec<_> = tasks.collect();
        let cells = check::each(&tasks, self.unify, Cell::new);
        let names: Vec<_> = sources.iter().map(|source| source.name.clone()).collect();
        let matrix = matrix::Matrix::new(&names, cells);
        self.show(&matrix)?;
        let mut verdicts = matrix.cells().map(|cell| cell.report.verdict);
        if !modules.without.is_empty() || verdicts.any(|verdict| verdict == Verdict::Unreadable) {
            return Ok(FAILED);
        }
        Ok(if matrix.is_fine() { FINE } else { LOST })
    }

    fn show(&self, matrix: &matrix::Matrix) -> Result {
        if let Some(path) = &self.html {
            return page(path, || matrix.page());
        }
        if self.json {
            return print::result(|out| matrix.print_json(out));
        }
        let table = Table {
            all: self.all,
            verbose: self.verbose,
            colours: Colours::of_output(),
            width: print::width(),
        };
        print::text(|out| table.print(matrix, out))
    }
}
