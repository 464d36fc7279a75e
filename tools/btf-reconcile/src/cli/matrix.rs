// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! Running `matrix`.

use super::{
    check::{
        collect,
        find, //
    },
    page::page,
    Matrix,
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
};

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
