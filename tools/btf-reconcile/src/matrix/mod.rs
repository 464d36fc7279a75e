// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! `matrix`: what becomes of many modules on several kernels, side by side, the worst first.

mod cell;
mod labels;
mod page;
mod table;

pub use self::{
    cell::Cell,
    labels::labels,
    table::Table, //
};

use crate::{
    check::{
        loss::Rank,
        model::Total, //
    },
    error::Result,
    folders,
};
use serde::{
    Serialize,
    Serializer, //
};
use std::{
    cmp::Reverse,
    io::{
        self,
        Write, //
    },
};

/// Version of what `--json` prints. It changes when something is renamed or taken away.
const FORMAT: u32 = 1;

/// Modules and kernels.
pub struct Matrix {
    kernels: Vec<Kernel>,
    rows: Vec<Row>,
}

/// A kernel, which is a column.
#[derive(Serialize)]
struct Kernel {
    /// What it is called here: short, and unlike the others.
    name: String,
    /// As it was given.
    base: String,
    /// Numbers over all modules.
    total: Total,
}

/// A module, which is a row.
#[derive(Serialize)]
struct Row {
    /// Its name, or its file if there are several of that name.
    name: String,
    /// Its file.
    module: String,
    /// What becomes of it on each kernel.
    #[serde(rename = "kernels", serialize_with = "cells")]
    cells: Vec<Cell>,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Document<'m> {
    format: u32,
    kernels: &'m [Kernel],
    modules: &'m [Row],
}

impl Matrix {
    /// Puts together what was found out of each module on each of the kernels `bases`, module by module.
    pub fn new(bases: &[String], cells: Vec<Cell>) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        for cell in cells {
            match rows.last_mut() {
                // The same file may have been given twice.
                Some(row) if row.cells.len() < bases.len() => row.cells.push(cell),
                _ => rows.push(Row {
                    // Known once all rows are.
                    name: String::new(),
                    module: cell.report.module.clone(),
                    cells: vec![cell],
                }),
            }
        }
        let files: Vec<_> = rows.iter().map(|row| &row.module[..]).collect();
        let names = folders::distinct_names(&files);
        for (row, name) in rows.iter_mut().zip(names) {
            row.name = name;
        }
        rows.sort_by_cached_key(Row::order);
        let kernels = bases.iter().zip(labels(bases)).enumerate();
        let kernels = kernels.map(|(at, (base, name))| Kernel {
            name,
            base: base.clone(),
            total: Total::of(column(&rows, at)),
        });
        Self {
            kernels: kernels.collect(),
            rows,
        }
    }

    /// Whether every module keeps all that it has, on every kernel that our module is loaded on.
    pub fn is_fine(&self) -> bool {
        self.cells().all(|cell| cell.report.is_fine())
    }

    /// All that there is to say about one module on one kernel.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.rows.iter().flat_map(|row| &row.cells)
    }

    /// Prints it as JSON.
    ///
    /// # Errors
    ///
    /// Nobody takes it.
    pub fn print_json(&self, mut out: impl Write) -> Result {
        let document = Document {
            format: FORMAT,
            kernels: &self.kernels,
            modules: &self.rows,
        };
        serde_json::to_writer_pretty(&mut out, &document).map_err(io::Error::from)?;
        writeln!(out)?;
        Ok(())
    }

    /// A page that shows it in a browser.
    ///
    /// # Errors
    ///
    /// There is no memory for it.
    pub fn page(&self) -> Result<Vec<u8>> {
        page::page(self)
    }
}

/// The reports on one kernel.
fn column(rows: &[Row], at: usize) -> impl Iterator<Item = &crate::check::model::Report> {
    let cells = rows.iter().filter_map(move |row| row.cells.get(at));
    cells.map(|cell| &cell.report)
}

/// How bad it is, on the kernel where it is worst; what loses nothing comes last.
type Worst = (bool, Option<Rank>, Reverse<usize>);

impl Row {
    /// By what rows are sorted: what is lost for good before what only a stock kernel loses.
    fn order(&self) -> (Worst, Worst, Reverse<usize>, String, String) {
        let worst = |rank: fn(&Cell) -> Option<Rank>| {
            let ranks = self.cells.iter().filter_map(rank);
            let worst = ranks.clone().min();
            (worst.is_none(), worst, Reverse(ranks.count()))
        };
        let unusable = self.cells.iter().map(|cell| cell.report.counts.unusable);
        (
            worst(|cell| cell.loss.as_ref().map(|loss| loss.rank)),
            worst(|cell| cell.stock_loss.as_ref().map(|loss| loss.rank)),
            Reverse(unusable.sum()),
            self.name.clone(),
            self.module.clone(),
        )
    }

    /// Whether nothing is lost on any kernel, by itself or with our module.
    fn is_fine(&self) -> bool {
        let mut cells = self.cells.iter();
        cells.all(|cell| cell.loss.is_none() && cell.stock_loss.is_none())
    }
}

fn cells<S: Serializer>(cells: &[Cell], serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_seq(cells.iter().map(Cell::serialized))
}
