// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause

//! The page for a browser: one file that needs no other.
//!
//! What the rows show is in it as it is. The modules' reports are far more, and are wanted one at a
//! time: they are packed, some modules at once, and unpacked when somebody asks.

use super::{
    Cell,
    Kernel,
    Matrix,
    Row, //
};
use crate::{
    check::loss::Loss,
    error::Result,
    html::{
        self,
        Page, //
    },
};
use serde::Serialize;

/// Modules whose reports are packed together.
const TOGETHER: usize = 64;

/// What the page's script finds.
#[derive(Serialize)]
struct Data<'m> {
    kernels: Vec<Column<'m>>,
    modules: Vec<Module<'m>>,
    together: usize,
}

#[derive(Serialize)]
struct Column<'m> {
    name: &'m str,
    base: &'m str,
    total: String,
}

/// A row: the name, the file, and what there is on each kernel.
#[derive(Serialize)]
struct Module<'m>(&'m str, &'m str, Vec<Entry>);

/// What our module makes of it and how bad that is, the same of a stock kernel, and names of types
/// and functions that are lost.
#[derive(Serialize)]
struct Entry(String, u8, String, u8, String);

/// Makes the page.
pub(super) fn page(matrix: &Matrix) -> Result<Vec<u8>> {
    let data = Data {
        kernels: matrix.kernels.iter().map(column).collect(),
        modules: matrix.rows.iter().map(module).collect(),
        together: TOGETHER,
    };
    let page = Page {
        title: "Modules on kernels",
        style: include_str!("page.css"),
        body: include_str!("page.html"),
        script: include_str!("page.js"),
    };
    let mut out = page.begin();
    html::add_data(&mut out, "data", &data)?;
    for (at, rows) in matrix.rows.chunks(TOGETHER).enumerate() {
        let reports: Vec<Vec<_>> = rows
            .iter()
            .map(|row| row.cells.iter().map(report).collect())
            .collect();
        html::add_packed(&mut out, &format!("reports-{at}"), &reports)?;
    }
    page.end(&mut out);
    Ok(out)
}

fn column(kernel: &Kernel) -> Column<'_> {
    Column {
        name: &kernel.name,
        base: &kernel.base,
        total: kernel.total.to_string(),
    }
}

fn module(row: &Row) -> Module<'_> {
    Module(
        &row.name,
        &row.module,
        row.cells.iter().map(entry).collect(),
    )
}

fn entry(cell: &Cell) -> Entry {
    let loses = cell.loses().map(|callable| callable.name.clone());
    let names: Vec<_> = loses.chain(cell.carries.iter().cloned()).collect();
    Entry(
        cell.ours(),
        severity(cell.loss.as_ref()),
        cell.stock(),
        severity(cell.stock_loss.as_ref()),
        names.join(", "),
    )
}

/// How bad a loss is as a number that sorts: 0 if there is none.
fn severity(loss: Option<&Loss>) -> u8 {
    // CAST: There are seven.
    loss.map_or(0, |loss| 7 - loss.rank as u8)
}

/// What is said of a module on a kernel: a line, what is lost with our module and without, and the rest.
fn report(cell: &Cell) -> [String; 4] {
    let what = |loss: &Option<Loss>| loss.as_ref().map(|loss| loss.what.clone());
    [
        crate::check::text::Short {
            report: &cell.report,
            with_base: false,
        }
        .to_string(),
        what(&cell.loss).unwrap_or_default(),
        what(&cell.stock_loss).unwrap_or_default(),
        cell.text.clone(),
    ]
}
